// A drag: by mouse at once, by a finger after it has rested, so that a swipe still scrolls.
//
// `gestures(selector, begin)`: `begin(target, event)` returns what the drag does, {activate,
// follow, finish, abort}; each is given the event, and finish whether it was moved at all.

import { isDrawn } from "./lanes.js";

const HOLD = 350; // milliseconds that a finger rests before it drags instead of scrolling
const SLACK = 6; // pixels that a pointer may tremble
const EDGE = 28; // pixels from the edge in which a drag scrolls on
const STEP = 12;

const kinds = [];
let current = null;

export function gestures(selector, begin) {
  kinds.push({ selector, begin });
}

function down(event) {
  if (event.button || !event.isPrimary) return;
  for (const { selector, begin } of kinds) {
    const target = event.target.closest(selector);
    if (!target || !isDrawn(target.closest(".lane"))) continue;
    const isMouse = event.pointerType === "mouse";
    current = { drag: begin(target, event), scroller: target.closest(".week, .board"), isMouse };
    Object.assign(current, { x: event.clientX, y: event.clientY, last: event });
    if (!isMouse) current.resting = setTimeout(activate, HOLD);
    return;
  }
}

function activate() {
  current.isActive = true;
  current.scrolling = setInterval(scrollOn, 30);
  if (!current.isMouse) navigator.vibrate?.(12);
  current.drag.activate();
}

function move(event) {
  if (!current) return;
  current.last = event;
  const isFar = Math.hypot(event.clientX - current.x, event.clientY - current.y) > SLACK;
  if (!current.isActive) {
    if (!isFar) return;
    if (!current.isMouse) {
      letGo();
      return;
    }
    activate();
  }
  current.hasMoved ||= isFar;
  if (current.hasMoved) current.drag.follow(event);
}

// Near an edge the calendar scrolls on below the pointer.
function scrollOn() {
  if (!current.hasMoved) return;
  const box = current.scroller.getBoundingClientRect();
  const by = (at, from, to) => (at < from + EDGE ? -STEP : at > to - EDGE ? STEP : 0);
  const { clientX, clientY } = current.last;
  const x = by(clientX, Math.max(0, box.left), Math.min(innerWidth, box.right));
  const y = by(clientY, Math.max(0, box.top), Math.min(innerHeight, box.bottom));
  if (!x && !y) return;
  const before = [current.scroller.scrollLeft, current.scroller.scrollTop];
  current.scroller.scrollBy(x, y);
  const after = [current.scroller.scrollLeft, current.scroller.scrollTop];
  if (y && before[1] === after[1]) window.scrollBy(0, by(clientY, 0, innerHeight));
  current.drag.follow(current.last);
}

function letGo() {
  clearTimeout(current?.resting);
  clearInterval(current?.scrolling);
  const done = current;
  current = null;
  return done;
}

function up(event) {
  const done = letGo();
  if (!done?.isActive) return;
  swallowClick();
  done.drag.finish(event, done.hasMoved);
}

function abort() {
  const done = letGo();
  if (done?.isActive) done.drag.abort();
}

// The click that follows a drag must not open the link; on touch there may be none.
function swallowClick() {
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
}

document.addEventListener("pointerdown", down);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", up);
document.addEventListener("pointercancel", abort);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") abort(); });
document.addEventListener("touchmove", (event) => {
  if (current?.isActive) event.preventDefault();
}, { passive: false });
document.addEventListener("contextmenu", (event) => {
  if (current && !current.isMouse) event.preventDefault();
});
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".lane")) event.preventDefault();
});
