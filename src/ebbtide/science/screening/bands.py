"""In-session bands: green, amber or red for one reading, and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.thresholds import Breach, Step, Thresholds, thresholds
from ebbtide.science.units import exactly, shown
from ebbtide.science.vitals.baseline import Baseline, percent_over, rise_shown
from ebbtide.science.vitals.reading import (
    MEASURES,
    SEDATION_FIELDS,
    Reading,
    Symptom,
    value_of,
)


class BandLevel(StrEnum):
    """What one reading says, best first; INCOMPLETE is nothing bad seen, but not all seen."""

    GREEN = "green"
    INCOMPLETE = "incomplete"
    AMBER = "amber"
    RED = "red"


_LIMITS: Final = (
    thresholds(
        "systolic_mmhg",
        danger_below="80",
        caution_below="90",
        caution_from="160",
        danger_from="180",
    ),
    thresholds(
        "diastolic_mmhg",
        danger_below="40",
        caution_below="50",
        caution_from="100",
        danger_from="110",
    ),
    thresholds(
        "pulse_per_min",
        danger_below="45",
        caution_below="50",
        caution_from="111",
        danger_from="130",
    ),
    thresholds("spo2_percent", danger_below="90", caution_below="95"),
    thresholds(
        "resp_per_min", danger_below="8", caution_below="10", caution_from="21", danger_from="31"
    ),
    thresholds("moaas", danger_below="3", caution_below="4"),
    thresholds("rass", danger_below="-2", caution_below="-1", caution_from="2", danger_from="3"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandLimits:
    """The in-session bands of a protocol: caution is AMBER, danger is RED.

    Attributes:
        thresholds: Limits per sign.
        max_rise_percent: Rise of systolic or diastolic pressure over baseline; more is AMBER.
        spo2_red_below_on_oxygen: RED for less than this while oxygen is given.
        required: Signs without which a reading is not GREEN; sedation is either score.
        confirm_amber: High values of these need a second reading before the dose is slowed.
        confirm_red: High values of these, without symptoms, need a second reading
            before the infusion is stopped for good.
        amber_symptoms: AMBER whatever the numbers say.
        red_symptoms: RED whatever the numbers say.
        green_action: What to do.
        amber_repeat_action: What to do on an unconfirmed AMBER.
        amber_action: What to do on AMBER.
        red_repeat_action: What to do on an unconfirmed RED.
        red_action: What to do on RED.
    """

    thresholds: tuple[Thresholds, ...] = _LIMITS
    max_rise_percent: Decimal = Decimal(20)
    spo2_red_below_on_oxygen: Decimal = Decimal(92)
    required: tuple[str, ...] = (
        "systolic_mmhg",
        "diastolic_mmhg",
        "pulse_per_min",
        "spo2_percent",
        "moaas",
    )
    confirm_amber: tuple[str, ...] = ("systolic_mmhg", "diastolic_mmhg")
    confirm_red: tuple[str, ...] = ("systolic_mmhg", "diastolic_mmhg", "pulse_per_min")
    amber_symptoms: tuple[Symptom, ...] = (Symptom.MARKED_DISTRESS, Symptom.VOMITING)
    red_symptoms: tuple[Symptom, ...] = (
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
    green_action: str = "Continue."
    amber_repeat_action: str = "Repeat in 3 to 5 min; act if it stays."
    amber_action: str = (
        "Tell the prescriber. Slow by 25 to 50% or hold. Oxygen 2 L/min, antiemetic or calming "
        "as it calls for. Recheck every 3 to 5 min."
    )
    red_repeat_action: str = (
        "Hold, check the cuff or probe, repeat in 1 to 2 min; stop if it stays."
    )
    red_action: str = (
        "Stop the pump. Keep the line. Call the prescriber or EMS. Fetch the rescue set."
    )

    def __post_init__(self) -> None:
        """Refuse a sign with two sets of limits and unknown signs."""
        names = [limit.field for limit in self.thresholds]
        if len(set(names)) < len(names):
            raise ValueError("a sign has two sets of band limits")
        for field in (*self.required, *self.confirm_amber, *self.confirm_red):
            if field not in MEASURES:
                raise ValueError(f"{field} is not a sign of a reading")


# Bands in use, to choose from when a protocol is drawn up; 20 and 25% over baseline.
BAND_PRESETS: Final[Mapping[str, BandLimits]] = MappingProxyType(
    {"standard": BandLimits(), "rise-25": BandLimits(max_rise_percent=Decimal(25))}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BandJudgement:
    """What a reading says.

    Attributes:
        level: The worst sign sets it.
        reasons: Every sign outside green (AMBER is OVERRIDE, RED is BLOCK: what they
            do to going on), then every required sign not measured (NOTICE).
        action: What the protocol tells the nurse to do.
        is_confirmed: False while the level rests on values to be repeated first.
    """

    level: BandLevel
    reasons: tuple[Finding, ...]
    action: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign outside green."""

    step: Step
    finding: Finding
    is_confirmed: bool


