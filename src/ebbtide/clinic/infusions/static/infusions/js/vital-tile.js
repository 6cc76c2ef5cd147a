// <vital-tile class="tile" data-trace="spo2" quantity="spo2" label="SpO₂" unit="%"
//   limits="90 to 100" stale-s="5" interval-s="300"
//   value="97" second="" at="ISO" quality="ok" source="monitor"></vital-tile>
// quantity: spo2 pulse resp tcpco2, or bp (systolic in value, diastolic in second).
// stale-s: real seconds after which a monitored number is covered; max(5, 3 periods).
// interval-s: clinic seconds between two cuff or hand readings; covered after twice that.
// Age is told in the clinic's time, staleness is judged by when the page received it.

import { clinicNow } from "../../web/js/clock.js";
import { ageWords } from "../../web/js/elapsed.js";
import { announce } from "./announce.js";
import { realMs } from "./real-time.js";
import { clinicSpeed, isLive } from "./room-root.js";

const TICK_MS = 500;
const PRESSURES = ["bp", "systolic", "diastolic", "mean"];
const PRIORITIES = ["high", "medium", "low"];
const NO_READING = {
  spo2: "no reading: probe off?",
  pulse: "no reading: probe off?",
  resp: "no reading: sensor off?",
  tcpco2: "no reading: sensor off?",
  bp: "no reading: check the cuff",
};

/** A measured value as whole figures; saturation is rounded down, never up to a limit. */
export function figures(quantity, value) {
  return String(quantity === "spo2" ? Math.floor(value) : Math.round(value));
}

class VitalTile extends HTMLElement {
  reading = null;
  covered = null;

  connectedCallback() {
    this.quantity = this.getAttribute("quantity");
    this.build();
    this.takeAttributes();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    for (const kind of VitalTile.listens) document.addEventListener(kind, this);
    this.mirrorAlarm();
  }

  static listens = ["feed:vitals", "feed:silent", "feed:live", "trace:loaded", "htmx:afterSettle", "visibilitychange"];

  disconnectedCallback() {
    clearInterval(this.timer);
    for (const kind of VitalTile.listens) document.removeEventListener(kind, this);
  }

  handleEvent({ type, detail }) {
    if (type === "feed:vitals") this.takeFrame(detail);
    if (type === "trace:loaded") this.takeTrace(detail.vitals);
    if (type === "htmx:afterSettle") this.mirrorAlarm();
    this.tick();
  }

  build() {
    const part = (name, text = "") => {
      const span = document.createElement("span");
      span.className = `tile-${name}`;
      span.textContent = text;
      return span;
    };
    const label = part("label", this.getAttribute("label"));
    if (this.getAttribute("limits")) label.append(" ", part("limits", this.getAttribute("limits")));
    const reading = part("reading");
    [this.number, this.second, this.age] = [part("number"), part("second"), part("age")];
    const unit = part("unit", this.getAttribute("unit"));
    if (this.quantity === "bp") {
      const pair = part("pair");
      pair.append(this.second, " ", unit);
      reading.append(this.number, pair);
    } else reading.append(this.number, " ", unit);
    this.mark = document.createElement("span");
    this.mark.className = "alarm-mark";
    this.mark.hidden = true;
    this.mark.append(Object.assign(document.createElement("span"), { className: "visually-hidden" }));
    this.replaceChildren(label, reading, this.age, this.mark);
  }

  takeAttributes() {
    const at = Date.parse(this.getAttribute("at"));
    if (Number.isNaN(at)) return;
    const number = (name) => (this.getAttribute(name) ? Number(this.getAttribute(name)) : null);
    this.take({
      atMs: at,
      value: number("value"),
      second: number("second"),
      quality: this.getAttribute("quality") || "ok",
      source: this.getAttribute("source") || "monitor",
    });
  }

  takeFrame({ at_ms: atMs, samples, source }) {
    const find = (name) => samples.find(({ quantity }) => quantity === name);
    const isPressure = this.quantity === "bp";
    const first = find(isPressure ? "systolic" : this.quantity);
    if (!first) return;
    const second = isPressure ? (find("diastolic") ?? null) : null;
    const worst = [first, second].find((sample) => sample && sample.quality !== "ok") ?? first;
    this.take({ atMs, value: first.value, second: second?.value ?? null, quality: worst.quality, source });
  }

