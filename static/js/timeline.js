// The calendar with a script: choosing and moving time, and a line of the present that moves on.
//
// Everything also works as plain links and forms without this.

import "./choosing.js";
import "./moving.js";
import { number } from "./lanes.js";
import { hush } from "./telling.js";

// What is only worth showing with this script, and the present in view.
function prepare() {
  for (const hint of document.querySelectorAll(".for-script")) hint.hidden = false;
  for (const link of document.querySelectorAll(".lane [data-move]")) {
    link.setAttribute("aria-describedby", "calendar-hint");
  }
  for (const board of document.querySelectorAll(".board")) {
    const table = board.querySelector(".is-now");
    if (!table) continue;
    const width = board.querySelector(".lane").getBoundingClientRect().width;
    board.scrollLeft = (width * number(table, "--s")) / number(table, "--n") - board.clientWidth / 3;
  }
}

setInterval(() => {
  for (const line of document.querySelectorAll(".is-now")) {
    line.style.setProperty("--s", number(line, "--s") + 1 / 15);
  }
}, 60_000);

document.addEventListener("htmx:load", prepare);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.closest?.("#calendar")) hush();
});
document.addEventListener("calendar:fresh", prepare);
prepare();
