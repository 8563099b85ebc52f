// Airflow's choice of theme and language is in the storage of its own page, which has our origin: follow both.
(function () {
  "use strict";
  const page = document.documentElement;
  const kept = (name) => {
    try {
      return window.localStorage.getItem(name) || "";
    } catch {
      return ""; // storage is switched off
    }
  };

  function followTheme() {
    const theme = kept("theme");
    if (theme === "dark" || theme === "light") page.dataset.theme = theme;
    else delete page.dataset.theme; // as the system has it
  }

  // The server makes the page, so it has to know: a cookie tells it, and the page is asked for once more.
  function followLanguage() {
    const wanted = kept("i18nextLng").slice(0, 2).toLowerCase();
    if (wanted !== "nl" && wanted !== "en") return;
    const told = document.cookie.includes("koppel_language=" + wanted);
    document.cookie = "koppel_language=" + wanted + "; path=" + (page.dataset.root || "/") + "; samesite=lax";
    if (page.lang !== wanted && !told && document.cookie.includes("koppel_language=" + wanted)) location.reload();
  }

  followTheme();
  followLanguage();
  window.addEventListener("storage", function (event) {
    if (event.key === "theme") followTheme();
    if (event.key === "i18nextLng") followLanguage();
  });
})();
