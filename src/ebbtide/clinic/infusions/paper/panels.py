"""The panels of the plot: what each draws, in fields of time and value.

Everything is told by place, shape, width or dash, so that it reads without colour.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ebbtide.clinic.infusions.paper.plot import (
    Cuff,
    LevelCurve,
    Mark,
    Piece,
    Stretch,
    Trace,
    thinned,
)

Spec = dict[str, Any]

WIDTH: Final = 410
LEFT: Final = 24
RIGHT: Final = 70
FONT: Final = "Atkinson Hyperlegible Next"
INK: Final = "#1b1a17"
SOFT: Final = "#4d4a43"
LINE: Final = "#d9d6cd"
WITH_LIMITS: Final = ("spo2", "pulse", "pressure")
_SPO2: Final = "#00727f"
_PULSE: Final = "#1a7438"
_PRESSURE: Final = "#66635b"
_LEVEL: Final = "#856a00"
_BAND: Final = "#ffe14a"
_RATE: Final = "#efe9cf"
_LINE_APART: Final = 9.5
_MOST_ROWS: Final = 5
_LETTER: Final = 4.4  # width of a letter of the labels, about
_DOT: Final[Spec] = {"fill": "white", "color": INK, "size": 14, "strokeWidth": 0.8, "opacity": 1}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the protocol, drawn across the panel it belongs to: one of `WITH_LIMITS`."""

    panel: str
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that all panels of a picture share."""

    start: datetime
    end: datetime
    offset: timedelta

    def minutes(self, at: datetime) -> float:
        """Minutes from the local midnight before the window, to a tenth of a second."""
        local = (at + self.offset).astimezone(UTC)
        first = (self.start + self.offset).astimezone(UTC)
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        return round((local - midnight).total_seconds() / 60, 3)

    def covers(self, at: datetime) -> bool:
        """Whether a moment falls in the window."""
        return self.start <= at <= self.end

    def wide(self, minutes: float) -> float:
        """How wide a stretch of minutes is drawn."""
        return minutes / self.minutes_long * WIDTH

    @property
    def minutes_long(self) -> float:
        """Length of the window."""
        return (self.end - self.start) / timedelta(minutes=1)

    @property
    def domain(self) -> list[float]:
        """First and last minute."""
        return [self.minutes(self.start), self.minutes(self.end)]


@dataclass(frozen=True, slots=True)
class Panel:
    """One strip: its name, height, the values its axis holds, its layers."""

    title: str
    height: int
    domain: tuple[float, float]
    ticks: tuple[float, ...]
    layers: tuple[Spec, ...]


def layer(
    rows: Sequence[Mapping[str, Any]],
    mark: str,
    *,
    x: Mapping[str, str] | None = None,
    y: Mapping[str, str] | None = None,
    text: str = "",
    detail: str = "",
    **style: Any,
) -> Spec:
    """Draw rows with one kind of mark; `x` and `y` name the field of each channel."""
    fields = {**({"x": "t"} if x is None else x), **({"y": "v"} if y is None else y)}
    fields |= {"text": text} if text else {}
    fields |= {"detail": detail} if detail else {}
    return {
        "data": {"values": list(rows)},
        "mark": {"type": mark, **style},
        "encoding": {channel: {"field": field} for channel, field in fields.items()},
    }


def words(text: str, *, x: float, y: float, **style: Any) -> Spec:
    """A word at a fixed place of its panel."""
    place = {"x": {"value": x}, "y": {"value": y}, "text": {"value": text}}
    return {"mark": {"type": "text", **style}, "encoding": place}


def marks(noted: Sequence[Mark], window: Window) -> Panel | None:
    """Adverse events and rescue drugs, each in the first row that has room, while rows last."""
    inside = [mark for mark in noted if window.covers(mark.at)]
    ends: list[float] = []
    rows: list[Spec] = []
    for mark in inside:
        left = window.wide((mark.at - window.start) / timedelta(minutes=1))
        label = _fitted(mark.label, WIDTH + RIGHT - left)
        row = next((index for index, end in enumerate(ends) if end <= left), len(ends))
        if row < _MOST_ROWS:
            ends[row : row + 1] = [left + len(label) * _LETTER + 10]
            rows.append({"t": window.minutes(mark.at), "v": -row, "label": label})
    if not rows:
        return None
    layers = (
        layer(rows, "point", shape="triangle-down", filled=True, color=INK, size=22),
        layer(rows, "text", text="label", dx=5, baseline="middle", color=INK),
    )
    more = len(inside) - len(rows)
    title = "Adverse events and rescue drugs" + (f": {more} more in the tables" if more else "")
    return Panel(title, 11 * len(ends), (0.5 - len(ends), 0.5), (), layers)


def _fitted(label: str, room: float) -> str:
    """A label cut to the room there is; the tables hold the whole."""
    most = max(int(room / _LETTER) - 3, 4)
    return label if len(label) <= most else f"{label[: most - 1]}…"


def spo2(trace: Trace, window: Window, limits: Sequence[Limit]) -> Panel | None:
    """Oxygen saturation."""
    if not trace.values:
        return None
    domain, ticks = _axis([*trace.values, *(limit.value for limit in limits)], top=100)
    layers = (*_limit_layers(limits, domain, 42), *_trace_layers(trace, window, _SPO2))
    return Panel("SpO2, %", 42, domain, ticks, layers)


def pulse(trace: Trace, window: Window, limits: Sequence[Limit]) -> Panel | None:
    """Pulse."""
    if not trace.values:
        return None
    domain, ticks = _axis([*trace.values, *(limit.value for limit in limits)])
    layers = (*_limit_layers(limits, domain, 52), *_trace_layers(trace, window, _PULSE))
    return Panel("Pulse, /min", 52, domain, ticks, layers)


def _trace_layers(trace: Trace, window: Window, colour: str) -> tuple[Spec, ...]:
    bucket = max((window.end - window.start) / WIDTH, timedelta(seconds=1))
    lines = [thinned(_inside(piece, window), bucket) for piece in trace.pieces]
    rows: list[Spec] = [
        {"t": window.minutes(dot.at), "v": dot.value, "piece": index}
        for index, line in enumerate(lines)
        for dot in line
    ]
    alone = [
        {"t": window.minutes(line[0].at), "v": line[0].value} for line in lines if len(line) == 1
    ]
    typed = [{"t": window.minutes(dot.at), "v": dot.value} for dot in _inside(trace.typed, window)]
    return (
        layer(rows, "line", detail="piece", color=colour, strokeWidth=0.8),
        layer(alone, "point", filled=True, color=colour, size=5, opacity=1),
        layer(typed, "point", **_DOT),
    )


def _inside(piece: Piece, window: Window) -> Piece:
    return tuple(dot for dot in piece if window.covers(dot.at))


def pressure(cuffs: Sequence[Cuff], window: Window, limits: Sequence[Limit]) -> Panel | None:
    """Cuff pressures as bars."""
    if not cuffs:
        return None
    values = [value for cuff in cuffs for value in (cuff.systolic, cuff.diastolic)]
    domain, ticks = _axis([*values, *(limit.value for limit in limits)])
    inside = [cuff for cuff in cuffs if window.covers(cuff.at)]
    rows: list[Spec] = [
        {"t": window.minutes(cuff.at), "high": cuff.systolic, "low": cuff.diastolic}
        for cuff in inside
    ]
    typed = [row for row, cuff in zip(rows, inside, strict=True) if cuff.is_typed]
    cap: Spec = {"orient": "horizontal", "size": 6, "thickness": 1.2, "color": INK}
    layers = (
        *_limit_layers(limits, domain, 62),
        layer(rows, "rule", y={"y": "low", "y2": "high"}, color=_PRESSURE, strokeWidth=1.6),
        layer(rows, "tick", y={"y": "high"}, **cap),
        layer(rows, "tick", y={"y": "low"}, **cap),
        layer(typed, "point", y={"y": "high"}, **_DOT),
    )
    title = "Blood pressure, mmHg: each bar from diastolic to systolic"
    return Panel(title, 62, domain, ticks, layers)


def level(curve: LevelCurve | None, window: Window) -> Panel | None:
    """Model levels: effect site with its band, plasma."""
    if curve is None:
        return None
    rows: list[Spec] = [
        {
            "t": window.minutes(at),
            "plasma": round(plasma, 2),
            "effect": round(effect, 2),
            "low": round(low, 2),
            "high": round(high, 2),
        }
        for at, plasma, effect, low, high in zip(
            curve.times, curve.plasma, curve.effect, curve.low, curve.high, strict=True
        )
        if window.covers(at)
    ]
    if not rows:
        return None
    domain, ticks = _axis([0.0, *curve.plasma, *curve.high], bottom=0)
    names = ((rows[-1]["effect"], "effect site, solid"), (rows[-1]["plasma"], "plasma, dashed"))
    dashed: Spec = {"color": INK, "strokeWidth": 0.7, "strokeDash": [3, 2]}
    layers = (
        layer(rows, "area", y={"y": "low", "y2": "high"}, color=_BAND, opacity=0.55),
        layer(rows, "line", y={"y": "plasma"}, **dashed),
        layer(rows, "line", y={"y": "effect"}, color=_LEVEL, strokeWidth=1.8),
        *_right_labels(names, domain, 66),
    )
    title = "Ketamine level, ng/mL: worked out by a model, not measured"
    return Panel(title, 66, domain, ticks, layers)


def pump(stretches: Sequence[Stretch], window: Window) -> Panel | None:
    """The pump's rate in steps; holds are hatched."""
    if not stretches:
        return None
    domain, _ = _axis([0.0, *(stretch.rate_ml_per_h for stretch in stretches)], bottom=0)
    rows: list[Spec] = [
        {
            "t": window.minutes(max(stretch.start, window.start)),
            "t2": window.minutes(min(stretch.end, window.end)),
            "low": 0,
            "rate": stretch.rate_ml_per_h,
            "label": stretch.label,
        }
        for stretch in stretches
        if stretch.start < window.end and stretch.end > window.start
    ]
    for row in rows:
        row |= {"middle": (row["t"] + row["t2"]) / 2, "half": row["rate"] / 2}
    running = [row for row in rows if row["rate"]]
    labelled = [
        row for row in running if window.wide(row["t2"] - row["t"]) > len(row["label"]) * _LETTER
    ]
    strokes = [
        stroke for row in rows if not row["rate"] for stroke in _hatching(row, window, domain)
    ]
    span, middle = {"x": "t", "x2": "t2"}, {"x": "middle"}
    box: Spec = {"color": _RATE, "stroke": INK, "strokeWidth": 0.6, "opacity": 1}
    layers = (
        layer(running, "rect", x=span, y={"y": "low", "y2": "rate"}, **box),
        layer(strokes, "rule", x=span, y={"y": "low", "y2": "high"}, color=SOFT, strokeWidth=0.5),
        layer(labelled, "text", x=middle, y={"y": "half"}, text="label", align="center", color=INK),
    )
    return Panel("Pump, mL/h: hatched while held", 26, domain, domain, layers)


