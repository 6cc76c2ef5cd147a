// <trend-plot src="/visits/UUID/trace/"></trend-plot>; the whole visit is asked for with ?all=1.
// Vitals, predicted level and pump rate on one time axis; live samples are appended, the
// rest is fetched anew when the visit changed. Needs uPlot as a classic script before it.
// Tells trace:loaded with the fetched trace. The table inside holds the same in rows.

import { clinicNow } from "../../web/js/clock.js";
import { token } from "../../web/js/theme.js";
import { realMs } from "./real-time.js";
import { windowOf } from "./trend-data.js";
import { ratePieces } from "./trend-draw.js";
import { buildFrame } from "./trend-frame.js";
import { placeMarks, placeNames } from "./trend-labels.js";
import { Picture } from "./trend-picture.js";
import { STRIPS, stripOptions, verticalScale } from "./trend-strips.js";
import { fillTable, tableRows } from "./trend-table.js";

const REDRAW_EVERY_MS = 1000;
const TABLE_EVERY_MS = 10_000;
const LOAD_AGAIN_AFTER_MS = 15_000;
const GATHER_MS = 300;
const KEPT_FRAMES = 600;
const LISTENS = ["feed:vitals", "feed:live", "visit-changed", "theme:changed", "visibilitychange"];
const INKS = {
  ink: "ink",
  inkSoft: "ink-soft",
  line: "line",
  ketamine: "ketamine",
  spo2: "trace-spo2",
  pulse: "trace-pulse",
  bp: "trace-bp",
  resp: "trace-resp",
};

class TrendPlot extends HTMLElement {
  picture = new Picture();
  frames = [];
  plots = new Map();
  view = "hour";
  context = { syncKey: `trend-${Math.random()}`, onCursor: (plot) => this.readCursor(plot) };

  connectedCallback() {
    this.frame = buildFrame(this, { onView: () => this.toggleView() });
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
    else if (type === "theme:changed") this.readTheme();
    else if (type === "visibilitychange") this.redraw();
    else {
      clearTimeout(this.gather);
      this.gather = setTimeout(() => this.load(), GATHER_MS);
    }
  }

  async load() {
    this.loadedAt = realMs();
    try {
      const url = new URL(this.getAttribute("src"), location.href);
      if (this.view === "visit") url.searchParams.set("all", "1");
      const response = await fetch(url, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if (response.ok && !response.redirected) this.take(await response.json());
    } catch {
      // The picture stays as it was; redraw asks again.
    }
  }

  take(trace) {
    this.fromMs = trace.from_ms;
    this.picture = new Picture(trace);
    // What came in while the trace was under way is not in it.
    for (const frame of this.frames) this.picture.append(frame);
    this.tabledAt = -Infinity;
    this.redraw();
    this.dispatchEvent(new CustomEvent("trace:loaded", { bubbles: true, detail: trace }));
  }

  append(frame) {
    if (this.frames.push(frame) > KEPT_FRAMES) this.frames.shift();
    this.picture.append(frame);
  }

  redraw() {
    if (document.hidden) return;
    const nowMs = clinicNow().getTime();
    const planEndMs = this.picture.courseTimes.at(-1);
    // Not loaded yet, or the clock ran past what was predicted.
    const isShort = this.fromMs === undefined || (this.picture.level && nowMs > planEndMs);
    if (isShort && realMs() - this.loadedAt > LOAD_AGAIN_AFTER_MS) this.load();
    if (this.fromMs === undefined) return;
    this.span = windowOf({ view: this.view, fromMs: this.fromMs, nowMs, planEndMs });
    Object.assign(this.context, { picture: this.picture, nowMs });
    this.frame.show(this.picture, { nowMs, view: this.view });
    if (!this.frame.strips.hidden) for (const { name } of STRIPS) this.redrawStrip(name);
    if (realMs() - (this.tabledAt ?? -Infinity) > TABLE_EVERY_MS) this.redrawTable(nowMs);
  }

  redrawStrip(name) {
    const plot = this.plots.get(name) ?? this.makePlot(name);
    if (!plot) return;
    const [low, high] = verticalScale(name, this.picture, this.span);
    plot.batch(() => {
      plot.setData(this.picture.columns(name, this.context.nowMs), false);
      plot.setScale("y", { min: low, max: high });
      plot.setScale("x", { min: this.span[0], max: this.span[1] });
    });
    placeNames(plot, name, this.context);
    if (name === "rate") placeMarks(this.frame.marks, plot, this.picture.marks);
  }

  redrawTable(nowMs) {
    this.tabledAt = realMs();
    const pieces = ratePieces(this.picture.rate, nowMs);
    fillTable(this.frame.table, tableRows(this.picture, { fromMs: this.fromMs, nowMs, pieces }));
  }

  makePlot(name) {
    const place = this.frame.places.get(name);
    const { clientWidth: width, clientHeight: height } = place;
    if (!width || !height) return null;
    const options = stripOptions(name, this.context, { width, height });
    const plot = new window.uPlot(options, options.series.map(() => []), place);
    this.plots.set(name, plot);
    return plot;
  }

  resize() {
    for (const [name, plot] of this.plots) {
      const { clientWidth: width, clientHeight: height } = this.frame.places.get(name);
      const isOther = plot.width !== width || plot.height !== height;
      if (width && height && isOther) plot.setSize({ width, height });
    }
    this.redraw();
  }

  readTheme() {
    const palette = Object.fromEntries(Object.entries(INKS).map(([key, name]) => [key, token(this, name)]));
    palette.band = `color-mix(in srgb, ${palette.ketamine} 22%, transparent)`;
    Object.assign(this.context, { palette, font: `14px ${getComputedStyle(this).fontFamily}` });
    this.redraw();
  }

  toggleView() {
    this.view = this.view === "hour" ? "visit" : "hour";
    this.redraw();
    this.load();
  }

  readCursor(plot) {
    const { left } = plot.cursor;
    this.frame.tell(left >= 0 ? this.picture.wordsAt(plot.posToVal(left, "x"), this.context.nowMs) : []);
  }
}

customElements.define("trend-plot", TrendPlot);
