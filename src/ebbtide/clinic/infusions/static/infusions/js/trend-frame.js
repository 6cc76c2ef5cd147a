// What stands around the trend plot's canvases: head, strips, marks, captions, table.

import { between } from "./trend-data.js";
import { STRIPS } from "./trend-strips.js";

const ALTERNATIVE =
  "Vitals, predicted ketamine level and pump rate over time. The table after this picture holds the same numbers.";

function made(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(text, act) {
  const element = made("button", "button button-quiet", text);
  element.type = "button";
  element.setAttribute("aria-pressed", "false");
  element.addEventListener("click", act);
  return element;
}

/** What the level strip shows, in words, with the values predicted for now. */
export function levelWords({ level, plan }, nowMs) {
  if (!level && !plan) return "Predicted ketamine level: none before the bag is drawn up";
  if (!level) return "Predicted ketamine at the brain, ng/mL, if the order is given as drawn up (broken line)";
  const now = (values) => {
    const value = between(level.t, values, nowMs);
    return value === null ? "" : `, now ${Math.round(value)}`;
  };
  return (
    `Predicted ketamine, ng/mL: thick line at the brain${now(level.effect)}; thin line in arterial ` +
    `blood${now(level.plasma)}; band 9 in 10 people; dots planned; broken line as ordered`
  );
}

/** Build the element's inside once; returns its parts. */
export function buildFrame(host, { onView }) {
  const heading = made("h2", "", "Last hour");
  const cursor = made("p", "trend-cursor");
  cursor.setAttribute("aria-hidden", "true");
  const viewButton = button("Whole visit", onView);
  const tableButton = button("As table", () => showTable(tableButton.getAttribute("aria-pressed") !== "true"));
  const acts = made("div", "trend-acts");
  acts.append(viewButton, tableButton);
  const head = made("div", "trend-head");
  head.append(heading, cursor, acts);

  const strips = made("div", "trend-strips");
  strips.setAttribute("role", "img");
  strips.setAttribute("aria-label", ALTERNATIVE);
  const places = new Map();
  const marks = made("ol", "trend-marks");
  const caption = made("p", "trend-caption");
  for (const { name, share } of STRIPS) {
    if (name === "level") strips.append(caption);
    if (name === "rate") strips.append(marks);
    const place = made("div", "trend-strip");
    place.dataset.strip = name;
    place.style.flexGrow = String(share);
    places.set(name, place);
    strips.append(place);
  }

  const table = made("table", "table");
  const basis = made("p", "soft small");
  const twin = made("div", "trend-table visually-hidden");
  twin.tabIndex = -1;
  twin.append(table, basis);
  host.replaceChildren(head, strips, twin);

  function showTable(isShown) {
    tableButton.setAttribute("aria-pressed", String(isShown));
    strips.hidden = isShown;
    viewButton.hidden = isShown;
    twin.classList.toggle("visually-hidden", !isShown);
    if (isShown) twin.focus();
  }

  function show(picture, { nowMs, view }) {
    const { lines, level } = picture;
    viewButton.setAttribute("aria-pressed", String(view === "visit"));
    heading.textContent = view === "visit" ? "Whole visit" : "Last hour";
    const words = levelWords(picture, nowMs);
    if (caption.textContent !== words) caption.textContent = words;
    if (basis.textContent !== (level?.basis ?? "")) basis.textContent = level?.basis ?? "";
    places.get("breath").hidden = !lines.resp.t.length && !lines.tcpco2.t.length;
  }

  function tell(words) {
    const parts = words.flatMap((part) => [made("b", "", part), " "]);
    cursor.replaceChildren(...parts);
  }

  return { strips, places, marks, table, show, tell };
}
