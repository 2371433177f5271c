// Hovering or focusing a mark explains it in one line, and lights up its line of evidence; and the other way round.
const lit = (on, elements) => elements.forEach((element) => element.classList.toggle("is-lit", on));

function explain(mark) {
  const line = mark.closest(".post")?.querySelector(".explain");
  if (!line) return;
  const said = mark.dataset.evidence.split(" ").map((id) => document.getElementById(`exhibit-${id}`)).filter(Boolean);
  line.replaceChildren();
  said.forEach((exhibit, index) => {
    if (index) line.append(" ; ");
    line.append("└ ");
    [...exhibit.querySelector(".exhibit-line").children].forEach((part, place) => line.append(place ? " · " : "", part.cloneNode(true)));
  });
}

function point(target, on) {
  const mark = target.closest?.("mark[data-evidence]");
  if (mark) {
    if (on) explain(mark);
    lit(on, mark.dataset.evidence.split(" ").map((id) => document.getElementById(`exhibit-${id}`)).filter(Boolean));
    return;
  }
  const exhibit = target.closest?.("[data-exhibit]");
  if (exhibit) {
    const id = exhibit.dataset.exhibit;
    lit(on, [...document.querySelectorAll("mark[data-evidence]")].filter((one) => one.dataset.evidence.split(" ").includes(id)));
  }
}

export function toggleQuiet() {
  const panel = document.getElementById("quiet");
  if (panel) panel.open = !panel.open;
}

export function startMarks() {
  for (const name of ["mouseover", "focusin"]) document.addEventListener(name, (event) => point(event.target, true));
  for (const name of ["mouseout", "focusout"]) document.addEventListener(name, (event) => point(event.target, false));
  document.addEventListener("toggle", (event) => {
    if (event.target.id === "quiet") event.target.closest(".post").classList.toggle("show-quiet", event.target.open);
  }, true);
}
