"""Pictures of levels and scores, drawn only where `--plot` asks for one. Not a verb.

Everything is told by place, width or dash as well, so that it reads without colour.
"""

import argparse
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import Bolus, PumpHistory

Spec = dict[str, Any]

WIDTH: Final = 560
MOMENTS: Final = 361
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.20.1.json"
_VEGA_LITE: Final = "5.20"
_FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"
_INK: Final = "#1b1a17"
_SOFT: Final = "#4d4a43"
_LINE: Final = "#d9d6cd"
_LEVEL: Final = "#856a00"  # ketamine's yellow, as dark as a line must be on white
_BAND: Final = "#ffe14a"
_RATE: Final = "#efe9cf"
_HEIGHT, _LANE = 210, 44
_LEFT, _RIGHT = 46, 132
_APART: Final = 14.0
_LETTER_PX, _DART_PX = 5.8, 14.0
_LONG_MIN: Final = 12 * 60.0
_STYLES: Final[tuple[Spec, ...]] = (
    {"color": _LEVEL, "strokeWidth": 2.2},
    {"color": _INK, "strokeWidth": 1.0, "strokeDash": [5, 3]},
    {"color": "#00727f", "strokeWidth": 1.4},
    {"color": "#66635b", "strokeWidth": 1.4, "strokeDash": [1.5, 2]},
)
_FINE: Final = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """What a picture of levels shows.

    Attributes:
        title: In words, with the unit.
        times_min: Shape (n,).
        lines: By name, each of shape (n,), ng/mL; the first is drawn strongest.
        bands: Low and high edges, each of shape (n,), the widest first.
        history: What the pump gave, for the lane below.
    """

    title: str
    times_min: Floats
    lines: Mapping[str, Floats]
    history: PumpHistory
    bands: Sequence[tuple[Floats, Floats]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What a picture of a score shows: bands from `least` on, each up to the next."""

    title: str
    score: float
    least: float
    most: float
    bands: Sequence[tuple[float, str]]


def add_plot_option(parser: argparse.ArgumentParser) -> None:
    """The option that every verb with a picture has."""
    parser.add_argument(
        "--plot", type=_picture, metavar="FILE", help="draw a picture too: FILE.svg or FILE.png"
    )


def _picture(text: str) -> Path:
    """A file that can become a picture; refused before anything is worked out."""
    path = Path(text)
    if path.suffix.lower() not in (".svg", ".png"):
        raise argparse.ArgumentTypeError(f"a picture is an .svg or a .png file, not {text!r}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    if not importlib.util.find_spec("vl_convert"):
        raise argparse.ArgumentTypeError("pictures need: pip install 'ebbtide[plot]'")
    return path


def save(spec: Spec, path: Path) -> None:
    """Write a picture as its name ends.

    Raises:
        ValueError: The file cannot be written.
    """
    import vl_convert

    text = json.dumps(spec, sort_keys=True)
    if path.suffix.lower() == ".png":
        content: bytes = vl_convert.vegalite_to_png(text, vl_version=_VEGA_LITE, scale=2)
    else:
        svg: str = vl_convert.vegalite_to_svg(text, vl_version=_VEGA_LITE)
        # No eye sees a thousandth of a pixel; without them the same picture is a third smaller.
        content = (_FINE.sub(lambda found: f"{float(found[0]):.2f}", svg) + "\n").encode()
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from error


def levels(curves: Curves) -> Spec:
    """Levels over time, with the pump's doings in a lane below."""
    per_unit, unit = (60.0, "hours") if curves.times_min[-1] > _LONG_MIN else (1.0, "minutes")
    at = (curves.times_min / per_unit).round(5).tolist()
    high = max(
        float(row.max()) for row in (*curves.lines.values(), *(edge for _, edge in curves.bands))
    )
    low, step = _round_step(high or 1.0)
    domain = [0.0, low]
    layers = [
        _layer(
            [{"t": t, "v": a, "w": b} for t, a, b in zip(at, lower, upper, strict=True)],
            {"type": "area", "color": _BAND, "opacity": 0.3 + 0.25 * number},
            y2=True,
        )
        for number, (lower, upper) in enumerate(_rounded(band) for band in curves.bands)
    ]
    for (_, values), style in zip(curves.lines.items(), _STYLES * 9, strict=False):
        rows = [{"t": t, "v": v} for t, v in zip(at, _rounded([values])[0], strict=True)]
        layers.append(_layer(rows, {"type": "line", **style}))
    names = [
        (float(values[-1]), name, style["color"])
        for (name, values), style in zip(curves.lines.items(), _STYLES * 9, strict=False)
    ]
    ticks = [step * count for count in range(round(low / step) + 1)]
    upper_view = _view(curves.title, _HEIGHT, domain, ticks, [*layers, *_ends(names, low)], "")
    lane = _lane(curves, per_unit)
    x = {"domain": [at[0], at[-1]], "nice": False, "zero": False}
    return _document([upper_view, {**lane, "title": _heading("Pump, mg/h")}], x, unit, curves.title)


def scale(shown: Scale) -> Spec:
    """A score on its scale, with the bands it can fall in."""
    starts = [start for start, _ in shown.bands]
    # Where the last band is one whole number, each is drawn around its number, not up from it.
    aside = 0.5 if starts[-1] == shown.most else 0.0
    edges = [*(start - aside for start in starts), shown.most + aside]
    rows = [
        {"a": start, "b": end, "n": name}
        for start, end, (_, name) in zip(edges, edges[1:], shown.bands, strict=False)
    ]
    told = f"{shown.score:g}".replace("-", "−")
    box = {"type": "rect", "color": _RATE, "stroke": _INK, "strokeWidth": 0.6}
    x = {"field": "a", "type": "quantitative", "scale": {"domain": [edges[0], edges[-1]]}}
    axis = {"values": [*starts, shown.most], "grid": False, "title": None, "format": "~g"}
    words = {"type": "text", "align": "center", "color": _INK}
    return {
        **_FRAME,
        "description": f"{shown.title}: {told}",
        "title": _heading(shown.title),
        "width": WIDTH,
        "height": _LANE,
        "layer": [
            {
                "data": {"values": rows},
                "mark": box,
                "encoding": {"x": {**x, "axis": axis}, "x2": {"field": "b"}},
            },
            {
                "data": {"values": [{"a": shown.score}]},
                "mark": {"type": "rule", "strokeWidth": 4, "color": _LEVEL},
                "encoding": {"x": x},
            },
            {
                "data": {"values": _band_names(rows)},
                "mark": words,
                "encoding": {
                    "x": {**x, "field": "m"},
                    "y": {"field": "y", "type": "quantitative", "scale": None, "axis": None},
                    "text": {"field": "n"},
                },
            },
            {
                "data": {"values": [{"a": shown.score, "n": told}]},
                "mark": {**words, "fontWeight": "bold", "fontSize": 13},
                "encoding": {"x": x, "y": {"value": -8}, "text": {"field": "n"}},
            },
        ],
    }


def _band_names(rows: list[Spec]) -> list[Spec]:
    """Each band's name within the picture, in two lines by turns where one does not fit."""
    least, most = rows[0]["a"], rows[-1]["b"]
    per_px = (most - least) / WIDTH
    halves = [len(row["n"]) * _LETTER_PX * per_px / 2 for row in rows]
    fits = all(2 * half <= row["b"] - row["a"] for row, half in zip(rows, halves, strict=True))
    lines = (0.5, 0.5) if fits else (0.28, 0.72)
    return [
        {
            "n": row["n"],
            "m": min(max((row["a"] + row["b"]) / 2, least + half), most - half),
            "y": _LANE * lines[number % 2],
        }
        for number, (row, half) in enumerate(zip(rows, halves, strict=True))
    ]


_AXIS: Final[Spec] = {
    "labelFont": _FONT,
    "titleFont": _FONT,
    "labelColor": _INK,
    "titleColor": _SOFT,
    "titleFontWeight": "normal",
    "domainColor": _INK,
    "tickColor": _INK,
    "gridColor": _LINE,
    "tickSize": 4,
}
_FRAME: Final[Spec] = {
    "$schema": _SCHEMA,
    "background": "white",
    "padding": 12,
    "config": {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": _AXIS,
        "text": {"font": _FONT, "fontSize": 11, "color": _SOFT, "align": "left"},
    },
}


def _heading(text: str) -> Spec:
    return {
        "text": text,
        "anchor": "start",
        "frame": "bounds",
        "font": _FONT,
        "fontSize": 12,
        "color": _INK,
    }


def _document(views: list[Spec], x: Spec, unit: str, description: str) -> Spec:
    for view in views:
        is_last = view is views[-1]
        axis = {"grid": True, "title": unit if is_last else None, "labels": is_last}
        for layer in view["layer"]:
            if "field" in layer["encoding"].get("x", {}):
                layer["encoding"]["x"] |= {"scale": x, "axis": axis}
    return {**_FRAME, "description": description, "spacing": 10, "vconcat": views}


def _view(
    title: str, height: int, domain: list[float], ticks: list[float], layers: list[Spec], unit: str
) -> Spec:
    axis = {"values": ticks, "title": unit or None, "minExtent": _LEFT, "maxExtent": _LEFT}
    for layer in layers:
        if "field" in layer["encoding"].get("y", {}):
            layer["encoding"]["y"] |= {"scale": {"domain": domain, "nice": False}, "axis": axis}
    return {"width": WIDTH, "height": height, "layer": layers, "title": _heading(title)}


def _layer(rows: list[Spec], mark: Spec, *, y2: bool = False) -> Spec:
    encoding: Spec = {
        "x": {"field": "t", "type": "quantitative"},
        "y": {"field": "v", "type": "quantitative"},
    }
    if y2:
        encoding["y2"] = {"field": "w"}
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _ends(names: Sequence[tuple[float, str, str]], top: float) -> list[Spec]:
    """Each line's name where it ends, pushed apart where they would touch."""
    above, placed = -_APART, []
    for value, text, color in sorted(names, reverse=True):
        above = max(above + _APART, (top - value) / top * _HEIGHT)
        placed.append((above, text, color))
    overshoot = max(0.0, above - _HEIGHT + _APART / 2)
    return [
        {
            "data": {"values": [{}]},
            "mark": {"type": "text", "baseline": "middle", "color": color},
            "encoding": {
                "x": {"value": WIDTH + 6},
                "y": {"value": round(y - overshoot, 1)},
                "text": {"value": text},
            },
        }
        for y, text, color in placed
    ]


def _lane(curves: Curves, per_unit: float) -> Spec:
    """The pump's rates as steps, and pushes as marks on the line."""
    first, last = float(curves.times_min[0]), float(curves.times_min[-1])
    runs = [
        {
            "t": max(run.start_min, first) / per_unit,
            "t2": min(run.end_min, last) / per_unit,
            "v": run.rate_mg_per_h,
            "w": 0,
        }
        for run in curves.history.segments
        if run.rate_mg_per_h and run.start_min < last and run.end_min > first
    ]
    given = [
        push for push in curves.history.boluses if push.dose_mg and first <= push.at_min <= last
    ]
    pushes: list[Spec] = [{"t": push.at_min / per_unit, "v": 0} for push in given]
    top, step = _round_step(max((run["v"] for run in runs), default=1.0))
    boxes = _layer(
        runs, {"type": "rect", "color": _RATE, "stroke": _INK, "strokeWidth": 0.6}, y2=True
    )
    boxes["encoding"]["x2"] = {"field": "t2"}
    darts = _layer(pushes, {"type": "point", "shape": "triangle-up", "filled": True, "size": 60})
    darts["mark"] |= {"color": _INK, "opacity": 1}
    named = _push_names(given, per_unit, WIDTH / max(last - first, 1e-9))
    words = _layer(named, {"type": "text", "dx": 9, "dy": -8})
    words["encoding"]["text"] = {"field": "n"}
    ticks = [0.0, top] if runs else []
    return _view("", _LANE, [0.0, top + step * 0.001], ticks, [boxes, darts, words], "")


def _push_names(given: Sequence[Bolus], per_unit: float, px_per_min: float) -> list[Spec]:
    """What each push gave, told together where their names would touch."""
    groups: list[list[Bolus]] = []
    free_from_px = -1.0
    for push in given:
        at_px = push.at_min * px_per_min
        if at_px < free_from_px:
            groups[-1].append(push)
        else:
            groups.append([push])
        named = groups[-1]
        free_from_px = named[0].at_min * px_per_min + len(_told(named)) * _LETTER_PX + _DART_PX
    return [{"t": group[0].at_min / per_unit, "v": 0, "n": _told(group)} for group in groups]


def _told(pushes: Sequence[Bolus]) -> str:
    total = f"{sum(push.dose_mg for push in pushes):g} mg"
    return total if len(pushes) == 1 else f"{len(pushes)} pushes, {total}"


def _round_step(most: float) -> tuple[float, float]:
    """A round top for an axis from 0, and the step of its ticks: about five of them."""
    power = 10.0 ** (len(f"{int(most)}") - 1) if most >= 1 else _below_one(most)
    for factor in (0.1, 0.2, 0.5, 1.0, 2.0):
        step = factor * power
        if most <= step * 6:
            break
    count = int(most / step) + (most % step > 0)
    return round(step * max(count, 1), 9), step


def _below_one(most: float) -> float:
    power = 1.0
    while most < power and power > 1e-9:
        power /= 10
    return power


def _rounded(rows: Sequence[Floats]) -> list[list[float]]:
    return [row.round(4).tolist() for row in rows]
