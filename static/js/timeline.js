// Choosing and moving time on the lanes of the calendar: by mouse, long press and keyboard.
//
// Everything also works as plain links and forms without this. Lanes carry what the clock of the
// space shows at each of their lines (data-names), so nothing here knows of any time zone.
// What was chosen is told with a `slot:select` event: {date, start, end, machine}.

const HOLD = 350; // milliseconds that a finger rests before it chooses instead of scrolling
const SLACK = 6; // pixels that a pointer may tremble
const QUARTER = 15;
const USUAL = 60; // minutes that a click or the first key chooses

// ---- reading what the server drew

const number = (element, name) => Number(getComputedStyle(element).getPropertyValue(name));
const rootOf = (element) => element.closest(".calendar");

function laneOf(element) {
  const list = element.closest(".lane");
  const limits = element.closest("[data-limits]").dataset.limits.split(" ").map(Number);
  return {
    list,
    names: element.closest("[data-names]").dataset.names.split(" "),
    date: list.dataset.date,
    machine: element.closest("[data-machine]").dataset.machine,
    url: list.dataset.url,
    runsAcross: list.classList.contains("across"),
    grid: limits[0],
    shortest: Math.ceil(limits[1] / QUARTER),
    longest: Math.floor(limits[2] / QUARTER),
  };
}

function spanOf(item) {
  return { start: number(item, "--s"), end: number(item, "--e") };
}

const clock = (name) => name.replace("/2", "");

function isOnGrid(lane, line) {
  const [hours, minutes] = clock(lane.names[line]).split(":").map(Number);
  return (hours * 60 + minutes) % lane.grid === 0;
}

function snap(lane, line, step) {
  while (line > 0 && line < lane.names.length - 1 && !isOnGrid(lane, line)) line += step;
  return line;
}

function lineAt(lane, event) {
  const box = lane.list.getBoundingClientRect();
  const part = lane.runsAcross
    ? (event.clientX - box.left) / box.width
    : (event.clientY - box.top) / box.height;
  const last = lane.names.length - 2;
  return Math.max(0, Math.min(last, Math.floor(part * (last + 1))));
}

// In the agenda of phones lanes are lists: there is nothing to drag along.
const isDrawn = (list) => getComputedStyle(list).display !== "flex";

// ---- telling

function fillIn(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

let hiding;

function tell(root, key, values = {}, { visible = false } = {}) {
  say(root, fillIn(root.dataset[key] ?? "", values), visible);
}

function say(root, text, visible, isError = false) {
  const told = root.querySelector(".told");
  told.hidden = false;
  told.classList.toggle("visually-hidden", !visible);
  told.classList.toggle("error", isError);
  told.textContent = text;
  clearTimeout(hiding);
  if (visible) hiding = setTimeout(() => { told.hidden = true; }, isError ? 12000 : 5000);
}

const words = (lane, span) => ({
  date: lane.date,
  start: clock(lane.names[span.start]),
  end: clock(lane.names[span.end]),
});

// ---- the choice, drawn as one more item of the lane

function clearChoice() {
  for (const choice of document.querySelectorAll(".lane > .choice")) choice.remove();
}

function draw(lane, span) {
  let choice = lane.list.querySelector(":scope > .choice");
  if (!choice) {
    clearChoice();
    choice = document.createElement("li");
    choice.className = "choice";
    choice.setAttribute("aria-hidden", "true");
    lane.list.append(choice);
  }
  choice.style.setProperty("--s", span.start);
  choice.style.setProperty("--e", span.end);
  const { start, end } = words(lane, span);
  choice.textContent = `${start}–${end}`;
}

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
  const length = Math.min(lane.longest, Math.max(lane.shortest, USUAL / QUARTER));
  return fitted(lane, gap, from, Math.min(gap.end - 1, from + length - 1));
}

