// <level-readout data-at-ms="…" data-given-mg="21.0" data-mg-per-min="0.5" data-ordered-mg="41.3"
//   data-given-ml="16.5" data-ml-per-min="0.525" data-volume-ml="32.5">
//   <b data-shows="given-mg">21.0</b> of 41.3 mg … <b data-shows="left">18:40</b>
// </level-readout>
// The server's figures at one moment, carried on along the rate in force; it needs no
// network. Rates are 0 while held or stopped; data-still then says which ("held").
// Shows: given-mg, given-ml, left-ml, left.

import { clinicNow } from "../../web/js/clock.js";
import { clockWords } from "../../web/js/elapsed.js";

const TICK_MS = 1000;

/** What has been given at a moment and how long the rest takes, from one known moment on. */
export function carriedOn(known, nowMs) {
  const minutes = Math.max(0, nowMs - known.atMs) / 60_000;
  const upTo = (given, perMin, most) => Math.min(given + perMin * minutes, Math.max(most, given));
  const givenMl = upTo(known.givenMl, known.mlPerMin, known.volumeMl);
  const leftMl = Math.max(0, known.volumeMl - givenMl);
  return {
    givenMg: upTo(known.givenMg, known.mgPerMin, known.orderedMg),
    givenMl,
    leftMl,
    leftS: known.mlPerMin > 0 ? (leftMl / known.mlPerMin) * 60 : null,
  };
}

class LevelReadout extends HTMLElement {
  static observedAttributes = ["data-at-ms", "data-mg-per-min", "data-ml-per-min", "data-still"];

  connectedCallback() {
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.tick();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.tick();
  }

  known() {
    const number = (name, otherwise) => Number(this.dataset[name] || otherwise);
    return {
      atMs: number("atMs", 0),
      givenMg: number("givenMg", 0),
      mgPerMin: number("mgPerMin", 0),
      orderedMg: number("orderedMg", Infinity),
      givenMl: number("givenMl", 0),
      mlPerMin: number("mlPerMin", 0),
      volumeMl: number("volumeMl", Infinity),
    };
  }

  tick() {
    if (!this.dataset.atMs) return;
    const { givenMg, givenMl, leftMl, leftS } = carriedOn(this.known(), clinicNow().getTime());
    this.put("given-mg", givenMg.toFixed(1));
    this.put("given-ml", givenMl.toFixed(1));
    this.put("left-ml", Number.isFinite(leftMl) ? leftMl.toFixed(1) : "");
    const isMoving = leftS !== null && Number.isFinite(leftS);
    this.put("left", isMoving ? clockWords(Math.ceil(leftS)) : (this.dataset.still ?? ""));
  }

  put(name, words) {
    for (const place of this.querySelectorAll(`[data-shows="${name}"]`)) {
      if (place.textContent !== words) place.textContent = words;
    }
  }
}

customElements.define("level-readout", LevelReadout);
