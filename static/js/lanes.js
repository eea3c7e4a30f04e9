// What the server drew, read back: lanes, the lines they are drawn on, and the items between them.
//
// Lanes carry what the clock of the space shows at each of their lines (data-names), so nothing
// here knows of any time zone: a day of 25 hours has more lines, that is all.

const QUARTER = 15;

export const number = (element, name) =>
  Number(getComputedStyle(element).getPropertyValue(name));

export const rootOf = (element) => element.closest(".calendar");

export function laneOf(element) {
  const list = element.closest(".lane");
  const limits = list.closest("[data-limits]").dataset.limits.split(" ").map(Number);
  return {
    list,
    names: list.closest("[data-names]").dataset.names.split(" "),
    date: list.dataset.date,
    day: list.closest("[data-day]").dataset.day,
    machine: list.closest("[data-machine]").dataset.machine,
    runsAcross: list.classList.contains("across"),
    grid: limits[0],
    shortest: Math.ceil(limits[1] / QUARTER),
    longest: Math.floor(limits[2] / QUARTER),
  };
}

export const lastLine = (lane) => lane.names.length - 1;

export const inQuarters = (minutes) => minutes / QUARTER;

export const spanOf = (item) => ({ start: number(item, "--s"), end: number(item, "--e") });

// In the agenda lanes are lists: there is nothing to drag along.
export const isDrawn = (list) => getComputedStyle(list).display !== "flex";

// ---- lines

const clock = (name) => name.replace("/2", "");

function isOnGrid(lane, line) {
  const [hours, minutes] = clock(lane.names[line]).split(":").map(Number);
  return (hours * 60 + minutes) % lane.grid === 0;
}

export function snap(lane, line, step) {
  while (line > 0 && line < lastLine(lane) && !isOnGrid(lane, line)) line += step;
  return line;
}

// The line before a point; further than the lane reaches where the point does.
export function lineAt(lane, { clientX, clientY }) {
  const box = lane.list.getBoundingClientRect();
  const part = lane.runsAcross
    ? (clientX - box.left) / box.width
    : (clientY - box.top) / box.height;
  return Math.floor(part * lastLine(lane));
}

// The line at which a lane shows what another shows at one of its own: the same wall time, or the
// next that the clock shows.
export function sameTime(lane, name) {
  const exact = lane.names.indexOf(name);
  if (exact >= 0) return exact;
  const later = lane.names.findIndex((each) => clock(each) >= clock(name));
  return later >= 0 ? later : lastLine(lane);
}

export function laneUnder(root, { clientX, clientY }) {
  const list = document
    .elementsFromPoint(clientX, clientY)
    .map((element) => element.closest(".lane"))
    .find((found) => found && root.contains(found) && found.closest("[data-names]"));
  return list ? laneOf(list) : null;
}

// A span as forms and the server take it, and as people read it.
export const asked = (lane, span) => ({
  date: lane.date,
  start: lane.names[span.start],
  end: lane.names[span.end].replace("24:00", "00:00"),
});

export const words = (lane, span) => ({
  date: lane.day,
  start: clock(lane.names[span.start]),
  end: clock(lane.names[span.end]),
});

// ---- the choice, drawn as one more item of a lane

export function clearChoice() {
  for (const choice of document.querySelectorAll(".lane > .choice")) choice.remove();
}

export function draw(lane, span) {
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
  return choice;
}
