// <stop-button action="/visits/UUID/stop/" why-sheet="stop-why"></stop-button>
// One tap or Alt+S, in any state of the page: no question, no seen-state, no network
// needed. While a sheet is open the button stands inside it, since nothing outside of a
// modal dialog can be pressed. What came of it is told in the .stop-told strip.

import { clinicNow } from "../../web/js/clock.js";
import { openSheet } from "../../web/js/sheet.js";
import { newId } from "./entry-id.js";
import { flush, submit } from "./outbox.js";
import { roomRoot, timeOfDay } from "./room-root.js";

const SAME_PRESS_MS = 3000;

class StopButton extends HTMLElement {
  pressedAt = -Infinity;
  unanswered = null;

  connectedCallback() {
    this.replaceChildren(this.makeButton("room-stop"));
    for (const kind of StopButton.listens) document.addEventListener(kind, this);
  }

  static listens = ["keydown", "sheet:opened", "outbox:outcome"];

  disconnectedCallback() {
    for (const kind of StopButton.listens) document.removeEventListener(kind, this);
  }

  makeButton(place) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button button-stop ${place}`;
    button.setAttribute("aria-keyshortcuts", "Alt+S");
    const hint = document.createElement("kbd");
    hint.className = "stop-key";
    hint.textContent = "Alt+S";
    button.append("STOP", hint);
    button.addEventListener("click", () => this.press());
    return button;
  }

  handleEvent(event) {
    if (event.type === "sheet:opened") this.standIn(event.target);
    else if (event.type === "outbox:outcome") this.hear(event.detail);
    else if (event.altKey && event.code === "KeyS" && !event.repeat) {
      event.preventDefault();
      this.press();
    }
  }

  standIn(sheet) {
    const button = this.makeButton("sheet-stop");
    sheet.append(button);
    const leave = () => {
      button.remove();
      if (this.strip && sheet.contains(this.strip)) this.append(this.strip);
    };
    sheet.addEventListener("close", leave, { once: true });
  }

  press() {
    // A second tap of the same hand is the same press.
    if (this.unanswered || performance.now() - this.pressedAt < SAME_PRESS_MS) {
      flush();
      return;
    }
    this.pressedAt = performance.now();
    const now = clinicNow();
    const id = newId();
    this.unanswered = { id, time: timeOfDay(now) };
    this.say(`Stop pressed ${this.unanswered.time} \u2013 check the pump; sending\u2026`);
    const body = new URLSearchParams({ entry_id: id, happened_at: now.toISOString() }).toString();
    submit({
      id,
      visit: roomRoot().dataset.visit ?? "",
      url: new URL(this.getAttribute("action"), location.href).pathname,
      body,
      label: "STOP",
      told_at: this.unanswered.time,
      is_stop: true,
    }).then((outcome) => this.hear({ id, outcome }));
  }

  hear({ id, outcome }) {
    if (this.unanswered?.id !== id || outcome.kind === "kept") return;
    const { time } = this.unanswered;
    if (outcome.kind === "waiting") {
      this.say(`Stop pressed ${time} \u2013 check the pump. Kept on this tablet, not yet on the server.`);
      return;
    }
    this.unanswered = null;
    if (outcome.kind === "recorded") this.say(`Stop ${time} recorded \u2013 check that the pump stands still.`, "done");
    if (outcome.kind === "returned") {
      const reasons = outcome.findings.map(({ message }) => message).join(" ");
      this.say(`Stop pressed ${time} \u2013 check the pump. The record did not take it: ${reasons}`);
    }
  }

  say(words, kind = "open") {
    if (words === this.said) return;
    this.said = words;
    this.strip ??= document.createElement("div");
    this.strip.className = "stop-told";
    this.strip.setAttribute("role", "alert");
    this.strip.dataset.kind = kind;
    const text = document.createElement("span");
    text.textContent = words;
    const acts = [this.act("Close", () => this.strip.remove())];
    const why = this.getAttribute("why-sheet");
    if (kind === "done" && why) acts.unshift(this.act("Say why", () => openSheet(why)));
    this.strip.replaceChildren(text, ...acts);
    const sheet = document.querySelector("dialog[open]");
    (sheet ?? this).append(this.strip);
  }

  act(words, then) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = words;
    button.addEventListener("click", then);
    return button;
  }
}

customElements.define("stop-button", StopButton);
