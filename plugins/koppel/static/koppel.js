// Airflow's choice of theme and language is in the storage of its own page, which has our origin: follow both.
(function () {
  "use strict";
  const page = document.documentElement;
  const stored = (name) => {
    try {
      return window.localStorage.getItem(name) || "";
    } catch {
      return ""; // storage is switched off
    }
  };

  function followTheme() {
    const theme = stored("theme");
    if (theme === "dark" || theme === "light") page.dataset.theme = theme;
    else delete page.dataset.theme; // as the system has it
  }

  // The server makes the page, so it has to know: a cookie tells it, and the page is asked for once more.
  function followLanguage() {
    const language = stored("i18nextLng").slice(0, 2).toLowerCase();
    if (language !== "nl" && language !== "en") return;
    const hasCookie = document.cookie.includes("koppel_language=" + language);
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = "koppel_language=" + language + "; path=" + (page.dataset.root || "/") + "; samesite=lax" + secure;
    if (page.lang !== language && !hasCookie && document.cookie.includes("koppel_language=" + language)) location.reload();
  }

  followTheme();
  followLanguage();
  window.addEventListener("storage", function (event) {
    if (event.key === "theme") followTheme();
    if (event.key === "i18nextLng") followLanguage();
  });
})();

// Airflow shows us in a frame that may open no windows, and no vendor lets its log-in be framed. Airflow's own page has
// our origin, so a link to a tab of its own is opened from there. See docs/decisions/0014.
document.addEventListener("click", function (event) {
  "use strict";
  const link = event.target.closest("a[target=_blank]");
  if (!link || window.parent === window) return;
  try {
    const outside = window.parent.document.createElement("a");
    Object.assign(outside, { href: link.href, target: "_blank", rel: "noopener" });
    window.parent.document.body.append(outside);
    outside.click();
    outside.remove();
    event.preventDefault();
  } catch {
    // framed by another origin: the address stands beneath the link
  }
});

// What is typed is not in the draft yet, so what was checked says nothing of it.
document.addEventListener("input", function (event) {
  "use strict";
  const form = event.target.closest("form[data-draft]");
  const save = form && form.querySelector("button[data-save]");
  if (!save) return;
  save.disabled = true;
  form.classList.add("changed");
});
