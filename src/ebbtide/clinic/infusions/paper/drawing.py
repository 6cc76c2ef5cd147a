"""The plot as a Vega-Lite specification: five panels on one clock, named where they stand.

Everything is told by place, shape, width or dash, so that it reads without colour.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ebbtide.clinic.infusions.paper.plot import Mark, Piece, Shown, Stretch, Trace, thinned

Spec = dict[str, Any]

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.20.1.json"
LONGEST_WINDOW: Final = timedelta(hours=4)  # longer visits are drawn in windows of one scale
_WIDTH: Final = 420
_LEFT: Final = 30
_RIGHT: Final = 76
_LINE_APART: Final = 9.5
_FONT: Final = "Atkinson Hyperlegible Next"
_INK, _SOFT, _LINE = "#1b1a17", "#4d4a43", "#d9d6cd"
_SPO2, _PULSE, _PRESSURE = "#00727f", "#1a7438", "#66635b"
_LEVEL, _BAND = "#856a00", "#ffe14a"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the protocol, drawn across the panel it belongs to.

    Attributes:
        panel: `spo2`, `pulse` or `pressure`.
    """

    panel: str
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class _Window:
    """What all panels share: the clock they stand on and the moments marked across them."""

    start: datetime
    end: datetime
    offset: timedelta
    rules: tuple[datetime, ...]

    def minutes(self, at: datetime) -> float:
        """Minutes from the local midnight before the first panel, to a tenth of a second."""
        local = (at + self.offset).astimezone(UTC)
        midnight = (self.start + self.offset).astimezone(UTC).replace(hour=0, minute=0, second=0)
        return round((local - midnight).total_seconds() / 60, 3)

    def covers(self, at: datetime) -> bool:
        """Whether a moment falls in the window."""
        return self.start <= at <= self.end

    @property
    def domain(self) -> list[float]:
        """First and last minute."""
        return [self.minutes(self.start), self.minutes(self.end)]


@dataclass(frozen=True, slots=True)
class _Panel:
    """One strip: its name, height, the values its axis must hold, its layers."""

    title: str
    height: int
    domain: tuple[float, float]
    ticks: tuple[float, ...]
    layers: tuple[Spec, ...]


def drawings(
    shown: Shown,
    *,
    offset: timedelta,
    limits: Sequence[Limit],
    rules: Sequence[datetime],
) -> tuple[Spec, ...]:
    """Draw a visit, in one picture or in as many of one scale as its length needs.

    Args:
        shown: What there is to draw.
        offset: The site's offset from UTC when the visit began.
        limits: The protocol's limits.
        rules: Moments marked by a line through every panel, such as start and stop.
    """
    count = math.ceil((shown.end - shown.start) / LONGEST_WINDOW)
    length = shown.end - shown.start if count == 1 else LONGEST_WINDOW
    return tuple(
        _drawing(
            shown,
            _Window(
                shown.start + index * length, shown.start + (index + 1) * length, offset, tuple(rules)
            ),
            limits,
        )
        for index in range(count)
    )


def _drawing(shown: Shown, window: _Window, limits: Sequence[Limit]) -> Spec:
    panels = [
        _marks_panel(shown.marks, window),
        _trace_panel(
            "SpO2, %", shown.spo2, window, colour=_SPO2, height=46, limits=_of(limits, "spo2"), top=100
        ),
        _trace_panel(
            "Pulse, /min", shown.pulse, window, colour=_PULSE, height=56, limits=_of(limits, "pulse")
        ),
        _pressure_panel(shown, window, _of(limits, "pressure")),
        _level_panel(shown, window),
        _pump_panel(shown.pump, window),
    ]
    drawn = [panel for panel in panels if panel is not None]
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 0,
        "spacing": 15,
        "vconcat": [_view(panel, window, is_last=panel is drawn[-1]) for panel in drawn],
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "text": {"font": _FONT, "fontSize": 8, "color": _SOFT, "align": "left"},
            "axis": {
                "labelFont": _FONT, "labelFontSize": 8, "labelColor": _INK, "domainColor": _INK,
                "tickColor": _INK, "tickSize": 3, "gridColor": _LINE, "gridWidth": 0.5,
                "domainWidth": 0.5, "tickWidth": 0.5, "labelPadding": 2,
            },
        },
    }  # fmt: skip


def _of(limits: Iterable[Limit], panel: str) -> list[Limit]:
    return [limit for limit in limits if limit.panel == panel]


