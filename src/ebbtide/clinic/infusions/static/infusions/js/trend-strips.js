// The strips of the trend plot as uPlot options: one time axis, one cursor, own scales.

import { drawBars, drawLimits, drawNow, drawRate } from "./trend-draw.js";
import { timeOfDay } from "./room-root.js";

const AXIS_WIDTH = 44;
const AXIS_HEIGHT = 28;
const RIGHT_MARGIN = 24; // half a time label
const MINUTE_MS = 60_000;

/** Strips from top to bottom, with their share of the height. */
export const STRIPS = [
  { name: "oxygen", share: 3 },
  { name: "heart", share: 5 },
  { name: "breath", share: 2 },
  { name: "level", share: 5 },
  { name: "rate", share: 3 },
];

// Where two quantities share a time axis, undefined only means: nothing of this one here.
function isGap(values, index, direction) {
  let other = index + direction;
  while (other >= 0 && other < values.length && values[other] === undefined) other += direction;
  return values[other] === null || values[other] === undefined;
}

// A number between two gaps has no line to stand on and is drawn as a point.
function lonely(plot, seriesIndex, show) {
  if (show) return null;
  const values = plot.data[seriesIndex];
  const [first, last] = plot.series[0].idxs;
  const found = [];
  for (let index = first; index <= last; index += 1) {
    const isNumber = values[index] !== null && values[index] !== undefined;
    if (isNumber && isGap(values, index, -1) && isGap(values, index, 1)) found.push(index);
  }
  return found;
}

const trace = (context, colour, { width = 1.5, dash } = {}) => ({
  stroke: () => context.palette[colour],
  width,
  dash,
  spanGaps: false,
  points: { size: 4, filter: lonely, fill: () => context.palette[colour] },
});

const curve = (context, colour, options) => ({ ...trace(context, colour, options), points: { show: false } });

const NOTHING = { show: false, points: { show: false } };

const SERIES = {
  oxygen: (context) => [trace(context, "spo2")],
  heart: (context) => [trace(context, "pulse")],
  breath: (context) => [trace(context, "resp"), trace(context, "ink", { width: 1 })],
  level: (context) => [
    { ...curve(context, "ketamine"), width: 0 },
    { ...curve(context, "ketamine"), width: 0 },
    curve(context, "inkSoft", { width: 1, dash: [6, 4] }),
    curve(context, "ketamine", { width: 1 }),
    curve(context, "ketamine", { width: 1, dash: [2, 4] }),
    curve(context, "ketamine", { width: 3 }),
    curve(context, "ketamine", { width: 3, dash: [3, 5] }),
  ],
  rate: () => [NOTHING],
};

const DRAWN = { oxygen: [drawLimits], heart: [drawBars, drawLimits], breath: [drawLimits], level: [], rate: [drawRate] };

function axes(name, context) {
  const line = () => context.palette.line;
  const common = {
    stroke: () => context.palette.inkSoft,
    font: context.font,
    ticks: { show: false },
    grid: { stroke: line, width: 1 },
  };
  const isBottom = name === "rate";
  return [
    {
      ...common,
      size: isBottom ? AXIS_HEIGHT : 0,
      gap: 4,
      space: 70,
      incrs: [5, 10, 15, 20, 30, 60, 120].map((minutes) => minutes * MINUTE_MS),
      values: (_, splits) => (isBottom ? splits.map((at) => timeOfDay(at, { seconds: "none" })) : []),
    },
    { ...common, size: AXIS_WIDTH, gap: 6, space: 22 },
  ];
}

/** uPlot's options for one strip; context carries palette, font, picture and sync key. */
export function stripOptions(name, context, { width, height }) {
  const draw = [(plot) => drawNow(plot, context), ...DRAWN[name].map((paint) => (plot) => paint(plot, context, name))];
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [9, RIGHT_MARGIN, name === "rate" ? 0 : 4, 0],
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    axes: axes(name, context),
    series: [{}, ...SERIES[name](context)],
    bands: name === "level" ? [{ series: [2, 1], fill: () => context.palette.band }] : [],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: context.syncKey, scales: ["x", null] },
    },
    hooks: { draw, setCursor: name === "rate" ? [context.onCursor] : [] },
  };
}

const extent = (values, [low, high]) =>
  values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [low, high]);

const stepDown = (value, step) => Math.floor(value / step) * step;
const stepUp = (value, step) => Math.ceil(value / step) * step;

/** The vertical scale of a strip for what the window shows. */
export function verticalScale(name, picture, [from, to]) {
  const { lines, bars, limits } = picture;
  if (name === "oxygen") {
    const [low] = extent([...lines.spo2.within(from, to), ...(limits.spo2 ?? [])], [90, 100]);
    return [stepDown(low - 1, 5), 101];
  }
  if (name === "heart") {
    const seen = bars.filter(({ at }) => at >= from && at < to).flatMap(({ top, bottom }) => [top, bottom]);
    const drawn = [...lines.pulse.within(from, to), ...seen, ...(limits.pulse ?? []), ...(limits.systolic ?? [])];
    const [low, high] = extent(drawn, [60, 140]);
    return [stepDown(low - 5, 20), stepUp(high + 5, 20)];
  }
  if (name === "breath") {
    const [, high] = extent([...lines.resp.within(from, to), ...lines.tcpco2.within(from, to)], [0, 20]);
    return [0, stepUp(high + 2, 10)];
  }
  if (name === "level") {
    const { level, plan } = picture;
    const [, high] = extent([...(level?.effect_high ?? []), ...(level?.plasma ?? []), ...(plan?.effect ?? [])], [0, 50]);
    return [0, stepUp(high * 1.05, 50)];
  }
  const [, high] = extent(picture.rate.map((piece) => piece.rate_ml_per_h), [0, 10]);
  // Room above the steps for the doses of boluses.
  return [0, stepUp(high * 1.6, 10)];
}
