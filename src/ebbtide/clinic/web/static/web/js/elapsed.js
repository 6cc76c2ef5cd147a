// <elapsed-time data-from="ISO">      22:10, counting up; data-to="ISO" freezes it
// <elapsed-time data-until="ISO">     2:10 to go, then 0:40 late
// <age-of data-at="ISO" data-cover-after="10">   3 s, then covers its .tile: no signal 14 s
// data-cover-words replaces "no signal" where no signal is expected, as for a cuff.

import { clinicNow, secondsSince } from "./clock.js";

const ticking = new Set();
const TICK_MS = 500;

/** m:ss under an hour, h:mm:ss from then on. */
export function clockWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (part) => String(part).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** The age of a value with its unit: 9 s, 3 min, 2 h 5 min. */
export function ageWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

class TickingElement extends HTMLElement {
  // A morph to the server's empty element takes the words away; they are back before it is seen.
  emptied = new MutationObserver(() => this.tick());

  connectedCallback() {
    ticking.add(this);
    this.tick();
    this.emptied.observe(this, { childList: true });
  }

  disconnectedCallback() {
    ticking.delete(this);
    this.emptied.disconnect();
  }

  // A morph may change the time in place, and the words must not lag behind it.
  static observedAttributes = ["data-at", "data-from", "data-to", "data-until"];

  attributeChangedCallback() {
    if (this.isConnected) this.tick();
  }

  say(words) {
    if (this.textContent !== words) this.textContent = words;
  }
}

class ElapsedTime extends TickingElement {
  tick() {
    const { from, to, until } = this.dataset;
    if (until) {
      const left = -secondsSince(until);
      this.toggleAttribute("data-late", left < 0);
      this.closest("li, .tile, .board-tile")?.classList.toggle("is-overdue", left < 0);
      this.say(left < 0 ? `${clockWords(-left)} late` : clockWords(Math.ceil(left)));
    } else if (from) {
      const end = to ? Date.parse(to) : clinicNow().getTime();
      this.say(clockWords((end - Date.parse(from)) / 1000));
    }
  }
}

class AgeOf extends TickingElement {
  tick() {
    const { at, coverAfter, coverWords = "no signal" } = this.dataset;
    const age = at ? secondsSince(at) : Number.NaN;
    const covered = Number.isNaN(age) || (coverAfter && age > Number(coverAfter));
    this.closest(".tile")?.classList.toggle("is-covered", Boolean(covered));
    if (Number.isNaN(age)) this.say(coverWords);
    else this.say(covered ? `${coverWords} ${ageWords(age)}` : ageWords(age));
  }
}

customElements.define("elapsed-time", ElapsedTime);
customElements.define("age-of", AgeOf);

function tickAll() {
  for (const element of ticking) element.tick();
}

setInterval(tickAll, TICK_MS);
document.addEventListener("visibilitychange", tickAll);
