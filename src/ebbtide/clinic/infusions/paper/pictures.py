"""The plot of the record, with what it shows in words."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ebbtide.clinic.infusions.paper.desk import Desk
from ebbtide.clinic.infusions.paper.drawing import drawings
from ebbtide.clinic.infusions.paper.layout import Picture
from ebbtide.clinic.infusions.paper.panels import Limit
from ebbtide.clinic.infusions.paper.plot import LevelCurve, Shown
from ebbtide.clinic.infusions.paper.wording import amount, number
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.screening.thresholds import Thresholds

_PANELS: Final = {
    "spo2_percent": "spo2",
    "pulse_per_min": "pulse",
    "systolic_mmhg": "pressure",
}
_HOW_TO_READ: Final = (
    "Monitor lines are broken wherever there was no value for more than 10 s. White dots were "
    "typed. Upright lines: start and stop. Dotted: the protocol's limits, for pressure the upper "
    "systolic ones; its lower limits and its rise over baseline are not drawn."
)


def pictures(desk: Desk, shown: Shown | None) -> tuple[Picture, ...]:
    """Draw what there is to draw."""
    if shown is None:
        return ()
    offset = shown.start.astimezone(desk.visit.site.zone).utcoffset() or timedelta()
    specs = drawings(shown, offset=offset, limits=limits_of(desk.protocol))
    return tuple(Picture(json.dumps(spec, sort_keys=True), _alt(desk, shown)) for spec in specs)


def limits_of(protocol: Protocol) -> tuple[Limit, ...]:
    """The in-session limits of a protocol that have a panel to stand in."""
    return tuple(
        limit
        for thresholds in protocol.bands.thresholds
        if thresholds.field in _PANELS
        for limit in _limits(thresholds)
    )


def _limits(thresholds: Thresholds) -> list[Limit]:
    panel = _PANELS[thresholds.field]
    upper = ((thresholds.caution_from, "amber ≥"), (thresholds.danger_from, "red ≥"))
    lower = ((thresholds.danger_below, "red <"), (thresholds.caution_below, "amber <"))
    # A line at the lower systolic limits would run through the diastolic ends of the bars.
    steps = upper if panel == "pressure" else (*lower, *upper)
    return [
        Limit(panel, float(value), f"{words} {number(value)}")
        for value, words in steps
        if value is not None
    ]


def picture_notes(desk: Desk, shown: Shown | None) -> tuple[str, ...]:
    """How to read the plot, or why there is none."""
    if shown is None:
        return ("No plot: nothing was measured and no drug was given.",)
    notes = [_HOW_TO_READ]
    if desk.until > shown.end:
        notes.append(f"The plot ends at {desk.time(shown.end)}, 24 h after check-in.")
    if shown.level:
        notes.append(_level_note(desk, shown.level))
    elif desk.state.started_at:
        notes.append("No level is drawn: the model needs a weight between 30 and 200 kg.")
    return tuple(notes)


def _level_note(desk: Desk, curve: LevelCurve) -> str:
    peak = max(curve.effect)
    at = curve.times[curve.effect.index(peak)]
    return (
        "Level: a typical patient of this weight by the model of Kamp 2020, arterial, racemic "
        "ketamine; effect site with a half-life of 6.1 min behind plasma. Band: effect site in 9 "
        f"of 10 virtual patients. Highest typical effect-site level {amount(peak, 'ng/mL', 0)} at "
        f"{desk.time(at)}. Earlier infusions are not counted. A picture, never an instruction."
    )


def _alt(desk: Desk, shown: Shown) -> str:
    systolic = [cuff.systolic for cuff in shown.cuffs]
    return (
        f"Vital signs, ketamine level and pump rate on one clock from "
        f"{desk.time(shown.start)} to {desk.time(shown.end)}. "
        f"SpO2 {_span(shown.spo2.values, '%')}; pulse {_span(shown.pulse.values, '/min')}; "
        f"systolic pressure {_span(systolic, 'mmHg')}. The tables give the figures."
    )


def _span(values: Sequence[float], unit: str) -> str:
    return f"{number(min(values), 0)} to {amount(max(values), unit, 0)}" if values else "none"
