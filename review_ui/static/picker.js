// Choosing the clause of a block by keyboard: Enter takes the machine's, or a digit for the chapter, then a letter.
const panel = () => document.getElementById("picker");
let form = null;
let done = null;
let chapter = null;

const chapters = () => [...form.elements.clause.querySelectorAll("optgroup")];

export function openPicker(decideForm, submit) {
  form = decideForm;
  done = submit;
  chapter = null;
  panel().hidden = false;
  draw();
}

export function closePicker() {
  if (panel()) panel().hidden = true;
  form = null;
}

function choose(clause) {
  const submit = done;
  closePicker();
  submit("block", clause);
}

function draw() {
  const box = panel();
  const title = document.createElement("p");
  title.className = "picker-title";
  const chosen = form.elements.clause.value;
  const first = document.createElement("span");
  if (!chapter && chosen) {
    const name = document.createElement("b");
    name.textContent = form.elements.clause.selectedOptions[0].textContent;
    const key = document.createElement("kbd");
    key.textContent = "Enter";
    first.append(key, ` ${box.dataset.enter} `, name);
  } else first.textContent = chapter ? chapter.label : "";
  const second = document.createElement("span");
  second.textContent = chapter ? box.dataset.letters : box.dataset.choose;
  title.append(first, second);
  const grid = document.createElement("div");
  grid.className = "picker-grid";
  const lines = chapter
    ? [...chapter.children].map((option, index) => [String.fromCharCode(97 + index), option.textContent, () => choose(option.value), option.value])
    : chapters().map((group) => [group.label.split(" ")[0], group.label.slice(2), () => { chapter = group; draw(); }, ""]);
  for (const [key, text, act, clause] of lines) {
    const button = document.createElement("button");
    button.type = "button";
    if (clause) button.dataset.clause = clause; // guide.js shows how it is read
    button.setAttribute("role", "option");
    const cap = document.createElement("kbd");
    cap.textContent = key.toUpperCase();
    button.append(cap, text);
    button.addEventListener("click", act);
    grid.append(button);
  }
  box.replaceChildren(title, grid);
}

// Answers whether the key was the picker's.
export function pickerKey(event) {
  if (!form || panel().hidden) return false;
  if (event.key === "Enter" && event.target.closest(".picker-grid")) return true; // the button that has the focus
  if (event.key === "Escape") {
    if (chapter) { chapter = null; draw(); } else closePicker();
  } else if (event.key === "Enter" && !chapter) {
    if (form.elements.clause.value) choose(form.elements.clause.value);
  } else if (!chapter && /^[0-9]$/.test(event.key)) {
    chapter = chapters().find((group) => group.label.startsWith(event.key)) || null;
    draw();
  } else if (chapter && /^[a-z]$/i.test(event.key)) {
    const option = chapter.children[event.key.toLowerCase().charCodeAt(0) - 97];
    if (option) choose(option.value);
  } else if (event.key === "Tab") {
    if (panel().contains(document.activeElement)) return false;
    panel().querySelector("button")?.focus();
  }
  event.preventDefault();
  return true;
}
