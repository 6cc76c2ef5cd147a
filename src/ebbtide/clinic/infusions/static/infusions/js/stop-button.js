// <stop-button action="/visits/UUID/stop/" why-sheet="stop-why">
//   <form method="post" action="…"><button class="button button-stop room-stop">STOP</button></form>
// </stop-button>
// One tap or Alt+S, in any state of the page: no question, no seen-state, no network
// needed. While a sheet is open a second button stands inside it, in the same corner, since
// nothing outside of a modal dialog can be pressed. What came of it is told in .stop-told.
// All state is the module's: a refresh of the bar may replace the element at any moment.

import { clinicNow } from "../../web/js/clock.js";
import { openSheet } from "../../web/js/sheet.js";
import { newId } from "./entry-id.js";
import { flush, submit } from "./outbox.js";
import { roomRoot, timeOfDay } from "./room-root.js";

const SAME_PRESS_MS = 3000;
const DONE_STAYS_MS = 20_000;

let pressedAt = -Infinity;
let unanswered = null;
let strip = null;

function button(className, words, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = words;
  element.addEventListener("click", act);
  return element;
}

function stopButton(place, act) {
  const element = button(`button button-stop ${place}`, "STOP", act);
  element.setAttribute("aria-keyshortcuts", "Alt+S");
  return element;
}

function tell(words, { kind = "open", whySheet = null } = {}) {
  if (strip?.dataset.words === words) return;
  strip?.remove();
  strip = document.createElement("div");
  strip.className = "stop-told";
  strip.setAttribute("role", "alert");
  Object.assign(strip.dataset, { kind, words });
  const text = document.createElement("span");
  text.textContent = words;
  strip.append(text);
  if (whySheet) strip.append(button("button button-quiet", "Say why", () => openSheet(whySheet)));
  const told = strip;
  strip.append(button("button button-quiet", "Close", () => told.remove()));
  (document.querySelector("dialog[open]") ?? document.body).append(strip);
  if (kind === "done") setTimeout(() => told.remove(), DONE_STAYS_MS);
}

function press(host) {
  // A second tap of the same hand is the same press.
  if (unanswered || performance.now() - pressedAt < SAME_PRESS_MS) {
    flush();
    return;
  }
  pressedAt = performance.now();
  const now = clinicNow();
  const id = newId();
  const time = timeOfDay(now);
  unanswered = { id, time, whySheet: host.getAttribute("why-sheet") };
  tell(`Stop pressed ${time} \u2013 check the pump; sending\u2026`);
  submit({
    id,
    visit: roomRoot().dataset.visit ?? "",
    url: new URL(host.getAttribute("action"), location.href).pathname,
    body: new URLSearchParams({ entry_id: id, happened_at: now.toISOString() }).toString(),
    label: "STOP",
    told_at: time,
    is_stop: true,
  }).then((outcome) => hear({ id, outcome }));
}

function hear({ id, outcome }) {
  if (unanswered?.id !== id || outcome.kind === "kept") return;
  const { time, whySheet } = unanswered;
  if (outcome.kind === "waiting") {
    tell(`Stop pressed ${time} \u2013 check the pump. Kept on this tablet, not yet on the server.`);
    return;
  }
  unanswered = null;
  if (outcome.kind === "recorded") {
    tell(`Stop ${time} recorded \u2013 check that the pump stands still.`, { kind: "done", whySheet });
  }
  if (outcome.kind === "returned") {
    const reasons = outcome.findings.map(({ message }) => message).join(" ");
    tell(`Stop pressed ${time} \u2013 check the pump. The record did not take it: ${reasons}`);
  }
}

function standIn(sheet) {
  const host = document.querySelector("stop-button");
  if (!host) return;
  const twin = stopButton("sheet-stop", () => press(host));
  sheet.append(twin);
  const leave = () => {
    twin.remove();
    if (strip && sheet.contains(strip)) document.body.append(strip);
  };
  sheet.addEventListener("close", leave, { once: true });
}

class StopButton extends HTMLElement {
  connectedCallback() {
    // The form inside works without this module; here its submit becomes a press.
    this.addEventListener("submit", this);
    if (!this.querySelector("button")) this.append(stopButton("room-stop", () => press(this)));
    this.name();
  }

  // Said again after each refresh of the bar, which knows only the server's words.
  name() {
    this.querySelector("button").setAttribute("aria-keyshortcuts", "Alt+S");
  }

  handleEvent(event) {
    event.preventDefault();
    press(this);
  }
}

customElements.define("stop-button", StopButton);
document.addEventListener("htmx:afterSettle", () => document.querySelector("stop-button")?.name());
document.addEventListener("outbox:outcome", ({ detail }) => hear(detail));
document.addEventListener("sheet:opened", ({ target }) => standIn(target));
document.addEventListener("keydown", (event) => {
  const host = document.querySelector("stop-button");
  if (!host || !event.altKey || event.code !== "KeyS" || event.repeat) return;
  event.preventDefault();
  press(host);
});
