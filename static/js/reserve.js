// Fills the reserve form with a span chosen in the calendar.
// The calendar says what was chosen with a `slot:select` event; the form works without this.

const form = document.getElementById("reserve");

function choose(select, value) {
  if (![...select.options].some((option) => option.value === value)) {
    select.add(new Option(value, value));
  }
  select.value = value;
}

function fill({ date, start, end, endDate }) {
  form.elements.date.value = date;
  choose(form.elements.start, start);
  choose(form.elements.end, end);
  if (form.elements.end_date) {
    form.elements.end_date.value = endDate ?? "";
  }
  form.dispatchEvent(new CustomEvent("span-chosen"));
}

if (form) {
  document.addEventListener("slot:select", (event) => {
    if (event.detail.machine && event.detail.machine !== form.dataset.machine) {
      return;
    }
    fill(event.detail);
    form.scrollIntoView({ block: "nearest" });
    form.elements.purpose.focus({ preventScroll: true });
  });
}
