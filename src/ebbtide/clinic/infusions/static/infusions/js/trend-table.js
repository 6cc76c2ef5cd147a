// The trend plot's twin for those who do not look at pictures: one row every five minutes.

import { between } from "./trend-data.js";
import { timeOfDay } from "./room-root.js";

const ROW_MS = 5 * 60_000;
const NONE = "none";

const COLUMNS = [
  "Time",
  "SpO₂, lowest, %",
  "Pulse, middle, /min",
  "BP, last, mmHg",
  "Breaths, middle, /min",
  "Predicted level at the brain, ng/mL",
  "Pump rate, mL/h",
  "Noted",
];

const middle = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];
const words = (value, digits = 0) => (value === null || value === undefined ? NONE : value.toFixed(digits));

function rateAt(pieces, at) {
  const piece = pieces.find(({ from_ms: from, to_ms: to }) => from <= at && at < to);
  if (!piece) return NONE;
  return piece.is_held ? "held" : words(piece.rate_ml_per_h, 1);
}

/** The rows from the start of the visit to now, newest last, each a list of words. */
export function tableRows(picture, { fromMs, nowMs, pieces }) {
  const { lines, bars, level, marks, boluses } = picture;
  const noted = [...marks, ...boluses.map((bolus) => ({ at_ms: bolus.at_ms, label: `${bolus.dose_mg} mg bolus` }))];
  const rows = [];
  for (let from = Math.floor(fromMs / ROW_MS) * ROW_MS; from <= nowMs; from += ROW_MS) {
    const to = from + ROW_MS;
    const last = Math.min(to, nowMs);
    const spo2 = lines.spo2.within(from, to);
    const pressure = bars.findLast(({ at }) => at >= from && at < to);
    rows.push([
      timeOfDay(from, { seconds: "none" }),
      spo2.length ? words(Math.floor(Math.min(...spo2))) : NONE,
      words(middle(lines.pulse.within(from, to))),
      pressure ? `${words(pressure.top)}/${words(pressure.bottom)}` : NONE,
      words(middle(lines.resp.within(from, to))),
      words(level ? between(level.t, level.effect, last) : null),
      rateAt(pieces, last - 1),
      noted.filter(({ at_ms: at }) => at >= from && at < to).map(({ label }) => label).join(", "),
    ]);
  }
  return rows;
}

const filled = new WeakMap();

function row(cells, makeCell) {
  const element = document.createElement("tr");
  element.append(...cells.map(makeCell));
  return element;
}

function cell(tag, text, scope) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (scope) element.scope = scope;
  return element;
}

/** Write the rows into a table element, made new only when a word of it changed. */
export function fillTable(table, rows) {
  const words = JSON.stringify(rows);
  if (filled.get(table) === words) return;
  filled.set(table, words);
  const caption = cell("caption", "Vitals, predicted ketamine level and pump rate, every 5 minutes");
  const head = document.createElement("thead");
  head.append(row(COLUMNS, (text) => cell("th", text, "col")));
  const body = document.createElement("tbody");
  body.append(
    ...rows.map((cells) => row(cells, (text, index) => (index ? cell("td", text) : cell("th", text, "row")))),
  );
  table.replaceChildren(caption, head, body);
}
