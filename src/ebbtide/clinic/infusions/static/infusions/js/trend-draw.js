// What uPlot has no series for: cuff readings, limits, the pump's rate, now.

const HATCH_STEP = 7;

// The canvas counts device pixels.
const px = (size) => size * (window.devicePixelRatio || 1);

function onCanvas(plot, paint) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.setLineDash([]);
  paint(ctx, (at) => plot.valToPos(at, "x", true), (value) => plot.valToPos(value, "y", true), bbox);
  ctx.restore();
}

function line(ctx, points) {
  ctx.beginPath();
  points.forEach(([x, y], index) => (index ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
}

/** The moment now, as a thin upright line. */
export function drawNow(plot, { palette, nowMs }) {
  onCanvas(plot, (ctx, x, _, { top, height }) => {
    ctx.strokeStyle = palette.ink;
    ctx.lineWidth = px(1);
    line(ctx, [[x(nowMs), top], [x(nowMs), top + height]]);
  });
}

const LIMITS = {
  oxygen: [["spo2", "spo2"]],
  heart: [["pulse", "pulse"], ["systolic", "bp"]],
  breath: [["resp", "resp"], ["tcpco2", "ink"]],
};

/** Limits as thin broken lines in the colour of what they limit. */
export function drawLimits(plot, { palette, picture }, name) {
  onCanvas(plot, (ctx, _, y, { left, width }) => {
    ctx.lineWidth = px(1);
    ctx.setLineDash([px(2), px(4)]);
    for (const [quantity, colour] of LIMITS[name]) {
      ctx.strokeStyle = palette[colour];
      for (const limit of picture.limits[quantity] ?? []) {
        line(ctx, [[left, y(limit)], [left + width, y(limit)]]);
      }
    }
  });
}

/** Cuff readings: a bar from systolic to diastolic, with feet. */
export function drawBars(plot, { palette, picture }) {
  onCanvas(plot, (ctx, x, y) => {
    ctx.strokeStyle = palette.bp;
    ctx.lineWidth = px(2);
    const foot = px(4);
    for (const { at, top, bottom } of picture.bars) {
      if (at < plot.scales.x.min || at > plot.scales.x.max) continue;
      line(ctx, [[x(at), y(top)], [x(at), y(bottom)]]);
      line(ctx, [[x(at) - foot, y(top)], [x(at) + foot, y(top)]]);
      line(ctx, [[x(at) - foot, y(bottom)], [x(at) + foot, y(bottom)]]);
    }
  });
}

function hatch(ctx, left, top, width, height) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (let offset = -height; offset < width; offset += px(HATCH_STEP)) {
    line(ctx, [[left + offset, top + height], [left + offset + height, top]]);
  }
  ctx.restore();
}

/** Pieces of the pump's rate: what was planned and is past counts as given, a hold goes on. */
export function ratePieces(rate, nowMs) {
  return rate.flatMap((piece) => {
    const { from_ms: from, to_ms: to, is_planned: isPlanned } = piece;
    if (isPlanned && nowMs > from) {
      const cut = Math.min(nowMs, to);
      const given = { ...piece, to_ms: cut, is_planned: false };
      return cut < to ? [given, { ...piece, from_ms: cut }] : [given];
    }
    return [piece.goesOn ? { ...piece, to_ms: Math.max(to, nowMs) } : piece];
  });
}

/** The rate in steps, holds hatched, the plan dotted, boluses as ticks with their dose. */
export function drawRate(plot, { palette, picture, nowMs, font }) {
  onCanvas(plot, (ctx, x, y, { top, height }) => {
    ctx.strokeStyle = palette.ketamine;
    let [lastTo, lastY] = [null, y(0)];
    for (const piece of ratePieces(picture.rate, nowMs)) {
      const [left, right, level] = [x(piece.from_ms), x(piece.to_ms), y(piece.rate_ml_per_h)];
      ctx.setLineDash([]);
      ctx.lineWidth = px(1);
      if (piece.is_held) hatch(ctx, left, top + height * 0.25, right - left, height * 0.75);
      ctx.lineWidth = px(2);
      const rise = lastTo === piece.from_ms ? lastY : y(0);
      if (piece.is_planned) ctx.setLineDash([px(2), px(4)]);
      line(ctx, [[left, rise], [left, level], [right, level]]);
      [lastTo, lastY] = [piece.to_ms, level];
    }
    // A pump that stands still is seen to come down.
    if (lastTo !== null) line(ctx, [[x(lastTo), lastY], [x(lastTo), y(0)]]);
    ctx.setLineDash([]);
    ctx.font = `${px(14)}px ${font.replace(/^\S+ /, "")}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    ctx.fillStyle = palette.ink;
    ctx.lineWidth = px(3);
    for (const { at_ms: at, dose_mg: dose } of picture.boluses) {
      line(ctx, [[x(at), y(0)], [x(at), top]]);
      ctx.fillText(`${dose} mg`, x(at) + px(5), top);
    }
  });
}
