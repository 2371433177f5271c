// Notes that are not sent yet: kept for each item while the page is open, so that looking elsewhere loses none.
// One that was sent stays too: where its decision is taken back, it stands in the field again.
const drafts = new Map();

export function keepNotes() {
  document.addEventListener("input", (event) => {
    const id = event.target.id === "note" && event.target.closest("[data-item]")?.dataset.item;
    if (id) drafts.set(id, event.target.value);
  });
}

export function recallNote(panel) {
  const field = panel.querySelector("#note");
  const draft = drafts.get(panel.dataset.item);
  if (field && draft && !field.value) field.value = draft;
}
