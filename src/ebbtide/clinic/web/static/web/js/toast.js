// What came of an act, told once in the page's role=status region.

const STAYS_MS = 4000;

/** Show a short message; kind "problem" stays until it is closed. */
export function say(words, { kind = "done" } = {}) {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.dataset.kind = kind;
  const text = document.createElement("span");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-quiet";
  close.textContent = "Close";
  close.addEventListener("click", () => toast.remove());
  toast.append(text, close);
  // One line of news is enough; what needs an answer stays.
  if (kind !== "problem") {
    for (const older of region.querySelectorAll('.toast:not([data-kind="problem"])')) older.remove();
  }
  region.append(toast);
  if (kind !== "problem") setTimeout(() => toast.remove(), STAYS_MS);
}
