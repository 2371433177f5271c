// Entry point. Each module minds its own part of the page and does nothing where that part is missing.
import { startCount } from "./count.js";
import { startDesk } from "./desk.js";
import { startErrors } from "./errors.js";
import { startGuide } from "./guide.js";
import { startLive } from "./live.js";
import { startMarks } from "./marks.js";
import { startTrend } from "./trend.js";

startCount();
startDesk();
startErrors();
startGuide();
startLive();
startMarks();
startTrend();

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) close.closest("[data-notice]").remove();
  for (const menu of document.querySelectorAll("details.menu[open], details.define[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

document.querySelector("header [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.body.dataset.ready = "true"; // the page listens to keys from here on