function take(lane, span) {
  const start = lane.names[span.start];
  const end = lane.names[span.end].replace("24:00", "00:00");
  draw(lane, span);
  if (lane.url) {
    const asked = new URLSearchParams({ week: lane.date, date: lane.date, start, end });
    location.assign(`${lane.url}?${asked}#reserve`);
    return;
  }
  tell(rootOf(lane.list), "textTaken", words(lane, span));
  const detail = { date: lane.date, start, end, machine: lane.machine };
  document.dispatchEvent(new CustomEvent("slot:select", { detail }));
}

// ---- pointer: a drag over a gap chooses, a drag of a reservation moves it

let gesture = null;

function begin(event) {
  const link = event.target.closest(".lane > .free > a, .lane [data-move]");
  if (!link || event.button || !event.isPrimary || !isDrawn(link.closest(".lane"))) return;
  const lane = laneOf(link);
  const item = link.parentElement;
  const at = lineAt(lane, event);
  gesture = {
    lane, item, at, to: at, span: spanOf(item), x: event.clientX, y: event.clientY,
    reservation: link.dataset.move, isActive: false, byMouse: event.pointerType === "mouse",
  };
  if (!gesture.byMouse) gesture.timer = setTimeout(activate, HOLD);
}

function activate() {
  gesture.isActive = true;
  navigator.vibrate?.(12);
  if (gesture.reservation) gesture.item.classList.add("is-dragged");
  else draw(gesture.lane, usual(gesture.lane, gesture.span, gesture.at));
}

function follow(event) {
  if (!gesture) return;
  const far = Math.hypot(event.clientX - gesture.x, event.clientY - gesture.y) > SLACK;
  if (!gesture.isActive) {
    if (!far) return;
    if (!gesture.byMouse) {
      drop();
      return;
    }
    activate();
  }
  gesture.hasMoved ||= far;
  if (gesture.reservation) {
    gesture.item.style.setProperty("--dx", `${event.clientX - gesture.x}px`);
    gesture.item.style.setProperty("--dy", `${event.clientY - gesture.y}px`);
  } else if (gesture.hasMoved) {
    gesture.to = lineAt(gesture.lane, event);
    draw(gesture.lane, fitted(gesture.lane, gesture.span, gesture.at, gesture.to));
  }
}

function drop() {
  clearTimeout(gesture?.timer);
  const done = gesture;
  gesture = null;
  return done;
}

function finish(event) {
  const done = drop();
  if (!done?.isActive) return;
  swallowClick();
  if (done.reservation) {
    move(done, event);
  } else {
    const { lane, span, at, to } = done;
    take(lane, done.hasMoved ? fitted(lane, span, at, to) : usual(lane, span, at));
  }
}

function abort() {
  const done = drop();
  if (!done?.isActive) return;
  putBack(done.item);
  clearChoice();
}

// The click that follows a drag must not open the link; on touch there may be none.
function swallowClick() {
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", follow);
document.addEventListener("pointerup", finish);
document.addEventListener("pointercancel", abort);
document.addEventListener("touchmove", (event) => {
  if (gesture?.isActive) event.preventDefault();
}, { passive: false });
document.addEventListener("contextmenu", (event) => {
  if (gesture && !gesture.byMouse) event.preventDefault();
});
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".lane")) event.preventDefault();
});

// A click on a gap takes the usual span from where it fell; from the keyboard, that of the link.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".lane > .free > a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.defaultPrevented) return;
  const lane = laneOf(link);
  if (event.detail && isDrawn(lane.list)) {
    event.preventDefault();
    take(lane, usual(lane, spanOf(link.parentElement), snap(lane, lineAt(lane, event), -1)));
  } else if (!lane.url) {
    event.preventDefault();
    take(lane, usual(lane, spanOf(link.parentElement), spanOf(link.parentElement).start));
  }
});

// ---- keyboard: arrows move the choice, with Shift its end; Enter takes it, Escape lets go

let keyed = null;

function onKey(event) {
  const link = event.target.closest?.(".lane > .free > a");
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
    tell(rootOf(link), "textChosen", words(lane, span));
  } else if (event.key === "Enter" && held) {
    event.preventDefault();
    keyed = null;
    take(held.lane, held.span);
  } else if (event.key === "Escape" && held) {
    event.preventDefault();
    letGo(link);
  }
}

