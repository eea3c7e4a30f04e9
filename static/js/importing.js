// While an import goes on, the page that waits for its answer shows how far it is.

const EVERY = 600; // milliseconds

const form = document.querySelector("form[data-progress-url]");
form?.addEventListener("submit", ({ submitter }) => {
  if (!["import", "good"].includes(submitter?.value)) return;
  const shown = form.querySelector("[data-progress]");
  shown.hidden = false;
  look(form.dataset.progressUrl, shown.querySelector("progress"), shown.querySelector("span"));
});

async function look(url, bar, words) {
  const answer = await fetch(url).catch(() => null);
  const { done, total, is_over: isOver } = answer?.ok ? await answer.json() : {};
  // Once all is written the next page is on its way.
  if (isOver) return;
  if (total) {
    bar.max = total;
    bar.value = done;
    words.textContent = words.dataset.words.replace("{done}", done).replace("{total}", total);
  }
  setTimeout(look, EVERY, url, bar, words);
}
