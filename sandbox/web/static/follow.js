// Keeps a part of the page as it is at the server, without taking the focus from what is around it.
const part = document.querySelector("[data-follow]");
let shown = part.innerHTML;

async function look() {
  try {
    const answer = document.hidden ? null : await fetch(part.dataset.follow);
    if (answer?.ok) {
      const latest = await answer.text();
      if (latest !== shown) {
        part.innerHTML = shown = latest;
      }
    }
  } catch {
    // the server is away; it is asked again
  }
  setTimeout(look, 1500);
}

setTimeout(look, 1500);
