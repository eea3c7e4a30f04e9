// The words of a space: a field is put where the cursor was last, in the subject or the text.

const form = document.querySelector("#words");
const { subject, text } = form.elements;
let place = document.activeElement === subject ? subject : text;
for (const field of [subject, text]) {
  field.addEventListener("focus", () => {
    place = field;
  });
}

for (const button of document.querySelectorAll("button[data-insert]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    place.setRangeText(button.dataset.insert, place.selectionStart, place.selectionEnd, "end");
    place.focus();
  });
}
