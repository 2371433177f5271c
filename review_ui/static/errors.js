// A form that is wrong: the summary has the focus, a link in it goes to the field, in a document to the line.
function toLine(field, line) {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, start + (lines[line - 1] || "").length);
  field.scrollTop = Math.max(0, (field.scrollHeight / lines.length) * (line - 6));
  field.scrollIntoView({ block: "nearest" });
}

export function startErrors() {
  const summary = document.querySelector("[data-errors]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    if (link.dataset.line) return void toLine(field, Number(link.dataset.line));
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}
