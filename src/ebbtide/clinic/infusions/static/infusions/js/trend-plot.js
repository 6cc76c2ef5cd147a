// <trend-plot src="/visits/UUID/trace/"></trend-plot>
// Vitals, predicted level and pump rate on one time axis; live samples are appended, the
// rest is fetched anew when the visit changed. Needs uPlot as a classic script before it.
// Tells trace:loaded with the fetched trace. The table inside holds the same in rows.

import { clinicNow } from "../../web/js/clock.js";
import { token } from "../../web/js/theme.js";
import { realMs } from "./real-time.js";
import { timeOfDay } from "./room-root.js";
import { Line, between, cutAt, pressureBars, windowOf } from "./trend-data.js";
import { ratePieces } from "./trend-draw.js";
import { buildFrame } from "./trend-frame.js";
import { placeMarks, placeNames } from "./trend-labels.js";
import { STRIPS, stripOptions, verticalScale } from "./trend-strips.js";
import { fillTable, tableRows } from "./trend-table.js";

const REDRAW_EVERY_MS = 1000;
const TABLE_EVERY_MS = 10_000;
const LOAD_AGAIN_AFTER_MS = 15_000;
const GATHER_MS = 300;
const KEPT_FRAMES = 600;
const QUANTITIES = ["spo2", "pulse", "resp", "tcpco2"];
const LISTENS = ["feed:vitals", "feed:live", "visit-changed", "theme:changed", "visibilitychange"];

const nothing = () => ({
  cursor: 0,
  lines: Object.fromEntries(QUANTITIES.map((name) => [name, new Line()])),
  bars: [],
  limits: {},
  rate: [],
  boluses: [],
  marks: [],
  level: null,
  plan: null,
});

class TrendPlot extends HTMLElement {
  picture = nothing();
  frames = [];
  plots = new Map();
  view = "hour";

