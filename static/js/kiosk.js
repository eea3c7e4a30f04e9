// The page of a tablet: keys to press, one step after the other, back to the start by itself.
// Without this the form works as it is; what is done goes to kiosk-queue.js and its answer comes
// back from there.

const form = document.querySelector("form[data-entries]");
const parts = Object.fromEntries(
  [...document.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
);
const IDLE = 60_000;
let asked = false;
let told;
const { badge, pin } = form.elements;

const chosen = () => form.querySelector("[name=machine]:checked, [name=machine][type=hidden]");

// A page that is loaded anew has forgotten everybody, and shows the machines as they are. Without
// a network this one is emptied instead.
async function restart() {
  try {
    await fetch(form.dataset.start, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    location.replace(form.dataset.start);
  } catch (error) {
    empty();
  }
}

function empty() {
  clearTimeout(told);
  form.reset();
  asked = false;
  for (const part of ["fields", "lines", "title", "hint"]) parts[part].replaceChildren();
  delete parts.told.dataset.outcome;
  show("choose");
  offer();
  badge.focus({ preventScroll: true });
  watch();
}

function show(name) {
  for (const part of ["choose", "questions", "told"]) parts[part].hidden = part !== name;
  window.scrollTo(0, 0);
}

// Keys for fingers

parts.keys.hidden = false;
parts.keys.addEventListener("click", ({ target }) => {
  const { key } = target.closest("button")?.dataset ?? {};
  if (key === undefined) return;
  if (key === "back") pin.value = pin.value.slice(0, -1);
  else if (pin.value.length < pin.maxLength) pin.value += key;
  pin.focus({ preventScroll: true });
});

// A reader types the number of a badge and presses Enter, wherever somebody has tapped before.
badge.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  if (badge.value) pin.focus();
});
pin.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  parts.choose.querySelector("button.primary").click();
});
document.addEventListener("keydown", (event) => {
  const isTyped = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isNowhere = document.activeElement === document.body;
  if (isTyped && isNowhere && !parts.choose.hidden) badge.focus();
});

// What is likely is the main button: a machine in use is left, one that is not is taken.
function offer() {
  const likely = chosen()?.dataset.used === "true" ? "check_out" : "check_in";
  for (const button of parts.choose.querySelectorAll("button[name=act]")) {
    button.classList.toggle("primary", button.value === likely);
  }
}
form.addEventListener("change", offer);
offer();

// Whoever walks away leaves an empty page behind, and the next one sees the machines as they are.
let idle;
function watch() {
  clearTimeout(idle);
  idle = setTimeout(restart, IDLE);
}
for (const sign of ["keydown", "pointerdown", "input"]) document.addEventListener(sign, watch);
watch();

// One step after the other

function missing() {
  if (!chosen()) return [form.querySelector("[name=machine]"), "machine"];
  if (!badge.value) return [badge, "badge"];
  return pin.value ? null : [pin, "pin"];
}

function ask(fields) {
  asked = true;
  parts.fields.replaceChildren(fields.content.cloneNode(true));
  show("questions");
  parts.fields.querySelector("input, select, textarea")?.focus();
}

// Who names a material says how much of it, and who finds something wrong says what.
parts.fields.addEventListener("change", () => {
  for (const field of parts.fields.querySelectorAll("[data-when]")) {
    const given = new FormData(form).get(field.dataset.when) ?? "";
    field.required = given !== "" && given !== field.dataset.unless;
  }
});

function answers() {
  const data = new FormData(form);
  return Object.fromEntries([...data].filter(([name]) => /^q\d/.test(name)));
}

form.addEventListener("submit", (event) => {
  if (!window.isSecureContext || !window.indexedDB) return;
  event.preventDefault();
  const act = event.submitter?.value ?? "check_in";
  const lack = missing();
  if (lack) {
    parts.hint.textContent = form.dataset[`no${lack[1]}`];
    lack[0].focus();
    return;
  }
  const machine = Number(chosen().value);
  const fields = document.querySelector(`template[data-questions="${machine}"]`);
  if (act === "check_out" && fields && !asked) return ask(fields);
  const detail = { act, machine, badge: badge.value, pin: pin.value, answers: answers() };
  badge.value = pin.value = "";
  parts.title.textContent = form.dataset.busy;
  parts.lines.replaceChildren();
  show("told");
  document.dispatchEvent(new CustomEvent("kiosk:act", { detail }));
});

// The answer, and who reads it

function tell(title, lines) {
  parts.title.textContent = title;
  parts.lines.replaceChildren(
    ...lines.filter(Boolean).map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
  show("told");
  parts.told.focus();
  told = setTimeout(restart, Number(form.dataset.seconds) * 1000);
}

// The clock of the space, whatever zone the tablet is set to.
const clock = new Intl.DateTimeFormat("de-CH", {
  timeStyle: "short",
  hourCycle: "h23",
  timeZone: form.dataset.zone,
});

document.addEventListener("kiosk:answer", ({ detail: { answer, act, at, isKept } }) => {
  const { kept, keptlong, notextended, notextendedlong, notkept, notkeptlong } = form.dataset;
  const otherwise = isKept ? "kept" : "refused";
  parts.told.dataset.outcome = answer ? (answer.is_done ? "done" : "refused") : otherwise;
  if (answer) tell(answer.title, answer.lines);
  else if (isKept) tell(kept, [keptlong.replace("{time}", clock.format(at))]);
  else if (act === "extend") tell(notextended, [notextendedlong]);
  else tell(notkept, [notkeptlong]);
});

document.addEventListener("kiosk:waiting", ({ detail: { count, aside, why } }) => {
  parts.aside.hidden = !aside;
  parts.aside.textContent = form.dataset.aside.replace("{count}", aside);
  parts.network.hidden = !why && !count;
  const words = why === "unpaired" ? form.dataset.unpaired : form.dataset.waiting;
  parts.network.textContent = words.replace("{count}", count);
});

for (const button of document.querySelectorAll("[data-restart]")) {
  button.hidden = false;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    restart();
  });
}

// So that the page is there without a network, too.
navigator.serviceWorker?.register("/service-worker.js");
