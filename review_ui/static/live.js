// Figures that stay true while the page is open: counts by polling (304 mostly), ages, and the time left to undo.
const EVERY = 15_000;
let tag = "";

const number = (value) => value.toLocaleString("en-US");

async function poll() {
  const figures = document.querySelector("[data-live]");
  if (!figures || document.hidden) return;
  try {
    const answer = await fetch(figures.dataset.live, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
    if (answer.status !== 200 || answer.redirected) return;
    tag = answer.headers.get("ETag") || "";
    show(figures, await answer.json());
  } catch {
    // Away for a moment: the next round asks again.
  }
}

function show(figures, counts) {
  const values = { ...counts.queues, backlog: counts.backlog, today: counts.today };
  for (const place of figures.querySelectorAll("[data-count]")) {
    const value = values[place.dataset.count];
    if (value !== undefined && place.textContent !== number(value)) place.textContent = number(value);
  }
  const fresh = document.getElementById("fresh");
  // The list itself never moves under the reader: a link says that there is more.
  if (fresh) fresh.hidden = !(counts.first && !document.getElementById(`row-${counts.first}`));
}

const two = (value) => String(value).padStart(2, "0");

function span(left) {
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor(left / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(left % 60)}` : `${minutes}:${two(left % 60)}`;
}

function tick() {
  for (const place of document.querySelectorAll("[data-until]")) {
    const left = Math.floor((Number(place.dataset.until) - Date.now()) / 1000);
    if (left <= 0) place.closest("form").remove();
    else place.textContent = span(left);
  }
}

// A notice that all went well leaves by itself; undo stays in the bar. A warning waits to be closed, and so does a notice
// that offers something: whoever goes there by keyboard needs longer than a look.
function fade() {
  for (const notice of document.querySelectorAll(".notice-done:not([data-leaves]):not(:has(form, a))")) {
    notice.dataset.leaves = "true";
    setTimeout(() => { if (notice.matches(":hover, :focus-within")) delete notice.dataset.leaves; else notice.remove(); }, 6000);
  }
}

export function startLive() {
  if (document.querySelector("[data-live]")) setInterval(poll, EVERY);
  tick();
  setInterval(() => { tick(); fade(); }, 1000);
  document.addEventListener("htmx:afterSettle", tick);
}
