// Opens what is chosen on the board beside it, without leaving the page.

const BOARD = ".board .lane > li:not(.free) > a, .board [data-panel]";
let origin = null;

async function open(link) {
  const url = new URL(link.href);
  url.hash = "";
  const answer = await fetch(url, { headers: { "HX-Target": "panel" } });
  if (!answer.ok) {
    location.assign(link.href);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const panel = document.importNode(fresh.getElementById("panel"), true);
  document.getElementById("panel").replaceWith(panel);
  origin = link;
  panel.focus();
}

function close() {
  document.getElementById("panel").replaceChildren();
  origin?.focus();
  origin = null;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest(BOARD);
  if (link && !link.closest(".glance")) {
    event.preventDefault();
    open(link);
  } else if (event.target.closest("#panel [data-close]")) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("#panel")) close();
});
