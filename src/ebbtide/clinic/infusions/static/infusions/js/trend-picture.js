// What the trend plot draws: the fetched trace with the live samples appended to it.

import { timeOfDay } from "./room-root.js";
import { Line, between, cutAt, pressureBars } from "./trend-data.js";
import { ratePieces } from "./trend-draw.js";

const QUANTITIES = ["spo2", "pulse", "resp", "tcpco2"];
const EMPTY = { t: [], v: [] };

const nulls = (times) => times.map(() => null);

export class Picture {
  constructor(trace = {}) {
    const { vitals = {}, cursor = 0, limits, level, plan, rate, boluses, marks, now_ms: nowMs } = trace;
    this.cursor = cursor;
    this.lines = Object.fromEntries(QUANTITIES.map((name) => [name, new Line(vitals[name])]));
    this.bars = pressureBars(vitals.systolic ?? EMPTY, vitals.diastolic ?? EMPTY);
    this.limits = limits ?? {};
    this.level = level ?? null;
    this.plan = plan ?? null;
    // A hold that lasted when the trace was made lasts until something else is told.
    this.rate = (rate ?? []).map((piece) => ({ ...piece, goesOn: piece.is_held && piece.to_ms >= nowMs }));
    this.boluses = boluses ?? [];
    this.marks = marks ?? [];
    this.ordered = this.courseTimes.map((at) => between(plan?.t, plan?.effect ?? [], at));
  }

  get courseTimes() {
    return this.level?.t ?? this.plan?.t ?? [];
  }

  /** Take one frame of the stream; one that is already in does nothing. */
  append({ id, at_ms: at, samples }) {
    if (id <= this.cursor) return;
    this.cursor = id;
    const good = ({ quality, value }) => (quality === "ok" ? value : null);
    const found = Object.fromEntries(samples.map((sample) => [sample.quantity, good(sample)]));
    for (const name of QUANTITIES) {
      if (name in found) this.lines[name].add(at, found[name]);
    }
    const { systolic: top = null, diastolic: bottom = null } = found;
    if (top !== null && bottom !== null) this.bars.push({ at, top, bottom });
  }

  /** A strip's columns as uPlot wants them: times first, then one list a series. */
  columns(name, nowMs) {
    const { spo2, pulse } = this.lines;
    if (name === "oxygen") return [spo2.t, spo2.v];
    if (name === "heart") return [pulse.t, pulse.v];
    if (name === "breath") return this.breathColumns();
    if (name === "level") return this.levelColumns(nowMs);
    return [[nowMs], [null]];
  }

  breathColumns() {
    const { resp, tcpco2 } = this.lines;
    if (!tcpco2.t.length) return [resp.t, resp.v, nulls(resp.t)];
    return window.uPlot.join([
      [resp.t, resp.v],
      [tcpco2.t, tcpco2.v],
    ]);
  }

  levelColumns(nowMs) {
    const { level, ordered, courseTimes: t } = this;
    const cut = (values) => cutAt(t, values ?? nulls(t), nowMs);
    const [low, high, asOrdered] = [level?.effect_low, level?.effect_high, ordered].map(cut);
    const [plasma, effect] = [level?.plasma, level?.effect].map(cut);
    return [effect.t, low.whole, high.whole, asOrdered.whole, plasma.past, plasma.plan, effect.past, effect.plan];
  }

  /** Everything at one moment, a list of words for the cursor. */
  wordsAt(at, nowMs) {
    const { lines, level } = this;
    const piece = ratePieces(this.rate, nowMs).find(({ from_ms: from, to_ms: to }) => from <= at && at < to);
    const parts = [
      ["SpO₂", lines.spo2.at(at), "%", 0],
      ["pulse", lines.pulse.at(at), "/min", 0],
      ["breaths", lines.resp.at(at), "/min", 0],
      ["brain", level ? between(level.t, level.effect, at) : null, "ng/mL", 0],
      ["rate", piece ? piece.rate_ml_per_h : null, "mL/h", 1],
    ];
    const told = parts.filter(([, value]) => value !== null && value !== undefined);
    return [timeOfDay(at), ...told.map(([name, value, unit, digits]) => `${name} ${value.toFixed(digits)} ${unit}`)];
  }
}
