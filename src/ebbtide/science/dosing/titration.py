"""How a dose may follow the last one, and what each indication was treated with."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import KG_PER_LB, exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """The doses one indication was treated with.

    Attributes:
        name: As an order names it.
        start_mg_per_kg: Usual first dose, lowest and highest.
        range_mg_per_kg: Doses in use, lowest and highest.
        range_minutes: Times in use, shortest and longest; None where only 40 min was used.
        source: Bibliography key.
    """

    name: str
    start_mg_per_kg: tuple[Decimal, Decimal]
    range_mg_per_kg: tuple[Decimal, Decimal]
    range_minutes: tuple[Decimal, Decimal] | None
    source: str


def _pair(low: str, high: str) -> tuple[Decimal, Decimal]:
    return Decimal(low), Decimal(high)


def _indication(
    start: tuple[Decimal, Decimal],
    doses: tuple[Decimal, Decimal],
    minutes: tuple[Decimal, Decimal] | None,
    *,
    name: str,
    key: str,
) -> Indication:
    return Indication(
        name=name,
        start_mg_per_kg=start,
        range_mg_per_kg=doses,
        range_minutes=minutes,
        source=key,
    )


_HALF: Final = _pair("0.5", "0.5")
INDICATIONS: Final = {
    each.name: each
    for each in (
        _indication(
            _HALF, _pair("0.1", "1.0"), _pair("2", "100"), name="depression", key="mgh_series"
        ),
        _indication(_HALF, _pair("0.2", "0.5"), None, name="suicidality", key="clinic_practice"),
        _indication(_HALF, _pair("0.2", "0.5"), None, name="ptsd", key="clinic_practice"),
        _indication(
            _pair("0.25", "0.5"),
            _pair("0.25", "1.0"),
            None,
            name="anxiety",
            key="clinic_practice",
        ),
        _indication(
            _pair("0.4", "0.5"),
            _pair("0.38", "0.5"),
            _pair("45", "60"),
            name="phantom-limb-pain",
            key="nikolajsen1996",
        ),
        # By the hour: 0.35 mg/kg/h for 2 to 4 h.
        _indication(
            _pair("0.7", "1.4"),
            _pair("0.7", "1.4"),
            _pair("120", "240"),
            name="neuropathic-pain",
            key="cohen2018",
        ),
    )
}
"""Ranges by indication; a clinic's medical director sets what holds."""


def check_indication(
    mg_per_kg: Decimal, *, minutes: Decimal, indication: str
) -> tuple[Finding, ...]:
    """Ask for a reason where a dose or time is outside what an indication was treated with.

    An order that names no indication, an empty text, is not held to any.

    Raises:
        ValueError: The indication is not in the list.

    Source: clinic_practice
    """
    if not indication:
        return ()
    if indication not in INDICATIONS:
        raise ValueError(
            f"indication must be one of {', '.join(sorted(INDICATIONS))}, not {indication!r}"
        )
    known = INDICATIONS[indication]
    return (
        *_outside(mg_per_kg, "mg_per_kg", "mg/kg", known.range_mg_per_kg, known),
        *(
            _outside(minutes, "minutes", "min", known.range_minutes, known)
            if known.range_minutes
            else ()
        ),
    )


def _outside(
    value: Decimal, field: str, unit: str, limits: tuple[Decimal, Decimal], known: Indication
) -> Iterator[Finding]:
    low, high = limits
    if low <= value <= high:
        return
    message = (
        f"{exactly(value)} {unit} is outside the {exactly(low)} to {exactly(high)} {unit} that "
        f"{known.name.replace('-', ' ')} is treated with; it needs a reason."
    )
    yield Finding(
        f"dose.unusual_{'time' if field == 'minutes' else 'amount'}",
        Severity.OVERRIDE,
        message,
        field=field,
        source=known.source,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVisit:
    """What the next dose is stepped from.

    Attributes:
        mg_per_kg: Dose given.
        visits_at_dose: Visits at that dose so far.
        was_steady: Nothing amber or red was seen in it.
        response_percent: Improvement since before the first infusion; None if not measured.
    """

    mg_per_kg: Decimal
    visits_at_dose: int = 1
    was_steady: bool = True
    response_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot have been a visit."""
        if self.mg_per_kg <= 0 or self.visits_at_dose < 1:
            raise ValueError("mg_per_kg must be above 0 and visits_at_dose at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """How far a dose may rise from one visit to the next.

    Attributes:
        step_mg_per_kg: Largest rise.
        step_percent: The same as a share; the larger of both holds.
        leap_from_mg_per_kg: From this dose a larger step is known to help.
        leap_to_mg_per_kg: Where that step leads.
        leap_after_visits: Visits at the lower dose before it.
        leap_below_response_percent: Response below which it is made.
        slip_factor: A change by this factor or more is a slip of the decimal point.

    Source: clinic_practice (steps), mgh_series (the larger step)
    """

    step_mg_per_kg: Decimal = Decimal("0.1")
    step_percent: Decimal = Decimal(25)
    leap_from_mg_per_kg: Decimal = Decimal("0.5")
    leap_to_mg_per_kg: Decimal = Decimal("0.75")
    leap_after_visits: int = 3
    leap_below_response_percent: Decimal = Decimal(50)
    slip_factor: Decimal = Decimal(10)


USUAL_STEPS: Final = StepRule()


def highest_next_dose(last: LastVisit, *, rule: StepRule = USUAL_STEPS) -> Decimal:
    """The highest mg/kg that needs no reason at the next visit.

    Source: clinic_practice (one step a visit, none after amber or red)
    """
    if not last.was_steady:
        return last.mg_per_kg
    if (
        last.mg_per_kg == rule.leap_from_mg_per_kg
        and last.visits_at_dose >= rule.leap_after_visits
        and last.response_percent is not None
        and last.response_percent < rule.leap_below_response_percent
    ):
        return rule.leap_to_mg_per_kg
    return max(
        last.mg_per_kg + rule.step_mg_per_kg,
        last.mg_per_kg * (100 + rule.step_percent) / 100,
    )


def check_step(
    mg_per_kg: Decimal, *, last: LastVisit, rule: StepRule = USUAL_STEPS
) -> tuple[Finding, ...]:
    """Every reason against a dose that follows the last one.

    A lower dose needs none, unless it is the last one by the pound instead of the kilogram.

    Source: clinic_practice
    """
    typed = f"{exactly(mg_per_kg)} mg/kg against {exactly(last.mg_per_kg)} mg/kg last time"
    if not last.mg_per_kg < mg_per_kg * rule.slip_factor < last.mg_per_kg * rule.slip_factor**2:
        message = f"{typed}; is the decimal point right?"
        return (_step("slip", Severity.BLOCK, message),)
    by_lb = last.mg_per_kg * KG_PER_LB
    if abs(mg_per_kg - by_lb) * 100 <= by_lb:
        message = f"{typed} looks like mg per pound; it needs a reason."
        return (_step("pounds", Severity.OVERRIDE, message),)
    most = highest_next_dose(last, rule=rule)
    if mg_per_kg <= most:
        return ()
    why = "" if last.was_steady else " after an amber or red reading"
    message = f"{typed}; above {exactly(most)} mg/kg{why} it needs a reason."
    return (_step("steep", Severity.OVERRIDE, message),)


def _step(reason: str, severity: Severity, message: str) -> Finding:
    return Finding(f"step.{reason}", severity, message, field="mg_per_kg", source="clinic_practice")
