// Findings as the design system draws them: shape and word first, the weightiest on top.

const WEIGHT = { block: 2, override: 1, notice: 0 };
export const WORDS = { block: "Not possible", override: "Needs a reason", notice: "Notice" };
const SHAPES = {
  block: "M6.5 1.5h7l5 5v7l-5 5h-7l-5-5v-7z",
  override: "M10 2 18.5 17.5h-17z",
  notice: "M10 2a8 8 0 1 1 0 16 8 8 0 1 1 0-16z",
};
const SVG = "http://www.w3.org/2000/svg";

function made(tag, name, text) {
  const element = document.createElement(tag);
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
  item.append(shape, made("strong", "finding-word", WORDS[severity] ?? WORDS.notice), made("span", "", message));
  if (source) item.append(made("span", "finding-source", source));
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
