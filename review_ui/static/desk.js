// The desk by keyboard. Forms and links work without this; here they only become quick.
import { closePicker, openPicker, pickerKey } from "./picker.js";
import { toggleGuide } from "./guide.js";
import { toggleQuiet } from "./marks.js";
import { keepNotes, recallNote } from "./notes.js";

const ahead = new Map(); // pages of items fetched before they are asked for
const decided = new Set(); // items decided on this page
let sending = Promise.resolve();
const byId = (id) => document.getElementById(id);
const item = () => byId("desk-item");
const links = () => [...document.querySelectorAll("#rows .row-link")];
const idOf = (url) => (url || "").match(/\/items\/(\d+)/)?.[1];
const isShown = (element) => Boolean(element && element.offsetParent);

function current() {
  return document.querySelector("#rows .row-link[aria-current]");
}

function mark(link) {
  for (const one of links()) one.removeAttribute("aria-current");
  if (!link) return;
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest" });
}

async function fetchItem(url) {
  const known = ahead.get(url);
  if (known && Date.now() - known.at < 20_000) return known.page;
  const page = fetch(url, { headers: { "HX-Request": "true" }, cache: "no-store" }).then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""));
  const entry = { at: Date.now(), page, text: "" };
  ahead.set(url, entry);
  page.then((text) => { entry.text = text; }, () => ahead.delete(url));
  return page;
}

async function show(url) {
  const page = await fetchItem(url).catch(() => "");
  if (page) place(url, page);
  else location.assign(url);
}

function place(url, page) {
  ahead.delete(url);
  htmx.swap(item(), page, { swapStyle: "outerHTML" });
  history.pushState({}, "", url);
  byId("desk").dataset.view = "item";
  settle();
}

function settle() {
  closePicker();
  const panel = item();
  if (!panel) return;
  htmx.process(panel); // now, not when htmx has settled: a key may follow within milliseconds
  const row = panel.dataset.item && byId(`row-${panel.dataset.item}`);
  mark(row ? row.querySelector(".row-link") : null);
  recallNote(panel);
  panel.querySelector(".post-text")?.classList.toggle("is-long", panel.querySelector(".post-text").textContent.length > 280);
  panel.querySelector(".item")?.scrollTo(0, 0);
  if (panel.dataset.next) fetchItem(panel.dataset.next).catch(() => {});
}

function step(by) {
  const open = links().filter((link) => !link.closest(".is-done") || link === current());
  const at = open.indexOf(current());
  const next = open[at + by];
  if (next && isShown(next)) {
    mark(next);
    if (isShown(item())) show(next.href);
    else next.focus();
  } else if (by > 0 && item()?.dataset.next && isShown(item())) show(item().dataset.next);
}

async function send(action, body) {
  const answer = await fetch(action, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer && !answer.redirected && (answer.ok || answer.status === 409 || answer.status === 422)) {
    htmx.swap("#toasts", await answer.text(), { swapStyle: "none" });
  } else {
    // Not kept (or no longer logged in): back to its item, nothing is lost silently.
    location.assign(action.replace("/decision", ""));
  }
}

// Shows the next item before the server has answered, where it is already here; the answer brings the rest of the page.
function goAhead(form, kind) {
  const url = item().dataset.next;
  const ready = ahead.get(url);
  const here = item().dataset.item;
  if (!ready?.text || (kind === "block" && !form.elements.clause.value) || decided.has(idOf(url))) return false;
  decided.add(here);
  const body = new URLSearchParams(new FormData(form));
  body.set("kind", kind);
  body.set("ahead", "1");
  // One after another, in the order of the keys; htmx would drop what is pressed while a request is under way.
  sending = sending.then(() => send(form.getAttribute("action"), body));
  place(url, ready.text);
  return true;
}

// Takes back the last decision in place: the list keeps its rows, and a second «u» finds the decision before.
async function takeBack() {
  const form = document.querySelector("#undo form");
  if (!form) return;
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.status === 409) {
    htmx.swap("#toasts", await answer.text(), { swapStyle: "none" });
    return;
  }
  const url = answer?.ok && !answer.redirected ? answer.headers.get("HX-Push-Url") : "";
  if (!url || !item() || !byId(`row-${idOf(url)}`)) {
    location.assign(url || location.href); // not in this list (or not answered): a whole page shows what is so
    return;
  }
  ahead.clear(); // what follows each item has changed
  decided.delete(idOf(url));
  place(url, await answer.text());
}

export function submit(kind, clause) {
  const form = byId("decide");
  if (!isShown(form)) return;
  if (clause) form.elements.clause.value = clause;
  if (goAhead(form, kind)) return;
  // After what is still under way, so that «undo» takes back the right one; a click, since htmx notes by it which
  // button sent the form.
  sending.then(() => form.querySelector(`[name="kind"][value="${kind}"]`).click());
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  p: () => submit("pass"),
  b: () => { if (isShown(byId("decide"))) openPicker(byId("decide"), submit); },
  u: () => { sending = sending.then(takeBack, takeBack); },
  v: toggleQuiet,
  g: toggleGuide,
  n: () => byId("note")?.focus(),
  t: () => sending.finally(() => item()?.querySelector("[data-together]")?.click()),
  "?": () => { const help = byId("help"); if (help.open) help.close(); else help.showModal(); },
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input, textarea, select");
  if (field) {
    if (event.key === "Escape") field.blur();
    return;
  }
  if (pickerKey(event)) return;
  if (byId("help")?.open && event.key !== "?") return;
  if (event.key.startsWith("Arrow") && !event.target.closest("#rows, body") ) return;
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

export function startDesk() {
  if (document.body.dataset.page !== "desk") return;
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#rows .row-link");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      show(link.href);
    }
    if (event.target.closest("[data-help]")) byId("help").showModal();
    const button = event.isTrusted && event.target.closest('#decide [name="kind"]');
    if (button && goAhead(byId("decide"), button.value)) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-undo]")) return;
    event.preventDefault();
    keys.u();
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target?.id === "desk-item" || event.detail.elt?.id === "desk-item") settle(); });
  keepNotes();
  window.addEventListener("popstate", () => location.reload());
  settle();
}