  // A resync may have swallowed the last cuff reading: the fetched trace still has it.
  takeTrace(vitals) {
    const last = ({ t, v } = { t: [], v: [] }) => ({ at: t.at(-1), value: v.at(-1) });
    const { at: atMs, value } = last(vitals[this.quantity === "bp" ? "systolic" : this.quantity]);
    if (atMs === undefined || atMs <= (this.reading?.atMs ?? -Infinity)) return;
    const second = this.quantity === "bp" ? last(vitals.diastolic).value : null;
    const quality = value === null ? "no_reading" : "ok";
    this.take({ atMs, value, second, quality, source: "monitor" });
  }

  take(reading) {
    if (this.reading && reading.atMs < this.reading.atMs) return;
    // A replayed sample was not received just now, only told just now.
    const lag = Math.max(0, (clinicNow().getTime() - reading.atMs) / clinicSpeed());
    this.reading = { ...reading, receivedAt: realMs() - lag };
    this.tick();
  }

  isStale(ageS) {
    const isContinuous = this.quantity !== "bp" && this.reading.source === "monitor";
    if (!isContinuous) return ageS > 2 * (Number(this.getAttribute("interval-s")) || 300);
    const limit = Math.max(5, Number(this.getAttribute("stale-s")) || 5);
    return realMs() - this.reading.receivedAt > limit * 1000;
  }

  /** Why the number may not be shown, in words; empty when it may. */
  coverWords(ageS) {
    if (!this.reading) return "no reading yet";
    if (!isLive()) return `no signal ${ageWords(ageS)}`;
    if (this.isStale(ageS)) {
      return this.quantity === "bp" ? `no cuff reading for ${ageWords(ageS)}` : `no signal ${ageWords(ageS)}`;
    }
    if (this.reading.quality === "out_of_range") return "out of range: check the sensor";
    if (this.reading.quality === "no_reading" || this.reading.value === null) return NO_READING[this.quantity];
    return "";
  }

  tick() {
    const ageS = this.reading ? (clinicNow().getTime() - this.reading.atMs) / 1000 : Number.NaN;
    const words = this.coverWords(ageS);
    this.show(words, ageS);
    const isCovered = words !== "";
    if (this.covered !== null && isCovered !== this.covered && isLive()) {
      const reason = words.replace(/ \d.*| for \d.*/, "");
      announce(`${this.getAttribute("label")}: ${isCovered ? reason : `${this.spoken()} again`}`);
    }
    this.covered = isCovered;
  }

  show(words, ageS) {
    const { value, second, quality, source } = this.reading ?? {};
    const isSuspect = !words && quality === "suspect";
    this.classList.toggle("is-covered", words !== "");
    this.classList.toggle("is-suspect", isSuspect);
    this.put(this.number, words ? "" : figures(this.quantity, value));
    this.put(this.second, words || second === null ? "" : `/${figures(this.quantity, second)}`);
    const how = isSuspect ? "suspect, " : source === "nurse" ? "entered, " : "";
    this.put(this.age, words || `${how}${ageWords(ageS)}`);
  }

  spoken() {
    return `${this.number.textContent}${this.second.textContent} ${this.getAttribute("unit")}`;
  }

  put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // Alarms are the server's word: the tile wears the mark of its line in the strip.
  mirrorAlarm() {
    const own = this.quantity === "bp" ? PRESSURES : [this.quantity];
    const lines = [...document.querySelectorAll("[data-alarm-of][data-alarm]")];
    const raised = lines.filter((line) => own.includes(line.dataset.alarmOf)).map((line) => line.dataset.alarm);
    const alarm = PRIORITIES.find((priority) => raised.includes(priority));
    this.mark.hidden = !alarm;
    this.mark.firstChild.textContent = alarm ? `${alarm} alarm` : "";
    for (const element of [this, this.mark]) {
      if (alarm) element.dataset.alarm = alarm;
      else delete element.dataset.alarm;
    }
  }
}

customElements.define("vital-tile", VitalTile);
