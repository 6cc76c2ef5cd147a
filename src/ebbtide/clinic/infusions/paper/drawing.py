"""The plot as a Vega-Lite specification: panels on one clock, named where they stand."""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ebbtide.clinic.infusions.paper import panels
from ebbtide.clinic.infusions.paper.panels import (
    FONT,
    INK,
    LEFT,
    LINE,
    RIGHT,
    SOFT,
    WIDTH,
    Limit,
    Panel,
    Spec,
    Window,
)
from ebbtide.clinic.infusions.paper.plot import Shown

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.20.1.json"
LONGEST_WINDOW: Final = timedelta(hours=4)  # longer visits are drawn in windows of one scale
_AXIS: Final[Spec] = {
    "labelFont": FONT,
    "labelFontSize": 8,
    "labelColor": INK,
    "labelPadding": 2,
    "domainColor": INK,
    "domainWidth": 0.5,
    "tickColor": INK,
    "tickSize": 3,
    "tickWidth": 0.5,
    "gridColor": LINE,
    "gridWidth": 0.5,
    "title": None,
}


def drawings(shown: Shown, *, offset: timedelta, limits: Sequence[Limit]) -> tuple[Spec, ...]:
    """Draw a visit, in one picture or in as many of one scale as its length needs.

    Args:
        shown: What there is to draw.
        offset: The site's offset from UTC when the visit began.
        limits: The protocol's limits.
    """
    count = math.ceil((shown.end - shown.start) / LONGEST_WINDOW)
    length = shown.end - shown.start if count == 1 else LONGEST_WINDOW
    starts = [shown.start + index * length for index in range(count)]
    return tuple(_drawing(shown, Window(start, start + length, offset), limits) for start in starts)


def _drawing(shown: Shown, window: Window, limits: Sequence[Limit]) -> Spec:
    of = {name: [limit for limit in limits if limit.panel == name] for name in panels.WITH_LIMITS}
    drawn = [
        panel
        for panel in (
            panels.marks(shown.marks, window),
            panels.spo2(shown.spo2, window, of["spo2"]),
            panels.pulse(shown.pulse, window, of["pulse"]),
            panels.pressure(shown.cuffs, window, of["pressure"]),
            panels.level(shown.level, window),
            panels.pump(shown.pump, window),
        )
        if panel is not None
    ]
    return {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 0,
        "bounds": "flush",
        "spacing": 14,
        "vconcat": [_view(panel, shown, window, is_last=panel is drawn[-1]) for panel in drawn],
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "text": {"font": FONT, "fontSize": 8, "color": SOFT, "align": "left"},
            "axis": _AXIS,
        },
    }


def _view(panel: Panel, shown: Shown, window: Window, *, is_last: bool) -> Spec:
    moments = [{"t": window.minutes(at)} for at in shown.rules if window.covers(at)]
    rules = panels.layer(moments, "rule", y={}, color=SOFT, strokeWidth=0.6)
    title = panels.words(panel.title, x=0, y=-3, fontWeight="bold", color=INK, baseline="bottom")
    margins = {  # unseen: holds every picture to one width, whatever its labels
        "mark": {"type": "rule", "opacity": 0},
        "encoding": {"x": {"value": -LEFT}, "x2": {"value": WIDTH + RIGHT}, "y": {"value": 0}},
    }
    axis = _clock_axis(window, is_last=is_last)
    layers = [_placed(layer, panel, window, axis) for layer in (rules, *panel.layers)]
    return {
        "width": WIDTH,
        "height": panel.height,
        "data": {"values": [{}]},
        "layer": [*layers, title, margins],
    }


def _placed(layer: Spec, panel: Panel, window: Window, axis: Spec) -> Spec:
    """Give a layer's fields the scales that all layers of its panel share."""
    scales: dict[str, Spec] = {
        "x": {"scale": {"domain": window.domain, "nice": False, "zero": False}, "axis": axis},
        "y": {
            "scale": {"domain": list(panel.domain), "nice": False, "zero": False},
            "axis": _value_axis(panel),
        },
    }
    encoding = {
        channel: {**spec, "type": "quantitative", **scales[channel]} if channel in scales else spec
        for channel, spec in layer["encoding"].items()
        if "value" not in spec or channel not in scales
    }
    fixed = {channel: spec for channel, spec in layer["encoding"].items() if "value" in spec}
    return {**layer, "encoding": encoding | fixed}


def _value_axis(panel: Panel) -> Spec | None:
    if not panel.ticks:
        return None
    return {"values": list(panel.ticks), "grid": False, "minExtent": LEFT, "maxExtent": LEFT}


def _clock_axis(window: Window, *, is_last: bool) -> Spec:
    first, last = window.domain
    step = next((step for step in (5, 10, 15, 30) if (last - first) / step <= 13), 60)
    hour = "format(floor(datum.value / 60) % 24, '02d') + ':' + format(datum.value % 60, '02d')"
    return {
        "values": list(range(math.ceil(first / step) * step, math.floor(last) + 1, step)),
        "labelExpr": hour,
        "grid": True,
        "domain": is_last,
        "labels": is_last,
        "ticks": is_last,
    }
