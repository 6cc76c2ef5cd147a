"""NEWS2, the National Early Warning Score, second edition."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.building import bands, rule
from ebbtide.science.instruments.definition import Instrument, Item, Option, Rights
from ebbtide.science.instruments.result import Answer, Answers, Score
from ebbtide.science.instruments.scoring import band_of
from ebbtide.science.vitals.reading import MEASURES

_SCALE: Final = "scale"
_SINGLE_RED: Final = 3
# Points for values up to and including each bound, then for anything above the last.
_Ladder = tuple[tuple[tuple[str, int], ...], int]
_LADDERS: Final[dict[str, _Ladder]] = {
    "resp": ((("8", 3), ("11", 1), ("20", 0), ("24", 2)), 3),
    "systolic": ((("90", 3), ("100", 2), ("110", 1), ("219", 0)), 3),
    "pulse": ((("40", 3), ("50", 1), ("90", 0), ("110", 1), ("130", 2)), 3),
    "temperature": ((("35.0", 3), ("36.0", 1), ("38.0", 0), ("39.0", 1)), 2),
}
_SPO2_SCALE_1: Final[_Ladder] = ((("91", 3), ("93", 2), ("95", 1)), 0)
_SPO2_SCALE_2_AIR: Final[_Ladder] = ((("83", 3), ("85", 2), ("87", 1)), 0)
_SPO2_SCALE_2_OXYGEN: Final[_Ladder] = (
    (("83", 3), ("85", 2), ("87", 1), ("92", 0), ("94", 1), ("96", 2)),
    3,
)


def _points(ladder: _Ladder, value: Decimal) -> int:
    steps, above = ladder
    return next((points for bound, points in steps if value <= Decimal(bound)), above)


def _saturation(answers: Answers, value: Decimal) -> int | None:
    """Points of the saturation; on scale 2 they depend on the oxygen given."""
    scale, oxygen = answers[_SCALE], answers["oxygen"]
    if scale is None or scale.code == "1":
        return _points(_SPO2_SCALE_1, value)
    if oxygen is None:
        return None
    ladder = _SPO2_SCALE_2_OXYGEN if oxygen.code == "oxygen" else _SPO2_SCALE_2_AIR
    return _points(ladder, value)


def _each(answers: Answers, link_id: str, answer: Answer | None) -> Fraction | None:
    if answer is None:
        return None
    if link_id == "spo2":
        points = _saturation(answers, answer.value)
        return None if points is None else Fraction(points)
    ladder = _LADDERS.get(link_id)
    return Fraction(answer.value if ladder is None else _points(ladder, answer.value))


def news2_points(answers: Answers, scored: Score) -> Score:
    """Points of each sign, their sum and the band; a sign not measured leaves no score.

    Source: rcp_news2 (charts 1 and 2)
    """
    points = {
        link_id: _each(answers, link_id, answer)
        for link_id, answer in answers.items()
        if link_id != _SCALE
    }
    known = [value for value in points.values() if value is not None]
    red = max(known, default=Fraction(0)) == _SINGLE_RED
    flags = ("red_parameter",) if red else ()
    subscales = MappingProxyType({**points, "greatest_single": max(known, default=None)})
    judged = replace(scored, flags=flags, subscales=subscales, findings=_advice(answers))
    left = [link_id for link_id, value in answers.items() if value is None and link_id != _SCALE]
    if left:
        return replace(
            judged, flags=(*flags, "incomplete"), findings=(*judged.findings, _incomplete(left))
        )
    total = sum(known, Fraction(0))
    band = band_of(NEWS2, total)
    if red and band == "low":
        band = "urgent review"
    return replace(judged, exact=total, band=band)


def _incomplete(left: Sequence[str]) -> Finding:
    message = f"NEWS2: no score, {', '.join(left)} not measured. A missing sign never counts 0."
    return Finding("score.incomplete", Severity.NOTICE, message, field=left[0], source="rcp_news2")


def _advice(answers: Answers) -> tuple[Finding, ...]:
    consciousness = answers["consciousness"]
    if consciousness is None or consciousness.code != "C":
        return ()
    message = (
        "NEWS2: dissociation under ketamine is not by itself new confusion; "
        "the nurse decides which of the two this is."
    )
    return (
        Finding(
            "score.confusion_or_dissociation",
            Severity.NOTICE,
            message,
            field="consciousness",
            source="clinic_practice",
        ),
    )


def _sign(link_id: str, field: str, step: str = "1") -> Item:
    measure = MEASURES[field]
    return Item(link_id=link_id, low=measure.low, high=measure.high, step=Decimal(step))


NEWS2: Final = Instrument(
    id="news2",
    title="NEWS2",
    version="2017",
    rights=Rights.PERMISSION,
    rights_note="The Royal College of Physicians allows reproduction with acknowledgement.",
    recall="one set of signs",
    items=(
        _sign("resp", "resp_per_min"),
        _sign("spo2", "spo2_percent"),
        Item(
            link_id="oxygen",
            options=(Option(Decimal(0), "air"), Option(Decimal(2), "oxygen", ("o2",))),
            is_coded=True,
        ),
        _sign("systolic", "systolic_mmhg"),
        _sign("pulse", "pulse_per_min"),
        Item(
            link_id="consciousness",
            options=(
                Option(Decimal(0), "A", ("alert",)),
                Option(Decimal(3), "C", ("confusion",)),
                Option(Decimal(3), "V", ("voice",)),
                Option(Decimal(3), "P", ("pain",)),
                Option(Decimal(3), "U", ("unresponsive",)),
            ),
            is_coded=True,
        ),
        _sign("temperature", "temperature_c", "0.1"),
        Item(
            link_id=_SCALE,
            options=(Option(Decimal(1), "1"), Option(Decimal(2), "2")),
            is_optional=True,
        ),
    ),
    low=0,
    high=20,
    scoring=rule(
        "Points of seven signs are added; saturation on scale 1, or on scale 2 where a prescriber "
        "set it for hypercapnic respiratory failure.",
        source="rcp_news2",
    ),
    missing=rule(
        "A sign not measured leaves no score. No scale given is scale 1.", source="rcp_news2"
    ),
    bands=bands((0, "routine"), (1, "low"), (5, "urgent"), (7, "emergency"), source="rcp_news2"),
    judge=news2_points,
)
