// Moving a reservation, or one of its ends: by drag and by keyboard.
//
// The server decides. What it refuses is put back and says why; what it grants can be undone. What
// belongs to others, a series or several machines, is asked in the form, as everything can be.

import { gestures } from "./gestures.js";
import {
  asked, clearChoice, draw, isDrawn, laneOf, laneUnder, lastLine, lineAt, rootOf, sameTime, snap,
  spanOf, words,
} from "./lanes.js";
import { tell, tellDone, tellReasons } from "./telling.js";

const MOVABLE = ".lane [data-move]";

// ---- what is being moved: from `home` and `was` to `lane` and `to`

function lift(link) {
  const [home, was] = [laneOf(link), spanOf(link.parentElement)];
  const begun = link.parentElement.matches(".in-use");
  return { link, item: link.parentElement, id: link.dataset.move, begun, home, was, lane: home, to: was };
}

function show(moved, lane, to) {
  Object.assign(moved, { lane, to });
  moved.item.classList.add("is-moving");
  moved.choice = draw(lane, to);
}

function putBack(moved) {
  moved.item.classList.remove("is-moving");
  clearChoice();
}

const stays = ({ lane, home, to, was }) =>
  lane.list === home.list && to.start === was.start && to.end === was.end;

const within = (lane, line) => Math.max(0, Math.min(lastLine(lane), line));

function placed(lane, start, length) {
  const first = Math.max(0, Math.min(lastLine(lane) - length, start));
  return { start: first, end: Math.min(lastLine(lane), first + length) };
}

function withEnd(lane, span, end) {
  return { start: span.start, end: Math.max(span.start + 1, within(lane, end)) };
}

function withStart(lane, span, start) {
  return { start: Math.min(span.end - 1, within(lane, start)), end: span.end };
}

// ---- by hand

// Near its edges a reservation is made longer or shorter; one that has begun only by its end.
function partAt(moved, event) {
  if (moved.begun) return "end";
  const box = moved.link.getBoundingClientRect();
  const [at, size] = moved.home.runsAcross
    ? [event.clientX - box.left, box.width]
    : [event.clientY - box.top, box.height];
  const edge = Math.min(event.pointerType === "mouse" ? 8 : 16, size / 4);
  if (at < edge) return "start";
  return at > size - edge ? "end" : "whole";
}

function dragged(moved, part, from, event) {
  const { home, was } = moved;
  const by = lineAt(home, event) - from;
  const step = by < 0 ? -1 : 1;
  if (part === "end") return [home, withEnd(home, was, snap(home, within(home, was.end + by), step))];
  if (part === "start") {
    return [home, withStart(home, was, snap(home, within(home, was.start + by), step))];
  }
  const lane = laneUnder(rootOf(moved.link), event) ?? moved.lane;
  const start = Math.max(0, lineAt(lane, event) - (from - was.start));
  return [lane, placed(lane, snap(lane, Math.min(start, lastLine(lane)), -1), was.end - was.start)];
}

gestures(MOVABLE, (link, event) => {
  const moved = lift(link);
  const part = partAt(moved, event);
  const from = lineAt(moved.home, event);
  return {
    activate: () => show(moved, moved.home, moved.was),
    follow: (at) => show(moved, ...dragged(moved, part, from, at)),
    finish(at) {
      if (part === "whole" && !laneUnder(rootOf(link), at)) {
        putBack(moved);
        tell(rootOf(link), "textNowhere");
      } else {
        letDown(moved);
      }
    },
    abort: () => putBack(moved),
  };
});

// ---- by keyboard: arrows move it, with Shift its end; Enter confirms, Escape puts it back

