// Choosing time in a free gap: by drag, click and keyboard.
//
// What was chosen is told with a `slot:select` event: {date, start, end, machine}.

import { gestures } from "./gestures.js";
import {
  asked, clearChoice, draw, inQuarters, isDrawn, laneOf, lineAt, rootOf, snap, spanOf, words,
} from "./lanes.js";
import { tell, whisper } from "./telling.js";

const GAP = ".lane > .free > a";
const USUAL = 60; // minutes that a click or the first key chooses

// A span within a gap that keeps grid, shortest and longest; `from` stays where it is.
function fitted(lane, gap, from, to) {
  let start = Math.max(gap.start, snap(lane, Math.min(from, to), -1));
  let end = Math.min(gap.end, snap(lane, Math.max(from, to) + 1, 1));
  if (end - start > lane.longest) {
    if (to < from) start = snap(lane, end - lane.longest, 1);
    else end = snap(lane, start + lane.longest, -1);
  }
  if (end - start < lane.shortest) {
    end = Math.min(gap.end, snap(lane, start + lane.shortest, 1));
    if (end - start < lane.shortest) start = Math.max(gap.start, snap(lane, end - lane.shortest, -1));
  }
  return { start, end };
}

function usual(lane, gap, from) {
  const length = Math.min(lane.longest, Math.max(lane.shortest, inQuarters(USUAL)));
  return fitted(lane, gap, from, Math.min(gap.end - 1, from + length - 1));
}

function take(lane, span) {
  draw(lane, span);
  tell(rootOf(lane.list), "textTaken", words(lane, span));
  const detail = { ...asked(lane, span), machine: lane.machine };
  document.dispatchEvent(new CustomEvent("slot:select", { detail }));
}

// ---- by hand

gestures(GAP, (link, event) => {
  const lane = laneOf(link);
  const gap = spanOf(link.parentElement);
  const inGap = (at) => Math.max(gap.start, Math.min(gap.end - 1, lineAt(lane, at)));
  const from = inGap(event);
  let span = usual(lane, gap, from);
  return {
    activate: () => draw(lane, span),
    follow(at) {
      span = fitted(lane, gap, from, inGap(at));
      draw(lane, span);
    },
    finish: () => take(lane, span),
    abort: clearChoice,
  };
});

// A click takes the usual span from where it fell; from the keyboard, that of the link.
document.addEventListener("click", (event) => {
  const link = event.target.closest(GAP);
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.defaultPrevented) return;
  event.preventDefault();
  const lane = laneOf(link);
  const gap = spanOf(link.parentElement);
  const isPointed = event.detail && isDrawn(lane.list);
  take(lane, usual(lane, gap, isPointed ? snap(lane, lineAt(lane, event), -1) : gap.start));
});

// ---- by keyboard: arrows move the choice, with Shift its end; Enter takes it, Escape lets go

let keyed = null;

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(GAP);
  if (!link) return;
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const held = keyed?.link === link ? keyed : null;
  if (step) {
    event.preventDefault();
    const lane = laneOf(link);
    const gap = spanOf(link.parentElement);
    const span = held ? shifted(lane, gap, held.span, step, event.shiftKey) : usual(lane, gap, gap.start);
    keyed = { link, lane, span };
    draw(lane, span);
    whisper(rootOf(link), "textChosen", words(lane, span));
  } else if (event.key === "Enter" && held) {
    event.preventDefault();
    keyed = null;
    take(held.lane, held.span);
  } else if (event.key === "Escape" && held) {
    event.preventDefault();
    letGo();
    whisper(rootOf(link), "textCleared");
  }
});

function shifted(lane, gap, span, step, isLonger) {
  const end = snap(lane, span.end + step, step);
  if (isLonger) {
    const length = end - span.start;
    const fits = end <= gap.end && length >= lane.shortest && length <= lane.longest;
    return fits ? { start: span.start, end } : span;
  }
  const start = snap(lane, span.start + step, step);
  return start >= gap.start && end <= gap.end ? { start, end } : span;
}

function letGo() {
  keyed = null;
  clearChoice();
}

document.addEventListener("focusout", (event) => {
  if (keyed && event.target === keyed.link && !event.relatedTarget?.closest("form")) letGo();
});
