"""The start gate: whether today's signs let an infusion begin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.thresholds import Step, Thresholds, thresholds
from ebbtide.science.units import exactly, shown
from ebbtide.science.vitals.baseline import Baseline, percent_over, rise_shown
from ebbtide.science.vitals.reading import SEDATION_FIELDS, Reading, Symptom, value_of


class GateLevel(StrEnum):
    """What the gate says, best first."""

    START = "start"
    RECHECK = "recheck"
    INCOMPLETE = "incomplete"
    HOLD = "hold"


def _pressure_limits(
    systolic: tuple[str | None, str], diastolic: tuple[str | None, str]
) -> tuple[Thresholds, Thresholds]:
    """Pressure limits from (recheck from, hold from); low pressures are held in every preset."""
    return (
        thresholds(
            "systolic_mmhg",
            danger_below="80",
            caution_below="90",
            caution_from=systolic[0],
            danger_from=systolic[1],
        ),
        thresholds(
            "diastolic_mmhg",
            danger_below="40",
            caution_below="50",
            caution_from=diastolic[0],
            danger_from=diastolic[1],
        ),
    )


_OTHER_LIMITS: Final = (
    thresholds(
        "pulse_per_min",
        danger_below="45",
        caution_below="50",
        caution_from="101",
        danger_from="111",
    ),
    thresholds("spo2_percent", danger_below="92", caution_below="95"),
    thresholds(
        "resp_per_min", danger_below="8", caution_below="10", caution_from="21", danger_from="25"
    ),
    thresholds("temperature_c", caution_from="38.0", danger_from="38.5"),
    thresholds("moaas", danger_below="5"),
    thresholds("rass", danger_below="-1", caution_below="0", caution_from="1", danger_from="2"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """The start gate of a protocol: caution is RECHECK, danger is HOLD.

    Attributes:
        thresholds: Limits per sign; every sign listed must have been measured.
        rechecks: How many rechecks a sign may take.
        min_rest_minutes: Shortest rest before a recheck.
        max_rest_minutes: Longest rest before a recheck.
        max_rise_percent: Rise over the patient's usual pressure that asks for a
            recheck; None where the preset does not use it.
        hold_symptoms: What forbids a start whatever the numbers say.
    """

    thresholds: tuple[Thresholds, ...] = (
        *_pressure_limits(("141", "160"), ("91", "100")),
        *_OTHER_LIMITS,
    )
    rechecks: int = 2
    min_rest_minutes: int = 5
    max_rest_minutes: int = 10
    max_rise_percent: Decimal | None = None
    hold_symptoms: tuple[Symptom, ...] = (
        Symptom.CHEST_PAIN,
        Symptom.SEVERE_HEADACHE,
        Symptom.NEUROLOGICAL_DEFICIT,
        Symptom.VISUAL_DEFICIT,
        Symptom.NEW_ARRHYTHMIA,
        Symptom.APNOEA,
        Symptom.LARYNGOSPASM,
        Symptom.SEIZURE,
        Symptom.ANAPHYLAXIS,
        Symptom.ASKS_TO_STOP,
    )

    def __post_init__(self) -> None:
        """Refuse a sign with two sets of limits."""
        names = [limit.field for limit in self.thresholds]
        if len(set(names)) < len(names):
            raise ValueError("a sign has two sets of gate limits")


_STANDARD: Final = GateLimits()


def _with_pressures(
    systolic: tuple[str | None, str], diastolic: tuple[str | None, str]
) -> GateLimits:
    limits = (*_pressure_limits(systolic, diastolic), *_OTHER_LIMITS)
    return replace(_STANDARD, thresholds=limits)


# Start limits in use, to choose from when a protocol is drawn up.
GATE_PRESETS: Final[Mapping[str, GateLimits]] = MappingProxyType(
    {
        "standard": _STANDARD,
        "strict-140-90": _with_pressures((None, "141"), (None, "91")),
        "150-90": _with_pressures(("151", "160"), ("91", "100")),
        "160-100-approved": _with_pressures(("141", "161"), ("91", "101")),
        "rise-20": replace(_STANDARD, max_rise_percent=Decimal(20)),
        "rise-25": replace(_STANDARD, max_rise_percent=Decimal(25)),
    }
)


def start_gate(
    readings: Sequence[Reading], *, limits: GateLimits, usual: Baseline | None = None
) -> tuple[Finding, ...]:
    """Every reason not to start, or not yet.

    The newest value of each sign decides. RECHECK is an OVERRIDE: measure again, or
    the prescriber signs off. HOLD is a BLOCK, and so is a sign that was not measured;
    MOAA/S or RASS is enough for sedation. An earlier HOLD value that has since
    settled still needs the prescriber.

    Args:
        readings: Today's sets before the start, oldest first.
        limits: From the approved protocol.
        usual: The patient's usual clinic pressure, for presets by percent.
    """
    findings: list[Finding] = []
    for limit in limits.thresholds:
        values = [
            value for reading in readings if (value := value_of(reading, limit.field)) is not None
        ]
        if values:
            findings += _judge(limit, values, limits)
        elif limit.field not in SEDATION_FIELDS:
            findings.append(_not_measured(limit.field, limit.short, limit.measure.label))
    findings += _sedation(readings, limits)
    findings += _rise(readings, limits, usual)
    findings += _breathing_oxygen(readings)
    findings += _symptoms(readings, limits)
    return tuple(findings)


def gate_level(findings: Sequence[Finding]) -> GateLevel:
    """Sum the gate's findings up in one word."""
    blocking = {finding.code for finding in findings if finding.severity is Severity.BLOCK}
    if any(not code.endswith(_NOT_MEASURED) for code in blocking):
        return GateLevel.HOLD
    if blocking:
        return GateLevel.INCOMPLETE
    if any(finding.severity is Severity.OVERRIDE for finding in findings):
        return GateLevel.RECHECK
    return GateLevel.START


