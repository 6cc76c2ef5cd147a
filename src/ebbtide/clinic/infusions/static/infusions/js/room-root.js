// What the room page says of itself, in attributes of one element:
// <main data-visit="UUID" data-live="yes" data-zone="America/Chicago" data-user="7">.
// data-pump-seq may stand on any element that a panel refresh brings up to date.

/** The element that carries the visit. */
export const roomRoot = () => document.querySelector("[data-visit]") ?? document.body;

/** Whether the numbers on the page may be shown as of now. */
export const isLive = () => roomRoot().dataset.live !== "no";

/** The last change of the pump that this page shows; empty before the first. */
export const pumpSeq = () => document.querySelector("[data-pump-seq]")?.dataset.pumpSeq ?? "";

/** How many clinic seconds pass in one real second. */
export const clinicSpeed = () =>
  Number(document.querySelector('meta[name="clinic-now"]')?.dataset.speed) || 1;

const formats = new Map();

/** A clinic time as 10:42:07, or 10:42 with seconds: "none", in the site's zone. */
export function timeOfDay(at, { seconds = "shown" } = {}) {
  const timeZone = roomRoot().dataset.zone || undefined;
  const key = `${timeZone} ${seconds}`;
  if (!formats.has(key)) {
    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
    if (seconds === "shown") parts.second = "2-digit";
    formats.set(key, new Intl.DateTimeFormat("en-GB", parts));
  }
  return formats.get(key).format(at);
}

const GATHER_MS = 150;
let gathering;

/** Have the panels of the room fetch themselves anew, once for whatever comes at a time. */
export function refreshPanels() {
  clearTimeout(gathering);
  gathering = setTimeout(() => {
    document.body.dispatchEvent(new CustomEvent("visit-changed", { bubbles: true }));
  }, GATHER_MS);
}