let keyed = null;

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(MOVABLE);
  if (!link || !isDrawn(link.closest(".lane"))) return;
  const held = keyed?.link === link ? keyed : null;
  if (/^Arrow/.test(event.key)) {
    event.preventDefault();
    keyed = held ?? lift(link);
    show(keyed, ...stepped(keyed, event));
    keyed.choice.scrollIntoView({ block: "nearest", inline: "nearest" });
    const machine = keyed.lane.list.closest("tr")?.querySelector("th").textContent ?? "";
    tell(rootOf(link), "textMoving", { ...words(keyed.lane, keyed.to), machine }, 0);
  } else if (event.key === "Enter" && held) {
    event.preventDefault();
    keyed = null;
    letDown(held);
  } else if (event.key === "Escape" && held) {
    event.preventDefault();
    keyed = null;
    putBack(held);
    tell(rootOf(link), "textPutBack");
  }
});

function stepped({ lane, to, begun }, { key, shiftKey }) {
  const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  if (shiftKey || begun) {
    return [lane, withEnd(lane, to, snap(lane, within(lane, to.end + step), step))];
  }
  const isAlong = /Left|Right/.test(key) === lane.runsAcross;
  const length = to.end - to.start;
  if (isAlong) return [lane, placed(lane, snap(lane, within(lane, to.start + step), step), length)];
  const lists = [...rootOf(lane.list).querySelectorAll(".lane")];
  const list = lists[lists.indexOf(lane.list) + step];
  if (!list) return [lane, to];
  const beside = laneOf(list);
  return [beside, placed(beside, sameTime(beside, lane.names[to.start]), length)];
}

document.addEventListener("focusout", (event) => {
  if (!keyed || event.target !== keyed.link) return;
  putBack(keyed);
  keyed = null;
});

// ---- asking the server

async function letDown(moved) {
  if (stays(moved)) {
    putBack(moved);
    return;
  }
  moved.choice.classList.add("is-asking");
  const root = rootOf(moved.link);
  const wanted = { ...asked(moved.lane, moved.to), to_machine: moved.lane.machine };
  const answer = await ask(root, moved.id, wanted);
  if (answer.told) {
    const back = { ...asked(moved.home, moved.was), to_machine: moved.home.machine };
    await granted(moved.id, answer.told, () => undo(moved.id, back));
  } else if (answer.form) {
    location.assign(answer.form);
  } else {
    putBack(moved);
    tellReasons(root, answer.reasons, formFor(root, moved.id, wanted));
  }
}

async function undo(id, back) {
  const root = document.getElementById("calendar");
  const answer = await ask(root, id, back);
  if (answer.told) await granted(id, answer.told);
  else tellReasons(root, answer.reasons ?? [root.dataset.textFailed], formFor(root, id, back));
}

async function granted(id, told, back) {
  await refresh();
  const root = document.getElementById("calendar");
  root.querySelector(`[data-move="${id}"]`)?.focus({ preventScroll: true });
  tellDone(root, told, back);
}

const addressOf = (root, id) => root.dataset.moveUrl.replace("/0/", `/${id}/`);

function formFor(root, id, wanted) {
  const next = location.pathname + location.search;
  return `${addressOf(root, id)}?${new URLSearchParams({ ...wanted, next })}`;
}

// {told} where it was moved, {form} where more is to be asked, else the {reasons} why not.
async function ask(root, id, wanted) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(addressOf(root, id), {
      method: "POST",
      body: new URLSearchParams({ ...wanted, next: location.pathname + location.search }),
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    // Whoever is signed out is led to the login, and the page would go on as if it had moved.
    if (answer.redirected) {
      location.reload();
      return { reasons: [root.dataset.textFailed] };
    }
    const told = await answer.json();
    return told.refusals ? { reasons: told.refusals.map((each) => each.message) } : told;
  } catch {
    return { reasons: [root.dataset.textFailed] };
  }
}

async function refresh() {
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  const old = document.getElementById("calendar");
  const scrolled = old.querySelector(".board, .week");
  const [top, left] = [scrolled.scrollTop, scrolled.scrollLeft];
  const calendar = document.importNode(fresh.getElementById("calendar"), true);
  old.replaceWith(calendar);
  window.htmx?.process(calendar);
  document.dispatchEvent(new CustomEvent("calendar:fresh"));
  calendar.querySelector(".board, .week").scrollTo(left, top);
}