def judge_reading(
    reading: Reading,
    *,
    baseline: Baseline,
    limits: BandLimits,
    previous: Reading | None = None,
) -> BandJudgement:
    """Judge one in-session reading; a sign that was not measured is never taken for normal.

    Args:
        reading: The set to judge.
        baseline: Of this visit.
        limits: From the approved protocol.
        previous: The reading before it, minutes earlier; a high pressure or pulse that
            was there already counts as confirmed. None is no earlier reading.
    """
    signs = (*_values(reading, previous, baseline, limits), *_symptoms(reading, limits))
    missing = tuple(_missing(reading, limits))
    level = _level(signs, missing)
    worst = [sign for sign in signs if sign.step is _STEPS.get(level)]
    is_confirmed = not worst or any(sign.is_confirmed for sign in worst)
    ranked = sorted(signs, key=lambda sign: -sign.step)
    return BandJudgement(
        level=level,
        reasons=(*(sign.finding for sign in ranked), *missing, *_no_baseline(reading, baseline)),
        action=_action(level, signs, limits, is_confirmed=is_confirmed),
        is_confirmed=is_confirmed,
    )


_STEPS: Final = {BandLevel.AMBER: Step.CAUTION, BandLevel.RED: Step.DANGER}


def _level(signs: tuple[_Sign, ...], missing: tuple[Finding, ...]) -> BandLevel:
    worst = max((sign.step for sign in signs), default=Step.NORMAL)
    if worst is Step.DANGER:
        return BandLevel.RED
    if worst is Step.CAUTION:
        return BandLevel.AMBER
    return BandLevel.INCOMPLETE if missing else BandLevel.GREEN


def _action(
    level: BandLevel, signs: tuple[_Sign, ...], limits: BandLimits, *, is_confirmed: bool
) -> str:
    if level is BandLevel.RED and is_confirmed:
        return limits.red_action
    if level is BandLevel.RED:
        has_amber = any(sign.step is Step.CAUTION and sign.is_confirmed for sign in signs)
        return (
            f"{limits.red_repeat_action} {limits.amber_action}"
            if has_amber
            else limits.red_repeat_action
        )
    if level is BandLevel.AMBER:
        return limits.amber_action if is_confirmed else limits.amber_repeat_action
    if level is BandLevel.INCOMPLETE:
        return "Measure what is missing."
    return limits.green_action


def _finding(step: Step, code: str, message: str, *, field: str, item: str) -> Finding:
    severity = Severity.BLOCK if step is Step.DANGER else Severity.OVERRIDE
    return Finding(f"band.{code}", severity, message, field=field, source=f"band.{item}")


def _values(
    reading: Reading, previous: Reading | None, baseline: Baseline, limits: BandLimits
) -> Iterator[_Sign]:
    for limit in limits.thresholds:
        value = value_of(reading, limit.field)
        if value is None:
            continue
        breach = _worst_breach(reading, limit, value, limits)
        rise = _rise(limit.field, value, baseline, limits)
        step = breach.step if breach else Step.NORMAL
        if not breach and rise is None:
            continue
        is_confirmed = _is_confirmed(reading, previous, limit, breach, baseline, limits)
        if breach:
            word = "red" if step is Step.DANGER else "amber"
            message = f"{limit.measure.said(value)} ({breach.bound} is {word})."
            code = f"{limit.short}_{'high' if breach.is_high else 'low'}"
            finding = _finding(step, code, message, field=limit.field, item=limit.field)
            yield _Sign(step, finding, is_confirmed)
        if rise is not None:
            yield _Sign(Step.CAUTION, rise, is_confirmed)