def _view(panel: _Panel, window: _Window, *, is_last: bool) -> Spec:
    frame = {
        "mark": {"type": "rule", "opacity": 0},
        "encoding": {"x": {"value": 0}, "x2": {"value": _WIDTH + _RIGHT}, "y": {"value": panel.height}},
    }
    rules = [
        {
            "data": {"values": [{"t": window.minutes(at)} for at in window.rules if window.covers(at)]},
            "mark": {"type": "rule", "color": _SOFT, "strokeWidth": 0.6},
            "encoding": {"x": _x(window)},
        }
    ]
    title = {
        "mark": {"type": "text", "fontWeight": "bold", "color": _INK, "fontSize": 8.5, "baseline": "bottom"},
        "encoding": {"x": {"value": -_LEFT}, "y": {"value": -3}, "text": {"value": panel.title}},
    }
    base = {
        "mark": {"type": "rule", "opacity": 0},
        "encoding": {
            "x": _x(window, axis=_clock_axis(window, is_last=is_last)),
            "y": _y(panel, "v"),
        },
        "data": {"values": [{"t": window.domain[0], "v": panel.domain[0]}]},
    }
    return {
        "width": _WIDTH,
        "height": panel.height,
        "data": {"values": [{}]},
        "layer": [base, *rules, *(_placed(layer, panel, window) for layer in panel.layers), frame, title],
    }


def _placed(layer: Spec, panel: _Panel, window: _Window) -> Spec:
    """Give a layer's encodings the scales that all layers of its panel share."""
    encoding = dict(layer.get("encoding", {}))
    for channel, field in layer.get("x", {}).items():
        encoding[channel] = _x(window, field) if channel == "x" else {"field": field}
    for channel, field in layer.get("y", {}).items():
        encoding[channel] = _y(panel, field) if channel == "y" else {"field": field}
    kept = {key: value for key, value in layer.items() if key not in ("x", "y")}
    return {**kept, "encoding": encoding}


def _x(window: _Window, field: str = "t", *, axis: Spec | None = None) -> Spec:
    scale = {"domain": window.domain, "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _y(panel: _Panel, field: str) -> Spec:
    scale = {"domain": list(panel.domain), "nice": False, "zero": False}
    axis = {
        "title": None, "values": list(panel.ticks), "grid": False, "domain": True,
        "minExtent": _LEFT, "maxExtent": _LEFT,
    } if panel.ticks else None  # fmt: skip
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def _clock_axis(window: _Window, *, is_last: bool) -> Spec:
    first, last = window.domain
    step = next(step for step in (5, 10, 15, 30, 60) if (last - first) / step <= 13 or step == 60)
    ticks = list(range(math.ceil(first / step) * step, math.floor(last) + 1, step))
    hour = "format(floor(datum.value / 60) % 24, '02d') + ':' + format(datum.value % 60, '02d')"
    shown = {"labels": True, "ticks": True} if is_last else {"labels": False, "ticks": False}
    return {"title": None, "values": ticks, "labelExpr": hour, "grid": True, "domain": is_last, **shown}


def _marks_panel(marks: Sequence[Mark], window: _Window) -> _Panel | None:
    inside = [mark for mark in marks if window.covers(mark.at)]
    if not inside:
        return None
    first, last = window.domain
    ends: list[float] = []
    rows = []
    for mark in inside:
        at = window.minutes(mark.at)
        width = (len(mark.label) * 4.2 + 10) / _WIDTH * (last - first)
        row = next((index for index, end in enumerate(ends) if end <= at), len(ends))
        ends[row : row + 1] = [at + width]
        rows.append({"t": at, "v": -row, "label": mark.label})
    layers = (
        {
            "data": {"values": rows},
            "mark": {"type": "point", "shape": "triangle-down", "filled": True, "color": _INK, "size": 22},
            "x": {"x": "t"},
            "y": {"y": "v"},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "text", "dx": 5, "baseline": "middle", "color": _INK},
            "encoding": {"text": {"field": "label"}},
            "x": {"x": "t"},
            "y": {"y": "v"},
        },
    )
    title = "Adverse events and rescue drugs"
    return _Panel(title, 11 * len(ends), (0.5 - len(ends), 0.5), (), layers)


