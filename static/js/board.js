// Opens what is chosen on the board beside it, without leaving the page: a reservation, a machine,
// or a free time, which can be reserved or blocked there.

const BOARD = ".board .lane > li:not(.free) > a, .board [data-panel]";
let origin = null;

async function open(href, from) {
  const url = new URL(href);
  url.hash = "";
  const answer = await fetch(url, { headers: { "HX-Target": "panel" } });
  if (!answer.ok || answer.redirected) {
    location.assign(href);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const panel = document.importNode(fresh.getElementById("panel"), true);
  document.getElementById("panel").replaceWith(panel);
  origin = from;
  panel.focus();
}

const letGo = () => document.querySelector(".lane > .choice")?.remove();

function close() {
  letGo();
  document.getElementById("panel").replaceChildren();
  origin?.focus();
  origin = null;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest(BOARD);
  if (link && !link.closest(".glance")) {
    event.preventDefault();
    letGo();
    open(link.href, link);
  } else if (event.target.closest("#panel [data-close]")) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("#panel")) close();
});
document.addEventListener("slot:select", (event) => {
  const { date, start, end, machine } = event.detail;
  const asked = new URLSearchParams({ day: date, machine, date, start, end });
  open(`${location.origin}${location.pathname}?${asked}`, document.activeElement);
});
