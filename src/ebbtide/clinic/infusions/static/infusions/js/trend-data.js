// The numbers behind the trend plot: columns that grow, gaps kept as gaps.

const LEAST_GAP_MS = 5000;
const PERIODS_IN_A_GAP = 3;
const STEPS_FOR_A_PERIOD = 5;
const STEPS_LOOKED_AT = 21;

/** One quantity over time: t in clinic ms, ascending; v null where nothing may be drawn. */
export class Line {
  t = [];
  v = [];
  steps = [];

  constructor({ t, v } = { t: [], v: [] }) {
    t.forEach((at, index) => this.add(at, v[index]));
  }

  /** The usual time between two values. */
  get periodMs() {
    if (this.steps.length < STEPS_FOR_A_PERIOD) return 0;
    return [...this.steps].sort((one, other) => one - other)[this.steps.length >> 1];
  }

  add(at, value) {
    const last = this.t.at(-1) ?? -Infinity;
    if (at <= last) {
      this.insert(at, value);
      return;
    }
    const step = at - last;
    if (step > Math.max(LEAST_GAP_MS, PERIODS_IN_A_GAP * this.periodMs)) this.push(last + 1, null);
    if (Number.isFinite(step)) {
      this.steps.push(step);
      if (this.steps.length > STEPS_LOOKED_AT) this.steps.shift();
    }
    this.push(at, value);
  }

  push(at, value) {
    if (!Number.isFinite(at)) return;
    this.t.push(at);
    this.v.push(value);
  }

  // A reading entered late, or a value sent again with a correction.
  insert(at, value) {
    const index = this.indexAt(at);
    if (this.t[index] === at) this.v[index] = value;
    else {
      this.t.splice(index + 1, 0, at);
      this.v.splice(index + 1, 0, value);
    }
  }

  /** Index of the last point at or before a moment; -1 before the first. */
  indexAt(at) {
    let [low, high] = [-1, this.t.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.t[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The value in force at a moment, or null when the last one is older than a gap. */
  at(moment) {
    const index = this.indexAt(moment);
    const allowed = Math.max(LEAST_GAP_MS, PERIODS_IN_A_GAP * this.periodMs);
    return index < 0 || moment - this.t[index] > allowed ? null : this.v[index];
  }

  /** Values that are numbers within [from, to). */
  within(from, to) {
    const values = [];
    for (let index = this.indexAt(from - 1) + 1; index < this.t.length && this.t[index] < to; index += 1) {
      if (this.v[index] !== null) values.push(this.v[index]);
    }
    return values;
  }

  /** The last number, with its time. */
  get last() {
    for (let index = this.t.length - 1; index >= 0; index -= 1) {
      if (this.v[index] !== null) return { at: this.t[index], value: this.v[index] };
    }
    return null;
  }
}

/** A curve's value at a moment, on the straight line between its points; null outside. */
export function between(times, values, moment) {
  if (!times?.length || moment < times[0] || moment > times.at(-1)) return null;
  const after = times.findIndex((at) => at >= moment);
  if (after <= 0) return values[0];
  const share = (moment - times[after - 1]) / (times[after] - times[after - 1]);
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

/** A curve cut at a moment: what was predicted so far, and what is planned. */
export function cutAt(times, values, moment) {
  const now = between(times, values, moment);
  const after = times.findIndex((at) => at > moment);
  const cut = after < 0 ? times.length : after;
  const t = now === null ? [...times] : [...times.slice(0, cut), moment, ...times.slice(cut)];
  const v = now === null ? [...values] : [...values.slice(0, cut), now, ...values.slice(cut)];
  return {
    t,
    past: v.map((value, index) => (t[index] <= moment ? value : null)),
    plan: v.map((value, index) => (t[index] >= moment ? value : null)),
    whole: v,
  };
}

/** Systolic and diastolic of the same moment, as bars. */
export function pressureBars(systolic, diastolic) {
  const low = new Map(diastolic.t.map((at, index) => [at, diastolic.v[index]]));
  return systolic.t.flatMap((at, index) => {
    const [top, bottom] = [systolic.v[index], low.get(at) ?? null];
    return top === null || bottom === null ? [] : [{ at, top, bottom }];
  });
}

const MINUTE_MS = 60_000;

/** The time shown: the last hour with some of the plan, or the whole visit. */
export function windowOf({ view, fromMs, nowMs, planEndMs }) {
  const grid = 5 * MINUTE_MS;
  // In steps of five minutes, like paper: a plot that creeps cannot be read.
  const snap = (at) => Math.floor(at / grid) * grid;
  if (view === "hour") {
    const start = Math.max(snap(fromMs), snap(nowMs - 60 * MINUTE_MS));
    return [start, start + 80 * MINUTE_MS];
  }
  const end = Math.max(planEndMs ?? nowMs, nowMs + 0.2 * (nowMs - fromMs), fromMs + 80 * MINUTE_MS);
  return [snap(fromMs), snap(end) + grid];
}