_NOT_MEASURED: Final = "_not_measured"


def _sedation(readings: Sequence[Reading], limits: GateLimits) -> Iterator[Finding]:
    asked = [limit.field for limit in limits.thresholds if limit.field in SEDATION_FIELDS]
    if asked and all(_newest(readings, field) is None for field in asked):
        yield _not_measured(asked[0], "sedation", "Sedation (MOAA/S or RASS)")


def _finding(limit: Thresholds, reason: str, severity: Severity, message: str) -> Finding:
    return Finding(
        f"gate.{limit.short}{reason}",
        severity,
        message,
        field=limit.field,
        source=f"gate.{limit.field}",
    )


def _not_measured(field: str, short: str, name: str) -> Finding:
    return Finding(
        f"gate.{short}{_NOT_MEASURED}",
        Severity.BLOCK,
        f"{name} was not measured.",
        field=field,
        source=f"gate.{field}",
    )


def _judge(limit: Thresholds, values: list[Decimal], limits: GateLimits) -> Iterator[Finding]:
    said = limit.measure.said
    newest = limit.breach(values[-1])
    if newest and newest.step is Step.DANGER:
        message = f"{said(values[-1])}: hold today ({newest.bound})."
        yield _finding(limit, "_hold", Severity.BLOCK, message)
        return
    if newest:
        done = min(len(values) - 1, limits.rechecks)
        message = (
            f"{said(values[-1])} ({newest.bound}): recheck after {limits.min_rest_minutes} to "
            f"{limits.max_rest_minutes} min of rest ({done} of {limits.rechecks} rechecks done), "
            "or the prescriber signs off."
        )
        yield _finding(limit, "_recheck", Severity.OVERRIDE, message)
    for value in values[:-1]:
        earlier = limit.breach(value)
        if earlier and earlier.step is Step.DANGER:
            message = f"{said(value)} earlier today ({earlier.bound}): the prescriber signs off."
            yield _finding(limit, "_earlier_hold", Severity.OVERRIDE, message)
            return


def _rise(
    readings: Sequence[Reading], limits: GateLimits, usual: Baseline | None
) -> Iterator[Finding]:
    most = limits.max_rise_percent
    if most is None:
        return
    for limit in limits.thresholds:
        if limit.field not in ("systolic_mmhg", "diastolic_mmhg"):
            continue
        known = None if usual is None else getattr(usual, limit.field)
        if known is None:
            message = (
                f"The usual {limit.measure.label.lower()} is not on file; the prescriber signs off."
            )
            yield _finding(limit, "_usual_unknown", Severity.OVERRIDE, message)
            continue
        value = _newest(readings, limit.field)
        if value is not None and percent_over(value, known) > most:
            message = (
                f"{limit.measure.said(value)} is {rise_shown(value, known, limit_percent=most)} "
                f"over the usual {shown(known, places=1)}; over {exactly(most)}%: recheck after "
                "rest, or the prescriber signs off."
            )
            finding = _finding(limit, "_rise", Severity.OVERRIDE, message)
            yield replace(finding, source="gate.max_rise_percent")


def _newest(readings: Sequence[Reading], field: str) -> Decimal | None:
    values = [value_of(reading, field) for reading in readings]
    return next((value for value in reversed(values) if value is not None), None)


def _breathing_oxygen(readings: Sequence[Reading]) -> Iterator[Finding]:
    with_spo2 = [reading for reading in readings if reading.spo2_percent is not None]
    if with_spo2 and with_spo2[-1].oxygen_l_per_min:
        message = (
            f"SpO₂ was read on {exactly(with_spo2[-1].oxygen_l_per_min)} L/min of oxygen; "
            "the gate asks for room air. Measure again, or the prescriber signs off."
        )
        yield Finding(
            "gate.spo2_on_oxygen",
            Severity.OVERRIDE,
            message,
            field="oxygen_l_per_min",
            source="gate.spo2_percent",
        )


def _symptoms(readings: Sequence[Reading], limits: GateLimits) -> Iterator[Finding]:
    for symptom in readings[-1].symptoms if readings else ():
        if symptom in limits.hold_symptoms:
            message = f"{symptom.label}: hold today and call the prescriber."
            yield Finding(
                f"gate.{symptom}",
                Severity.BLOCK,
                message,
                field="symptoms",
                source="gate.hold_symptoms",
            )
