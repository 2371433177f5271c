// Counts what is typed or pasted against a limit: nothing is cut off, whoever is over it is told.
export function startCount() {
  for (const place of document.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(place.dataset.counts);
    if (!field) continue;
    const most = Number(place.dataset.most);
    const count = () => {
      const length = [...field.value].length;
      place.textContent = `${length.toLocaleString("en-US")} ·`;
      place.classList.toggle("late", length > most);
      field.classList.toggle("is-invalid", length > most);
    };
    place.hidden = false;
    field.addEventListener("input", count);
    count();
  }
}
