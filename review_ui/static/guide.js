// 口径 beside the item: one key opens it, it follows the clause that is picked, and the picker shows it on hover.
const kept = new Map(); // pages by clause, for as long as this page is open
const guide = () => document.getElementById("guide");

function ask(clause) {
  if (!kept.has(clause)) {
    const url = guide().dataset.guideUrl.replace("CLAUSE", encodeURIComponent(clause));
    const page = fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store" })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .catch(() => "");
    page.then((text) => { if (!text) kept.delete(clause); });
    kept.set(clause, page);
  }
  return kept.get(clause);
}

async function fill(box, clause) {
  box.dataset.wanted = clause;
  const page = await ask(clause);
  // The pointer may have gone on meanwhile.
  if (page && box.dataset.wanted === clause) box.innerHTML = page;
}

export function toggleGuide() {
  const panel = guide();
  if (!panel) return;
  panel.open = !panel.open;
  if (panel.open) panel.scrollIntoView({ block: "nearest" });
}

function follow(select) {
  const panel = guide();
  if (!panel || !select.value) return;
  panel.querySelector("[data-guide-name]").textContent = select.selectedOptions[0].textContent;
  fill(panel.querySelector("[data-guide-body]"), select.value);
}

function hover(event) {
  const option = event.target.closest?.("#picker [data-clause]");
  if (!option || !guide()) return;
  const picker = option.closest("#picker");
  let box = picker.querySelector(".picker-guide");
  if (!box) {
    box = document.createElement("div");
    box.className = "picker-guide";
    box.dataset.testid = "picker-guide";
    picker.append(box);
  }
  fill(box, option.dataset.clause);
}

export function startGuide() {
  if (document.body.dataset.page !== "desk") return;
  document.addEventListener("change", (event) => { if (event.target.id === "clause") follow(event.target); });
  document.addEventListener("mouseover", hover);
  document.addEventListener("focusin", hover);
}
