// The parts of the visit as tabs, the sheets kept fresh while none is open, and the
// amendment sheet filled for the entry it is about.

import { openSheet } from "../../web/js/sheet.js";

const tabs = () => [...document.querySelectorAll("[data-view]")];

/** Show one part of the visit: prepare, trends, leave or log. */
export function showView(name) {
  for (const tab of tabs()) {
    const isShown = tab.dataset.view === name;
    tab.setAttribute("aria-selected", String(isShown));
    tab.tabIndex = isShown ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !isShown;
  }
  window.dispatchEvent(new Event("resize")); // the plot measures itself when it is seen
}

function shownView() {
  return tabs().find((tab) => !document.getElementById(tab.getAttribute("aria-controls")).hidden);
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-view]");
  if (tab) showView(tab.dataset.view);
  const amends = event.target.closest?.("[data-amends]");
  if (amends) {
    event.preventDefault();
    window.htmx.ajax("GET", amends.href, { target: "#amend-fields", swap: "innerHTML" }).then(() => openSheet("sheet-amended"));
  }
});

// An answered item looks answered at once; the refreshed panel has the last word.
document.addEventListener("submit", ({ target, submitter }) => {
  const item = target.closest?.(".item");
  if (!item || !target.classList.contains("item-answers")) return;
  const isNo = submitter?.value === "no";
  item.classList.toggle("is-done", !isNo);
  item.classList.toggle("is-no", isNo);
});

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-view]");
  if (!tab) return;
  const all = tabs();
  const here = all.indexOf(tab);
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = all.at(to % all.length);
  showView(next.dataset.view);
  next.focus();
});

// What happened decides what is worth seeing next.
const LEADS_TO = { started: "trends", resumed: "trends", stopped: "leave", called_off: "leave" };
document.addEventListener("feed:changed", ({ detail }) => {
  if (LEADS_TO[detail.event]) showView(LEADS_TO[detail.event]);
});

const isTouched = (control) =>
  control.type === "radio" || control.type === "checkbox"
    ? control.checked !== control.defaultChecked
    : control.type !== "hidden" && "defaultValue" in control && control.value !== control.defaultValue;

// A sheet somebody began to fill in keeps what was typed, open or closed.
const isBegun = (sheet) => [...sheet.querySelectorAll("input, textarea")].some(isTouched);

// New sheets wait until nobody types in one: a form under the hand never changes.
function takeNewSheets() {
  const fresh = document.getElementById("room-sheets-new");
  const place = document.getElementById("room-sheets");
  if (!fresh || document.querySelector("dialog[open]")) return;
  const sheets = fresh.content.cloneNode(true);
  for (const begun of [...place.querySelectorAll("dialog")].filter(isBegun)) {
    sheets.getElementById(begun.id)?.replaceWith(begun);
  }
  place.replaceChildren(sheets);
}
// What was sent is not offered again: the next reading starts blank.
for (const kind of ["entry:recorded", "entry:waiting"]) {
  document.addEventListener(kind, ({ target }) => {
    target.querySelector("form")?.reset();
    takeNewSheets();
  });
}
document.addEventListener("htmx:afterSettle", takeNewSheets);
document.addEventListener("close", takeNewSheets, true);

showView(shownView()?.dataset.view ?? "trends");