function shifted(lane, gap, span, step, extends_) {
  const end = snap(lane, span.end + step, step);
  if (extends_) {
    const length = end - span.start;
    const fits = end <= gap.end && length >= lane.shortest && length <= lane.longest;
    return fits ? { start: span.start, end } : span;
  }
  const start = snap(lane, span.start + step, step);
  return start >= gap.start && end <= gap.end ? { start, end } : span;
}

function letGo(link) {
  keyed = null;
  clearChoice();
  tell(rootOf(link), "textCleared");
}

document.addEventListener("keydown", onKey);
document.addEventListener("focusout", (event) => {
  if (keyed && event.target === keyed.link && !event.relatedTarget?.closest("form")) {
    keyed = null;
    clearChoice();
  }
});

// ---- moving a reservation: the server decides, a refusal puts it back

function putBack(item) {
  item.classList.remove("is-dragged");
  item.style.removeProperty("--dx");
  item.style.removeProperty("--dy");
}

async function move({ item, lane: home, at, span, reservation }, event) {
  const root = rootOf(item);
  const list = document
    .elementsFromPoint(event.clientX, event.clientY)
    .map((element) => element.closest(".lane"))
    .find((found) => found && found.closest("[data-names]"));
  if (!list) {
    putBack(item);
    tell(root, "textNowhere", {}, { visible: true });
    return;
  }
  const lane = laneOf(list.firstElementChild);
  const length = span.end - span.start;
  const wanted = lineAt(lane, event) - (at - span.start);
  const start = snap(lane, Math.max(0, Math.min(lane.names.length - 1 - length, wanted)), -1);
  if (start === span.start && list === home.list) {
    putBack(item);
    return;
  }
  const target = { start, end: start + length };
  const problem = await askToMove(root, lane, target, reservation);
  if (problem) {
    putBack(item);
    say(root, problem, true, true);
    return;
  }
  await refresh();
  tell(rootOf(document.querySelector("#calendar .lane")), "textMoved", words(lane, target), { visible: true });
}

async function askToMove(root, lane, span, reservation) {
  const body = new URLSearchParams({
    date: lane.date,
    start: lane.names[span.start],
    end: lane.names[span.end].replace("24:00", "00:00"),
    to_machine: lane.machine,
  });
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(root.dataset.moveUrl.replace("/0/", `/${reservation}/`), {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-CSRFToken": token },
    });
    // Whoever is signed out is led to the login, and the page would go on as if it had moved.
    if (answer.redirected) {
      location.reload();
      return root.dataset.textFailed;
    }
    if (answer.ok) return "";
    const { refusals } = await answer.json();
    return refusals.map((refusal) => refusal.message).join(" ");
  } catch {
    return root.dataset.textFailed;
  }
}

async function refresh() {
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  const old = document.getElementById("calendar");
  const scroller = old.querySelector(".board, .week");
  const [top, left] = [scroller.scrollTop, scroller.scrollLeft];
  const calendar = document.importNode(fresh.getElementById("calendar"), true);
  old.replaceWith(calendar);
  calendar.querySelector(".board, .week").scrollTo(left, top);
  window.htmx?.process(calendar);
  prepare();
}

// ---- what is only worth showing with this script, and the line of the present

function prepare() {
  for (const hint of document.querySelectorAll(".for-script")) hint.hidden = false;
  for (const board of document.querySelectorAll(".board")) {
    const table = board.querySelector(".is-now");
    if (table) {
      const width = board.querySelector(".lane").getBoundingClientRect().width;
      board.scrollLeft = (width * number(table, "--s")) / number(table, "--n") - board.clientWidth / 3;
    }
  }
}

setInterval(() => {
  for (const line of document.querySelectorAll(".is-now")) {
    line.style.setProperty("--s", number(line, "--s") + 1 / QUARTER);
  }
}, 60_000);

document.addEventListener("htmx:load", prepare);
prepare();
