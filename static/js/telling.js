// What the calendar says to people: read out by screen readers, and shown where that helps.

const told = () => document.getElementById("told");
let hiding;

function element(name, text, options = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...options });
}

function show(children, className, seconds) {
  clearTimeout(hiding);
  told().className = `told ${className}`;
  told().replaceChildren(...children);
  if (seconds) hideAfter(seconds);
}

// Whoever is about to press a button of it is not raced.
function hideAfter(seconds) {
  hiding = setTimeout(() => {
    if (told().matches(":hover, :focus-within")) hideAfter(seconds);
    else hush();
  }, seconds * 1000);
}

export function hush() {
  clearTimeout(hiding);
  told().className = "told visually-hidden";
  told().replaceChildren();
}

function wordsOf(root, key, values) {
  return root.dataset[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function whisper(root, key, values = {}) {
  show([element("p", wordsOf(root, key, values))], "visually-hidden");
}

export function tell(root, key, values = {}, seconds = 5) {
  show([element("p", wordsOf(root, key, values))], "", seconds);
}

// What was done, and a way back.
export function tellDone(root, text, undo) {
  const button = element("button", root.dataset.textUndo, { type: "button", onclick: undo });
  show(undo ? [element("p", text), button] : [element("p", text)], "", undo ? 20 : 8);
}

// Every reason why not; it stays until it is closed or something else is told.
export function tellReasons(root, reasons, form) {
  const list = element("ul", "");
  list.append(...reasons.map((reason) => element("li", reason)));
  const ways = element("div", "", { className: "cluster" });
  if (form) ways.append(element("a", root.dataset.textForm, { href: form }));
  ways.append(element("button", root.dataset.textClose, { type: "button", onclick: hush }));
  show([element("p", root.dataset.textRefused), list, ways], "error");
}