def _hatching(row: Spec, window: Window, domain: tuple[float, float]) -> list[Spec]:
    length = row["t2"] - row["t"]
    count = max(1, math.floor(window.wide(length) / 3))
    step = length / count
    return [
        {
            "t": row["t"] + index * step,
            "t2": row["t"] + (index + 1) * step,
            "low": domain[0],
            "high": domain[1],
        }
        for index in range(count)
    ]


def _limit_layers(
    limits: Sequence[Limit], domain: tuple[float, float], height: int
) -> tuple[Spec, ...]:
    rows = [{"v": limit.value} for limit in limits]
    lines = layer(rows, "rule", x={}, color=SOFT, strokeWidth=0.7, strokeDash=[1.5, 2])
    labels = [(limit.value, limit.label) for limit in limits]
    return (lines, *_right_labels(labels, domain, height))


def _right_labels(
    labels: Sequence[tuple[float, str]], domain: tuple[float, float], height: int
) -> tuple[Spec, ...]:
    """Name lines where they end, pushed apart where they would touch."""
    low, high = domain
    above = -_LINE_APART
    placed = []
    for value, text in sorted(labels, reverse=True):
        above = max(above + _LINE_APART, (high - value) / (high - low) * height)
        placed.append((above, text))
    overshoot = max(0.0, above - height)
    return tuple(
        words(text, x=WIDTH + 4, y=round(y - overshoot, 1), baseline="middle") for y, text in placed
    )


def _axis(
    values: Sequence[float], *, bottom: float | None = None, top: float | None = None
) -> tuple[tuple[float, float], tuple[float, ...]]:
    """A domain that holds every value on round figures, and a few ticks."""
    low, high = min(values), max(values)
    span = max(high - low, 5)
    steps = (5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)
    step = next((step for step in steps if span / step <= 5), math.ceil(span / 5000) * 1000)
    first = math.floor(low / step) * step if bottom is None else bottom
    last = math.ceil(high / step) * step if top is None else top
    last = max(last, first + step)
    count = int((last - first) / step) + 1
    return (float(first), float(last)), tuple(float(first + i * step) for i in range(count))