def _trace_panel(
    title: str,
    trace: Trace,
    window: _Window,
    *,
    colour: str,
    height: int,
    limits: Sequence[Limit],
    top: float | None = None,
) -> _Panel | None:
    values = trace.values
    if not values:
        return None
    domain, ticks = _axis([*values, *(limit.value for limit in limits)], top=top)
    bucket = max((window.end - window.start) / _WIDTH, timedelta(seconds=1))
    lines = [thinned(_inside(piece, window), bucket) for piece in trace.pieces]
    rows = [
        {"t": window.minutes(dot.at), "v": dot.value, "piece": index, "alone": len(line) == 1}
        for index, line in enumerate(lines)
        for dot in line
    ]
    typed = [{"t": window.minutes(dot.at), "v": dot.value} for dot in _inside(trace.typed, window)]
    line = {
        "data": {"values": rows},
        "mark": {"type": "line", "color": colour, "strokeWidth": 1.1, "interpolate": "linear"},
        "encoding": {"detail": {"field": "piece"}},
        "x": {"x": "t"},
        "y": {"y": "v"},
    }
    alone = {
        "data": {"values": [row for row in rows if row["alone"]]},
        "mark": {"type": "point", "filled": True, "color": colour, "size": 5, "opacity": 1},
        "x": {"x": "t"},
        "y": {"y": "v"},
    }
    by_hand = {
        "data": {"values": typed},
        "mark": {"type": "point", "color": _INK, "fill": "white", "size": 14, "strokeWidth": 0.8, "opacity": 1},
        "x": {"x": "t"},
        "y": {"y": "v"},
    }
    layers = (*_limit_layers(limits, domain, height), line, alone, by_hand)
    return _Panel(title, height, domain, ticks, layers)


def _pressure_panel(shown: Shown, window: _Window, limits: Sequence[Limit]) -> _Panel | None:
    if not shown.cuffs:
        return None
    values = [value for cuff in shown.cuffs for value in (cuff.systolic, cuff.diastolic)]
    domain, ticks = _axis([*values, *(limit.value for limit in limits)])
    height = 74
    rows = [
        {
            "t": window.minutes(cuff.at), "high": cuff.systolic, "low": cuff.diastolic,
            "by": "typed" if cuff.is_typed else "monitor",
        }
        for cuff in shown.cuffs
        if window.covers(cuff.at)
    ]  # fmt: skip
    bar = {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": _PRESSURE, "strokeWidth": 1.6},
        "x": {"x": "t"},
        "y": {"y": "low", "y2": "high"},
    }
    caps = [
        {
            "data": {"values": rows},
            "mark": {"type": "tick", "orient": "horizontal", "size": 6, "thickness": 1.2, "color": _INK},
            "x": {"x": "t"},
            "y": {"y": end},
        }
        for end in ("high", "low")
    ]
    by_hand = {
        "data": {"values": [row for row in rows if row["by"] == "typed"]},
        "mark": {"type": "point", "color": _INK, "fill": "white", "size": 14, "strokeWidth": 0.8, "opacity": 1},
        "x": {"x": "t"},
        "y": {"y": "high"},
    }
    layers = (*_limit_layers(limits, domain, height), bar, *caps, by_hand)
    title = "Blood pressure, mmHg: each bar from diastolic to systolic"
    return _Panel(title, height, domain, ticks, layers)


def _level_panel(shown: Shown, window: _Window) -> _Panel | None:
    curve = shown.level
    if curve is None:
        return None
    rows = [
        {"t": window.minutes(at), "plasma": plasma, "effect": effect, "low": low, "high": high}
        for at, plasma, effect, low, high in zip(
            curve.times, curve.plasma, curve.effect, curve.low, curve.high, strict=True
        )
        if window.covers(at)
    ]
    if not rows:
        return None
    for row in rows:
        row.update({name: round(row[name], 2) for name in ("plasma", "effect", "low", "high")})
    domain, ticks = _axis([0.0, *curve.plasma, *curve.high], bottom=0)
    height = 80
    band = {
        "data": {"values": rows},
        "mark": {"type": "area", "color": _BAND, "opacity": 0.55},
        "x": {"x": "t"},
        "y": {"y": "low", "y2": "high"},
    }
    lines = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "color": colour, **style},
            "x": {"x": "t"},
            "y": {"y": field},
        }
        for field, colour, style in (
            ("plasma", _INK, {"strokeWidth": 0.7, "strokeDash": [3, 2]}),
            ("effect", _LEVEL, {"strokeWidth": 1.8}),
        )
    ]
    names = _right_labels(
        [
            (rows[-1]["effect"], "effect site", "bold"),
            (rows[-1]["plasma"], "plasma, arterial", "normal"),
        ],
        domain,
        height,
    )
    title = "Ketamine level, ng/mL: worked out by a model, not measured"
    return _Panel(title, height, domain, ticks, (band, *lines, *names))


