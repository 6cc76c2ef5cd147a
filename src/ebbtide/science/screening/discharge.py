"""Whether a patient may go home: the modified Aldrete score and the minimum discharge set."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly, shown
from ebbtide.science.vitals.baseline import Baseline, percent_over, rise_shown
from ebbtide.science.vitals.reading import MEASURES, Reading, value_of

_TOP: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Aldrete:
    """The modified Aldrete score, five items of 0 to 2.

    Attributes:
        activity: Movement of the limbs the patient has; see `activity_score`.
        respiration: 2 breathes deeply and coughs, 1 limited, 0 apnoeic.
        circulation: Pressure against baseline; see `circulation_score`.
        consciousness: 2 awake, 1 arousable, 0 neither.
        saturation: SpO2 and oxygen; see `saturation_score`.

    Source: aldrete1995
    """

    activity: int
    respiration: int
    circulation: int
    consciousness: int
    saturation: int

    def __post_init__(self) -> None:
        """Hold each item to the scale."""
        if any(item not in (0, 1, _TOP) for item in self.items):
            raise ValueError("each Aldrete item is 0, 1 or 2")

    @classmethod
    def of(cls, items: Sequence[int]) -> "Aldrete":
        """Build from five items in the order of the fields."""
        activity, respiration, circulation, consciousness, saturation = items
        return cls(
            activity=activity,
            respiration=respiration,
            circulation=circulation,
            consciousness=consciousness,
            saturation=saturation,
        )

    @property
    def items(self) -> tuple[int, ...]:
        """The five items in the order of the fields."""
        return (
            self.activity,
            self.respiration,
            self.circulation,
            self.consciousness,
            self.saturation,
        )

    @property
    def total(self) -> int:
        """0 to 10."""
        return sum(self.items)


def activity_score(*, limbs_moving: int, limbs_present: int) -> int:
    """Aldrete activity for the limbs a patient has.

    All limbs present move on command: 2; at least half of them: 1; fewer: 0. A
    residual limb that could be moved before the infusion counts as present.

    Raises:
        ValueError: No limb is present, so the item is scored from head and trunk
            by the nurse; or the counts do not fit.

    Source: aldrete1995, clinic_practice (amputee rule)
    """
    if not 1 <= limbs_present <= 4 or not 0 <= limbs_moving <= limbs_present:
        raise ValueError("from one to four limbs are present, and no more of them move")
    if limbs_moving == limbs_present:
        return _TOP
    return 1 if limbs_moving * 2 >= limbs_present else 0


def circulation_score(systolic_mmhg: int, *, baseline_mmhg: Decimal) -> int:
    """Aldrete circulation: systolic within 20% of baseline 2, within 50% 1, else 0.

    Source: aldrete1995
    """
    off = abs(percent_over(Decimal(systolic_mmhg), baseline_mmhg))
    if off <= 20:
        return _TOP
    return 1 if off <= 50 else 0


def saturation_score(spo2_percent: int, *, oxygen_l_per_min: Decimal) -> int:
    """Aldrete saturation: above 92% on air 2; above 90% 1; else 0.

    Source: aldrete1995
    """
    if spo2_percent > 92 and oxygen_l_per_min == 0:
        return _TOP
    return 1 if spo2_percent > 90 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """Who takes the patient home; None is not asked yet, and counts as no.

    Attributes:
        name: As given.
        is_adult: Of the age the protocol asks for.
        is_present: In the clinic, in person.
        is_driver_alone: Only a hired driver, nobody who stays.
    """

    name: str
    is_adult: bool | None = None
    is_present: bool | None = None
    is_driver_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeCheck:
    """What is known when the patient asks to go home; None is not recorded.

    Attributes:
        readings: Recovery sets, oldest first.
        aldrete: The newest score, item by item.
        minutes_from_start: Since the infusion began.
        minutes_from_end: Since it ended.
        cadss6: Newest CADSS-6 total.
        cadss6_before: CADSS-6 total before the infusion.
        answers: Discharge items answered: True is yes or does not apply.
        escort: Who takes the patient home.
    """

    readings: tuple[Reading, ...]
    aldrete: Aldrete | None
    minutes_from_start: Decimal | None
    minutes_from_end: Decimal | None
    cadss6: int | None
    cadss6_before: int | None
    answers: Mapping[str, bool]
    escort: Escort | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeLimits:
    """The minimum discharge set of a protocol.

    Attributes:
        min_aldrete: Least total; no item may be 0.
        max_rise_percent: Most that pressure may lie over baseline.
        systolic_below_mmhg: Systolic pressure must be less.
        diastolic_below_mmhg: Diastolic pressure must be less.
        max_spo2_drop: Most that SpO2 on air may lie under baseline, points.
        max_cadss6_rise: Most that CADSS-6 may lie over the score before the infusion.
        min_minutes_from_start: Shortest observation from the start.
        min_minutes_from_end: Shortest observation from the end.
        min_recovery_sets: Fewest sets of signs in recovery.
        alert_moaas: MOAA/S at which a patient is alert.
        alert_rass: RASS at which a patient is alert and calm.
        min_escort_years: Age from which an escort is an adult.
        overridable: Codes that a prescriber may override with a reason; all else blocks.
    """

    min_aldrete: int = 9
    max_rise_percent: Decimal = Decimal(20)
    systolic_below_mmhg: int = 160
    diastolic_below_mmhg: int = 100
    max_spo2_drop: Decimal = Decimal(2)
    max_cadss6_rise: int = 2
    min_minutes_from_start: Decimal = Decimal(120)
    min_minutes_from_end: Decimal = Decimal(30)
    min_recovery_sets: int = 2
    alert_moaas: int = 5
    alert_rass: int = 0
    min_escort_years: int = 18
    overridable: tuple[str, ...] = (
        "discharge.pressure",
        "discharge.observation",
        "discharge.no_baseline",
    )


def discharge_gate(
    check: DischargeCheck,
    *,
    baseline: Baseline,
    items: Sequence[str],
    limits: DischargeLimits,
) -> tuple[Finding, ...]:
    """Every reason to keep the patient; what was not recorded is a reason.

    Args:
        check: What is known now.
        baseline: Of this visit.
        items: Discharge items of the protocol that must be answered.
        limits: From the approved protocol; it says which reasons a prescriber may override.
    """
    findings = (
        *_aldrete(check.aldrete, limits),
        *_observed(check, limits),
        *_pressures(check.readings, baseline, limits),
        *_saturation(check.readings, baseline, limits),
        *_alertness(check.readings, limits),
        *_dissociation(check, limits),
        *_items(check.answers, items),
        *_escort(check.escort, limits),
    )
    return tuple(
        replace(finding, severity=Severity.OVERRIDE)
        if finding.code in limits.overridable
        else finding
        for finding in findings
    )


def _finding(reason: str, message: str, *, field: str, item: str) -> Finding:
    return Finding(
        f"discharge.{reason}", Severity.BLOCK, message, field=field, source=f"discharge.{item}"
    )


def _aldrete(score: Aldrete | None, limits: DischargeLimits) -> Iterator[Finding]:
    if score is None:
        message = "The Aldrete score was not taken item by item."
        yield _finding("aldrete_missing", message, field="aldrete", item="min_aldrete")
        return
    if score.total < limits.min_aldrete:
        message = f"Aldrete {score.total} of 10; {limits.min_aldrete} or more is needed."
        yield _finding("aldrete_low", message, field="aldrete", item="min_aldrete")
    if 0 in score.items:
        message = "An Aldrete item is 0; none may be."
        yield _finding("aldrete_zero", message, field="aldrete", item="min_aldrete")


def _observed(check: DischargeCheck, limits: DischargeLimits) -> Iterator[Finding]:
    spans = (
        (
            "start",
            check.minutes_from_start,
            limits.min_minutes_from_start,
            "min_minutes_from_start",
        ),
        ("end", check.minutes_from_end, limits.min_minutes_from_end, "min_minutes_from_end"),
    )
    for mark, minutes, least, item in spans:
        if minutes is None:
            message = f"The {mark} of the infusion is not recorded."
            yield _finding("observation_unknown", message, field="", item=item)
        elif minutes < least:
            # Whole minutes are counted down, so that 119.9 never reads as 120.
            message = f"{int(minutes)} min since the {mark}; {exactly(least)} min are needed."
            yield _finding("observation", message, field="", item=item)
    sets = len(check.readings)
    if sets < limits.min_recovery_sets:
        message = f"{sets} of {limits.min_recovery_sets} recovery sets are recorded."
        yield _finding("recovery_sets", message, field="", item="min_recovery_sets")


def _newest(readings: Sequence[Reading], field: str) -> Decimal | None:
    """The value in the newest set; an older one is not carried over."""
    return value_of(readings[-1], field) if readings else None


def _not_measured(field: str, item: str) -> Finding:
    message = f"{MEASURES[field].label} is not in the newest recovery set."
    reason = f"{field.split('_', maxsplit=1)[0]}_not_measured"
    return _finding(reason, message, field=field, item=item)


def _no_baseline(field: str, item: str) -> Finding:
    message = f"{MEASURES[field].label} has no baseline to compare with."
    return _finding("no_baseline", message, field=field, item=item)


def _pressures(
    readings: Sequence[Reading], baseline: Baseline, limits: DischargeLimits
) -> Iterator[Finding]:
    pressures = (
        ("systolic_mmhg", "systolic_below_mmhg", limits.systolic_below_mmhg),
        ("diastolic_mmhg", "diastolic_below_mmhg", limits.diastolic_below_mmhg),
    )
    most = limits.max_rise_percent
    for field, item, below in pressures:
        value = _newest(readings, field)
        if value is None:
            yield _not_measured(field, item)
            continue
        said = MEASURES[field].said(value)
        if value >= below:
            message = f"{said}; less than {below} mmHg is needed."
            yield _finding("pressure", message, field=field, item=item)
        usual: Decimal | None = getattr(baseline, field)
        if usual is None:
            yield _no_baseline(field, "max_rise_percent")
        elif percent_over(value, usual) > most:
            message = (
                f"{said} is {rise_shown(value, usual, limit_percent=most)} over baseline "
                f"({shown(usual, places=1)}); at most {exactly(most)}% is allowed."
            )
            yield _finding("pressure", message, field=field, item="max_rise_percent")


def _saturation(
    readings: Sequence[Reading], baseline: Baseline, limits: DischargeLimits
) -> Iterator[Finding]:
    field, item = "spo2_percent", "max_spo2_drop"
    value, oxygen = _newest(readings, field), _newest(readings, "oxygen_l_per_min")
    if value is None:
        yield _not_measured(field, item)
        return
    if oxygen:
        message = f"SpO₂ was read on {exactly(oxygen)} L/min of oxygen; it must hold on room air."
        yield _finding("on_oxygen", message, field="oxygen_l_per_min", item=item)
    if baseline.spo2_percent is None:
        yield _no_baseline(field, item)
    elif value < baseline.spo2_percent - limits.max_spo2_drop:
        message = (
            f"SpO₂ {exactly(value)}%; baseline {shown(baseline.spo2_percent, places=1)}% less "
            f"{exactly(limits.max_spo2_drop)} points is needed."
        )
        yield _finding("saturation", message, field=field, item=item)


def _alertness(readings: Sequence[Reading], limits: DischargeLimits) -> Iterator[Finding]:
    scores = (("moaas", limits.alert_moaas), ("rass", limits.alert_rass))
    if all(_newest(readings, field) is None for field, _ in scores):
        message = "Sedation (MOAA/S or RASS) is not in the newest recovery set."
        yield _finding("sedation_not_measured", message, field="moaas", item="alert_moaas")
    for field, alert in scores:
        value = _newest(readings, field)
        if value is not None and value != alert:
            message = f"{MEASURES[field].said(value)}; {alert} (alert) is needed."
            yield _finding("sedation", message, field=field, item=f"alert_{field}")


def _dissociation(check: DischargeCheck, limits: DischargeLimits) -> Iterator[Finding]:
    item = "max_cadss6_rise"
    if check.cadss6 is None:
        yield _finding("cadss6_missing", "CADSS-6 was not taken.", field="cadss6", item=item)
        return
    # A score this low is near any baseline, so a missing one does not matter.
    if check.cadss6 <= limits.max_cadss6_rise:
        return
    if check.cadss6_before is None:
        message = f"CADSS-6 is {check.cadss6} and was not taken before the infusion."
        yield _finding("no_baseline", message, field="cadss6", item=item)
    elif check.cadss6 > check.cadss6_before + limits.max_cadss6_rise:
        message = (
            f"CADSS-6 is {check.cadss6}, was {check.cadss6_before}; "
            f"at most {limits.max_cadss6_rise} more is near baseline."
        )
        yield _finding("cadss6", message, field="cadss6", item=item)


def _items(answers: Mapping[str, bool], items: Sequence[str]) -> Iterator[Finding]:
    for item in items:
        words = item.replace("_", " ")
        if item not in answers:
            message = f"Not answered: {words}."
            yield _finding(f"{item}_missing", message, field=item, item=item)
        elif not answers[item]:
            yield _finding(f"{item}_no", f"Answered no: {words}.", field=item, item=item)


def _escort(escort: Escort | None, limits: DischargeLimits) -> Iterator[Finding]:
    if escort is None or not escort.name.strip():
        message = "Name the responsible adult who takes the patient home."
        yield _finding("escort_missing", message, field="escort_name", item="min_escort_years")
    if escort is None:
        return
    needed = (
        (
            escort.is_adult is True,
            "escort_minor",
            f"The escort must be {limits.min_escort_years} or older.",
        ),
        (escort.is_present is True, "escort_absent", "The escort must be here in person."),
        (not escort.is_driver_alone, "escort_driver", "A hired driver alone is no escort."),
    )
    for is_met, reason, message in needed:
        if not is_met:
            yield _finding(reason, message, field="escort_name", item="min_escort_years")