  connectedCallback() {
    this.frame ??= buildFrame(this, { onView: () => this.toggleView() });
    this.loadedAt = -Infinity;
    this.readTheme();
    for (const kind of LISTENS) document.addEventListener(kind, this);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.frame.strips);
    this.timer = setInterval(() => this.redraw(), REDRAW_EVERY_MS);
    this.load();
  }

  disconnectedCallback() {
    for (const kind of LISTENS) document.removeEventListener(kind, this);
    this.sizes.disconnect();
    clearInterval(this.timer);
    for (const plot of this.plots.values()) plot.destroy();
    this.plots.clear();
  }

  handleEvent({ type, detail }) {
    if (type === "feed:vitals") this.append(detail);
    else if (type === "theme:changed") {
      this.readTheme();
      this.redraw();
    } else if (type === "visibilitychange") this.redraw();
    else {
      clearTimeout(this.gather);
      this.gather = setTimeout(() => this.load(), GATHER_MS);
    }
  }

  async load() {
    this.loadedAt = realMs();
    try {
      const response = await fetch(this.getAttribute("src"), { headers: { Accept: "application/json" }, cache: "no-store" });
      if (response.ok && !response.redirected) this.take(await response.json());
    } catch {
      // The picture stays as it was; the next change or the next quarter minute asks again.
    }
  }

  take(trace) {
    const { vitals } = trace;
    this.fromMs = trace.from_ms;
    this.picture = {
      ...nothing(),
      ...Object.fromEntries(["level", "plan", "rate", "boluses", "marks", "limits"].map((key) => [key, trace[key] ?? nothing()[key]])),
      cursor: trace.cursor,
      lines: Object.fromEntries(QUANTITIES.map((name) => [name, new Line(vitals[name])])),
      bars: pressureBars(vitals.systolic ?? { t: [], v: [] }, vitals.diastolic ?? { t: [], v: [] }),
    };
    this.ordered = this.orderedCourse();
    // What came in while the trace was under way is not in it.
    for (const frame of this.frames) this.append(frame, { isKept: true });
    this.tabledAt = -Infinity;
    this.redraw();
    this.dispatchEvent(new CustomEvent("trace:loaded", { bubbles: true, detail: trace }));
  }

  append(frame, { isKept = false } = {}) {
    if (!isKept && this.frames.push(frame) > KEPT_FRAMES) this.frames.shift();
    if (frame.id <= this.picture.cursor) return;
    this.picture.cursor = frame.id;
    const good = ({ quality, value }) => (quality === "ok" ? value : null);
    const found = Object.fromEntries(frame.samples.map((sample) => [sample.quantity, good(sample)]));
    for (const name of QUANTITIES) {
      if (name in found) this.picture.lines[name].add(frame.at_ms, found[name]);
    }
    const { systolic: top = null, diastolic: bottom = null } = found;
    if (top !== null && bottom !== null) this.picture.bars.push({ at: frame.at_ms, top, bottom });
  }

  orderedCourse() {
    const { level, plan } = this.picture;
    const t = level?.t ?? plan?.t ?? [];
    return t.map((at) => between(plan?.t, plan?.effect ?? [], at));
  }

  columns(name, nowMs) {
    const { lines, level, plan } = this.picture;
    if (name === "oxygen") return [lines.spo2.t, lines.spo2.v];
    if (name === "heart") return [lines.pulse.t, lines.pulse.v];
    if (name === "breath") {
      if (lines.tcpco2.t.length) return window.uPlot.join([[lines.resp.t, lines.resp.v], [lines.tcpco2.t, lines.tcpco2.v]]);
      return [lines.resp.t, lines.resp.v, lines.resp.t.map(() => null)];
    }
    if (name === "rate") return [[nowMs], [null]];
    const t = level?.t ?? plan?.t ?? [];
    const cut = (values) => cutAt(t, values ?? t.map(() => null), nowMs);
    const [low, high, ordered] = [level?.effect_low, level?.effect_high, this.ordered].map(cut);
    const [plasma, effect] = [level?.plasma, level?.effect].map(cut);
    return [effect.t, low.whole, high.whole, ordered.whole, plasma.past, plasma.plan, effect.past, effect.plan];
  }

  redraw() {
    if (document.hidden || this.fromMs === undefined) return;
    const nowMs = clinicNow().getTime();
    const { level, plan } = this.picture;
    const planEndMs = level?.t.at(-1) ?? plan?.t.at(-1);
    if (level && nowMs > planEndMs && realMs() - this.loadedAt > LOAD_AGAIN_AFTER_MS) this.load();
    this.span = windowOf({ view: this.view, fromMs: this.fromMs, nowMs, planEndMs });
    Object.assign(this.context, { picture: this.picture, nowMs });
    this.frame.show(this.picture, { nowMs, view: this.view });
    if (!this.frame.strips.hidden) for (const { name } of STRIPS) this.redrawStrip(name, nowMs);
    if (realMs() - (this.tabledAt ?? -Infinity) > TABLE_EVERY_MS) {
      this.tabledAt = realMs();
      const pieces = ratePieces(this.picture.rate, nowMs);
      fillTable(this.frame.table, tableRows(this.picture, { fromMs: this.fromMs, nowMs, pieces }));
    }
  }

  redrawStrip(name, nowMs) {
    const plot = this.plots.get(name) ?? this.makePlot(name);
    if (!plot) return;
    const [low, high] = verticalScale(name, this.picture, this.span);
    plot.batch(() => {
      plot.setData(this.columns(name, nowMs), false);
      plot.setScale("x", { min: this.span[0], max: this.span[1] });
      plot.setScale("y", { min: low, max: high });
      plot.redraw(true, true);
    });
    placeNames(plot, name, this.context);
    if (name === "rate") placeMarks(this.frame.marks, plot, this.picture.marks);
  }

  makePlot(name) {
    const place = this.frame.places.get(name);
    const { clientWidth: width, clientHeight: height } = place;
    if (!width || !height) return null;
    const empty = stripOptions(name, this.context, { width, height });
    const plot = new window.uPlot(empty, empty.series.map(() => []), place);
    this.plots.set(name, plot);
    return plot;
  }

  resize() {
    for (const [name, plot] of this.plots) {
      const { clientWidth: width, clientHeight: height } = this.frame.places.get(name);
      if (width && height && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
    }
    this.redraw();
  }

  readTheme() {
    const names = { ink: "ink", inkSoft: "ink-soft", line: "line", ketamine: "ketamine", spo2: "trace-spo2", pulse: "trace-pulse", bp: "trace-bp", resp: "trace-resp" };
    const palette = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, token(this, name)]));
    palette.band = `color-mix(in srgb, ${palette.ketamine} 22%, transparent)`;
    this.context ??= { syncKey: `trend-${Math.random()}`, onCursor: (plot) => this.readCursor(plot) };
    Object.assign(this.context, { palette, font: `14px ${getComputedStyle(this).fontFamily}`, picture: this.picture, nowMs: clinicNow().getTime() });
  }

  toggleView() {
    this.view = this.view === "hour" ? "visit" : "hour";
    this.redraw();
  }

  readCursor(plot) {
    const { left } = plot.cursor;
    this.frame.cursor.textContent = left >= 0 ? this.wordsAt(plot.posToVal(left, "x")) : "";
  }

  wordsAt(at) {
    const { lines, level, rate } = this.picture;
    const piece = ratePieces(rate, this.context.nowMs).find(({ from_ms: from, to_ms: to }) => from <= at && at < to);
    const parts = [
      ["SpO2", lines.spo2.at(at), "%"],
      ["pulse", lines.pulse.at(at), "/min"],
      ["breaths", lines.resp.at(at), "/min"],
      ["brain", level ? between(level.t, level.effect, at) : null, "ng/mL"],
      ["rate", piece ? piece.rate_ml_per_h : null, "mL/h"],
    ];
    const told = parts.filter(([, value]) => value !== null).map(([name, value, unit]) => `${name} ${Math.round(value * 10) / 10} ${unit}`);
    return [timeOfDay(at), ...told].join("  ");
  }
}

customElements.define("trend-plot", TrendPlot);
