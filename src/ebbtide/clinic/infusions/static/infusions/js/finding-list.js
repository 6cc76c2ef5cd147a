// Findings as the design system draws them: shape and word first, the weightiest on top.

const WEIGHT = { block: 2, override: 1, notice: 0 };
const WORDS = { block: "Not possible", override: "Needs a reason", notice: "Note" };
const SHAPES = {
  block: "M7 1h6l6 6v6l-6 6H7l-6-6V7z",
  override: "M10 1 19 18H1z",
  notice: "M10 1a9 9 0 1 1 0 18 9 9 0 1 1 0-18z",
};
const SVG = "http://www.w3.org/2000/svg";

function span(name, text) {
  const element = document.createElement("span");
  if (name) element.className = name;
  element.textContent = text;
  return element;
}

function line({ severity, message, source }) {
  const item = document.createElement("li");
  item.className = "finding";
  item.dataset.severity = severity;
  const shape = document.createElementNS(SVG, "svg");
  shape.setAttribute("class", "finding-shape");
  shape.setAttribute("viewBox", "0 0 20 20");
  shape.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[severity] ?? SHAPES.notice);
  shape.append(path);
  item.append(shape, span("finding-word", WORDS[severity] ?? WORDS.notice), span("", message));
  if (source) item.append(span("finding-source", source));
  return item;
}

/** A list element of findings. */
export function findingList(findings) {
  const list = document.createElement("ul");
  list.className = "findings";
  const ordered = [...findings].sort((one, other) => (WEIGHT[other.severity] ?? 0) - (WEIGHT[one.severity] ?? 0));
  list.append(...ordered.map(line));
  return list;
}
