// Small comforts on every page; nothing here is needed to use it.

// Menus are <details>: a click elsewhere or Escape closes them.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// After a refused form the first field at fault takes the focus.
document.querySelector("[aria-invalid='true']")?.focus();

// What was entered before the scripts were there, or put back by the browser, counts as entered.
function isEntered(field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    const isGiven = options.some((option) => option.defaultSelected);
    const first = isGiven || field.multiple ? -1 : 0;
    const given = (option, at) => option.defaultSelected || at === first;
    return options.some((option, at) => option.selected !== given(option, at));
  }
  return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
}
document.addEventListener("DOMContentLoaded", () => {
  const fields = "input:not([type=hidden]), select, textarea";
  for (const field of document.querySelectorAll(`form :is(${fields})`)) {
    if (!isEntered(field)) continue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// Filters that say nothing stay out of the address, so that it can be shared.
for (const form of document.querySelectorAll("form[data-skip-empty]")) {
  const drop = (data) => {
    for (const [name, value] of [...data.entries()]) if (value === "") data.delete(name);
  };
  form.addEventListener("formdata", (event) => drop(event.formData));
  form.addEventListener("htmx:configRequest", (event) => drop(event.detail.formData));
}

// Copies the text of an element, for secrets that are shown once.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

// The clock of the device: kept for who signs up, offered to who reads another one.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("input[data-device-zone]")) field.value = zone;
for (const offer of document.querySelectorAll("[data-zone-offer]")) {
  const select = document.querySelector(offer.dataset.zoneOffer);
  const option = [...select.options].find(({ value }) => value === zone);
  offer.hidden = !option || option.selected;
  const words = offer.querySelector("span");
  words.textContent = words.textContent.replace("{zone}", option?.text ?? "");
  offer.querySelector("button").addEventListener("click", () => {
    option.selected = true;
    offer.hidden = true;
    select.focus();
  });
}

// Paper shows what is folded away on the screen.
addEventListener("beforeprint", () => {
  for (const day of document.querySelectorAll(".agenda details")) day.open = true;
});

// A button to print is only worth showing where a script can press it.
for (const button of document.querySelectorAll("button[data-print]")) button.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) window.print();
});

// Where Établi is installed no browser stands around it to say that there is no network.
if (matchMedia("(display-mode: standalone)").matches) {
  navigator.serviceWorker?.register("/service-worker.js");
}