def _pump_panel(stretches: Sequence[Stretch], window: _Window) -> _Panel | None:
    if not stretches:
        return None
    inside = [_clipped(stretch, window) for stretch in stretches if _overlaps(stretch, window)]
    domain, ticks = _axis([0.0, *(stretch.rate_ml_per_h for stretch in stretches)], bottom=0)
    first, last = window.domain
    steps = [
        {
            "t": window.minutes(stretch.start), "t2": window.minutes(stretch.end), "low": 0,
            "rate": stretch.rate_ml_per_h,
            "label": stretch.label,
            "middle": (window.minutes(stretch.start) + window.minutes(stretch.end)) / 2,
            "half": (stretch.rate_ml_per_h or domain[1]) / 2,
        }
        for stretch in inside
    ]  # fmt: skip
    wide = [
        row for row in steps
        if (row["t2"] - row["t"]) / (last - first) * _WIDTH > len(row["label"]) * 4.2
    ]  # fmt: skip
    layers: tuple[Spec, ...] = (
        {
            "data": {"values": [row for row in steps if row["rate"]]},
            "mark": {"type": "rect", "color": "#efe9cf", "stroke": _INK, "strokeWidth": 0.6, "opacity": 1},
            "x": {"x": "t", "x2": "t2"},
            "y": {"y": "low", "y2": "rate"},
        },
        {
            "data": {"values": _hatching([row for row in steps if not row["rate"]], window, domain)},
            "mark": {"type": "rule", "color": _SOFT, "strokeWidth": 0.5},
            "x": {"x": "t", "x2": "t2"},
            "y": {"y": "low", "y2": "high"},
        },
        {
            "data": {"values": wide},
            "mark": {
                "type": "text", "align": "center", "baseline": "middle", "color": _INK,
                "stroke": "white", "strokeWidth": 0,
            },
            "encoding": {"text": {"field": "label"}},
            "x": {"x": "middle"},
            "y": {"y": "half"},
        },
    )  # fmt: skip
    return _Panel("Pump, mL/h: hatched while held", 34, domain, ticks, layers)


def _hatching(rows: Sequence[Spec], window: _Window, domain: tuple[float, float]) -> list[Spec]:
    first, last = window.domain
    step = 4 / _WIDTH * (last - first)
    strokes = []
    for row in rows:
        count = max(1, math.floor((row["t2"] - row["t"]) / step))
        width = (row["t2"] - row["t"]) / count
        for index in range(count):
            left = row["t"] + index * width
            strokes.append({"t": left, "t2": left + width, "low": domain[0], "high": domain[1]})
    return strokes


def _limit_layers(
    limits: Sequence[Limit], domain: tuple[float, float], height: int
) -> tuple[Spec, ...]:
    lines = {
        "data": {"values": [{"v": limit.value} for limit in limits]},
        "mark": {"type": "rule", "color": _SOFT, "strokeWidth": 0.7, "strokeDash": [1.5, 2]},
        "y": {"y": "v"},
    }
    labels = [(limit.value, limit.label, "normal") for limit in limits]
    return (lines, *_right_labels(labels, domain, height))


def _right_labels(
    labels: Sequence[tuple[float, str, str]], domain: tuple[float, float], height: int
) -> tuple[Spec, ...]:
    """Name lines where they end, pushed apart where they would touch."""
    low, high = domain
    above = -_LINE_APART
    placed = []
    for value, text, weight in sorted(labels, key=lambda label: -label[0]):
        above = max(above + _LINE_APART, (high - value) / (high - low) * height)
        placed.append((above, text, weight))
    overshoot = max(0.0, above - height)
    return tuple(
        {
            "mark": {"type": "text", "baseline": "middle", "fontWeight": weight},
            "encoding": {
                "x": {"value": _WIDTH + 4},
                "y": {"value": round(y - overshoot, 1)},
                "text": {"value": text},
            },
        }
        for y, text, weight in placed
    )


def _axis(
    values: Sequence[float], *, bottom: float | None = None, top: float | None = None
) -> tuple[tuple[float, float], tuple[float, ...]]:
    """A domain that holds every value on round figures, and three to six ticks."""
    low, high = min(values), max(values)
    span = max(high - low, 5)
    step = next(step for step in (5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000) if span / step <= 5)
    first = math.floor(low / step) * step if bottom is None else bottom
    last = math.ceil(high / step) * step if top is None else top
    if last <= first:
        last = first + step
    ticks = tuple(float(first + index * step) for index in range(round((last - first) / step) + 1))
    return (float(first), float(last)), tuple(tick for tick in ticks if tick <= last)


def _inside(piece: Piece, window: _Window) -> Piece:
    return tuple(dot for dot in piece if window.covers(dot.at))


def _overlaps(stretch: Stretch, window: _Window) -> bool:
    return stretch.start < window.end and stretch.end > window.start


def _clipped(stretch: Stretch, window: _Window) -> Stretch:
    return replace(
        stretch, start=max(stretch.start, window.start), end=min(stretch.end, window.end)
    )