def _worst_breach(
    reading: Reading, limit: Thresholds, value: Decimal, limits: BandLimits
) -> Breach | None:
    on_oxygen = limit.field == "spo2_percent" and bool(reading.oxygen_l_per_min)
    least = limits.spo2_red_below_on_oxygen
    if on_oxygen and value < least:
        return Breach(Step.DANGER, is_high=False, bound=f"below {exactly(least)}% on oxygen")
    return limit.breach(value)


def _rise(field: str, value: Decimal, baseline: Baseline, limits: BandLimits) -> Finding | None:
    if field not in _PRESSURES:
        return None
    usual: Decimal | None = getattr(baseline, field)
    if usual is None or percent_over(value, usual) <= limits.max_rise_percent:
        return None
    most = limits.max_rise_percent
    message = (
        f"{MEASURES[field].said(value)} is {rise_shown(value, usual, limit_percent=most)} over "
        f"baseline ({shown(usual, places=1)}); over {exactly(most)}% is amber."
    )
    code = f"{field.split('_', maxsplit=1)[0]}_rise"
    return _finding(Step.CAUTION, code, message, field=field, item="max_rise_percent")


_PRESSURES: Final = ("systolic_mmhg", "diastolic_mmhg")


def _is_confirmed(
    reading: Reading,
    previous: Reading | None,
    limit: Thresholds,
    breach: Breach | None,
    baseline: Baseline,
    limits: BandLimits,
) -> bool:
    """Whether a sign may be acted on without a second look."""
    step = breach.step if breach else Step.CAUTION
    if breach and not breach.is_high:
        return True
    to_confirm = limits.confirm_red if step is Step.DANGER else limits.confirm_amber
    if limit.field not in to_confirm or reading.symptoms:
        return True
    before = None if previous is None else value_of(previous, limit.field)
    if before is None:
        return False
    earlier = limit.breach(before)
    if earlier and earlier.is_high and earlier.step >= step:
        return True
    return step is Step.CAUTION and _rise(limit.field, before, baseline, limits) is not None


def _symptoms(reading: Reading, limits: BandLimits) -> Iterator[_Sign]:
    for symptom in reading.symptoms:
        if symptom in limits.red_symptoms:
            step, word, item = Step.DANGER, "red", "red_symptoms"
        elif symptom in limits.amber_symptoms:
            step, word, item = Step.CAUTION, "amber", "amber_symptoms"
        else:
            continue
        message = f"{symptom.label} is {word}."
        finding = _finding(step, symptom, message, field="symptoms", item=item)
        yield _Sign(step, finding, is_confirmed=True)


def _missing(reading: Reading, limits: BandLimits) -> Iterator[Finding]:
    for field in limits.required:
        alternatives = SEDATION_FIELDS if field in SEDATION_FIELDS else (field,)
        if all(value_of(reading, each) is None for each in alternatives):
            is_sedation = field in SEDATION_FIELDS
            name = "Sedation" if is_sedation else MEASURES[field].label
            code = "sedation" if is_sedation else field.split("_", maxsplit=1)[0]
            yield Finding(
                f"band.{code}_not_measured",
                Severity.NOTICE,
                f"{name} was not measured.",
                field=field,
                source="band.required",
            )


def _no_baseline(reading: Reading, baseline: Baseline) -> Iterator[Finding]:
    if reading.systolic_mmhg is not None and baseline.systolic_mmhg is None:
        yield Finding(
            "band.no_baseline",
            Severity.NOTICE,
            "No baseline pressure: a rise cannot be judged.",
            field="systolic_mmhg",
            source="band.max_rise_percent",
        )
