// Words on the trend plot: each trace named where it ends, events along the time axis.

import { ratePieces } from "./trend-draw.js";

const LABEL_HEIGHT = 19;
const AFTER_NOW = 6;

const middleOf = (bar) => (bar ? (bar.top + bar.bottom) / 2 : undefined);

function rateNow({ rate }, nowMs) {
  return ratePieces(rate, nowMs).find(({ from_ms: from, to_ms: to }) => from <= nowMs && nowMs <= to)?.rate_ml_per_h ?? 0;
}

const NAMES = {
  oxygen: [{ trace: "spo2", words: "SpO₂ %", at: (picture) => picture.lines.spo2.last?.value }],
  heart: [
    { trace: "pulse", words: "pulse /min", at: (picture) => picture.lines.pulse.last?.value },
    { trace: "bp", words: "BP mmHg", at: (picture) => middleOf(picture.bars.at(-1)) },
  ],
  breath: [
    { trace: "resp", words: "breaths /min", at: (picture) => picture.lines.resp.last?.value },
    { trace: "tcpco2", words: "tcpCO2 mmHg", at: (picture) => picture.lines.tcpco2.last?.value },
  ],
  level: [],
  // Above its line, which goes on as planned.
  rate: [{ trace: "ketamine", words: "rate mL/h", at: rateNow, rise: LABEL_HEIGHT / 2 + 2 }],
};

/** Put a strip's names right of now at the height of their last value, none over another. */
export function placeNames(plot, name, { picture, nowMs }) {
  const height = plot.over.clientHeight;
  const places = NAMES[name]
    .map(({ trace, words, at, rise = 0 }) => ({ trace, words, rise, value: at(picture, nowMs) }))
    .filter(({ value }) => value !== undefined && value !== null)
    .map((label) => ({ ...label, top: plot.valToPos(label.value, "y") - LABEL_HEIGHT / 2 - label.rise }))
    .sort((one, other) => one.top - other.top);
  let free = 0;
  for (const place of places) {
    place.top = Math.max(free, place.top);
    free = place.top + LABEL_HEIGHT;
  }
  let roof = height;
  for (const place of places.toReversed()) {
    place.top = Math.min(place.top, roof - LABEL_HEIGHT);
    roof = place.top;
  }
  const labels = [...plot.over.querySelectorAll(".trend-name")];
  const left = plot.valToPos(nowMs, "x") + AFTER_NOW;
  places.forEach(({ trace, words, top }, index) => {
    const label = labels[index] ?? plot.over.appendChild(document.createElement("span"));
    label.className = "trend-name";
    label.dataset.trace = trace;
    if (label.textContent !== words) label.textContent = words;
    label.style.left = `${Math.min(left, plot.over.clientWidth - label.offsetWidth)}px`;
    label.style.top = `${top}px`;
  });
  for (const extra of labels.slice(places.length)) extra.remove();
}

/** Write the marks on the time axis; one whose label has no room leaves a short tick. */
export function placeMarks(list, plot, marks) {
  const { min, max } = plot.scales.x;
  const shift = plot.bbox.left / (window.devicePixelRatio || 1);
  const items = marks
    .filter(({ at_ms: at }) => at >= min && at <= max)
    .map(({ at_ms: at, label, kind }) => {
      const item = document.createElement("li");
      item.dataset.kind = kind;
      item.textContent = label;
      item.style.left = `${shift + plot.valToPos(at, "x")}px`;
      return item;
    });
  list.replaceChildren(...items);
  const edges = items.map((item) => item.getBoundingClientRect());
  let free = -Infinity;
  items.forEach((item, index) => {
    const { left, right } = edges[index];
    item.classList.toggle("is-crowded", left < free);
    if (left >= free) free = right;
  });
}
