"""Whether a pump may be set to a rate now, and whether a bolus may be given."""

from collections.abc import Iterator
from decimal import Decimal

from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.setting import Pump, check_setting, check_speed
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly, shown, shown_beside


def check_rate(
    rate_ml_per_h: Decimal,
    *,
    pump: Pump,
    final_mg_per_ml: Decimal,
    weight_kg: Decimal,
    limits: DoseLimits,
    current_rate_ml_per_h: Decimal | None = None,
) -> tuple[Finding, ...]:
    """Every reason against a rate.

    A decrease is never refused for what it gives, only where the pump cannot be set
    to it; a slip in it is pointed at. A rise by ten times or more is taken for a slip of
    the decimal point.

    Args:
        rate_ml_per_h: As typed.
        pump: The pump in the room.
        final_mg_per_ml: Strength in the bag.
        weight_kg: Weight taken today.
        limits: From the approved protocol.
        current_rate_ml_per_h: What the pump runs at; while held the rate before the
            hold; before the start the pump sheet's rate; None if there is none.

    Raises:
        ValueError: Strength, weight or current rate is not positive.
    """
    is_stuck = current_rate_ml_per_h is not None and current_rate_ml_per_h <= 0
    if final_mg_per_ml <= 0 or weight_kg <= 0 or is_stuck:
        raise ValueError("strength, weight and current rate must be positive")
    if rate_ml_per_h <= 0:
        return (_finding("not_positive", Severity.BLOCK, _HOLD_INSTEAD),)
    findings = check_setting(rate_ml_per_h, pump=pump)
    if current_rate_ml_per_h is not None and rate_ml_per_h <= current_rate_ml_per_h:
        return (
            *findings,
            *_decrease(rate_ml_per_h, current_rate_ml_per_h, limits),
            *_mass(rate_ml_per_h, current_rate_ml_per_h, final_mg_per_ml),
        )
    speed = check_speed(
        rate_ml_per_h * final_mg_per_ml / 60,
        weight_kg=weight_kg,
        limits=limits,
        field="rate_ml_per_h",
    )
    return (*findings, *speed, *_increase(rate_ml_per_h, current_rate_ml_per_h, limits))


_HOLD_INSTEAD = "A rate must be more than 0 mL/h; to give nothing, hold the infusion."


def _finding(reason: str, severity: Severity, message: str, item: str = "") -> Finding:
    source = f"dose.{item}" if item else "pump"
    return Finding(f"rate.{reason}", severity, message, field="rate_ml_per_h", source=source)


def _decrease(rate: Decimal, current: Decimal, limits: DoseLimits) -> Iterator[Finding]:
    if rate * limits.slip_factor <= current:
        message = (
            f"{exactly(rate)} mL/h is a tenth or less of the current {exactly(current)} mL/h; "
            "check the decimal point."
        )
        yield _finding("tenth", Severity.NOTICE, message, "slip_factor")


def _mass(rate: Decimal, current: Decimal, final_mg_per_ml: Decimal) -> Iterator[Finding]:
    """Point at the drug per hour typed for the volume per hour; a decrease is not refused."""
    mg_per_h = current * final_mg_per_ml
    if rate != current and abs(rate - mg_per_h) * 100 <= mg_per_h:
        message = (
            f"{shown(mg_per_h)} mg/h run at the current {exactly(current)} mL/h; "
            f"are {exactly(rate)} mL/h meant?"
        )
        yield _finding("mass", Severity.NOTICE, message)


def _increase(rate: Decimal, current: Decimal | None, limits: DoseLimits) -> Iterator[Finding]:
    if current is None:
        return
    factor = shown(rate / current, places=1)
    times = f"{exactly(rate)} mL/h is {factor} × the current {exactly(current)} mL/h"
    if rate >= current * limits.slip_factor:
        yield _finding(
            "ten_times", Severity.BLOCK, f"{times}; is the decimal point right?", "slip_factor"
        )
    elif rate > current * limits.max_increase_factor:
        yield _finding(
            "steep_rise", Severity.OVERRIDE, f"{times}; it needs a reason.", "max_increase_factor"
        )


def check_bolus(
    dose_mg: Decimal,
    *,
    minutes: Decimal,
    weight_kg: Decimal,
    given_mg: Decimal,
    left_mg: Decimal,
    limits: DoseLimits,
) -> tuple[Finding, ...]:
    """Every reason against a bolus from the bag.

    Args:
        dose_mg: As typed.
        minutes: Over how long it goes in.
        weight_kg: Weight taken today.
        given_mg: Drug given so far in the visit.
        left_mg: Drug still in the bag.
        limits: From the approved protocol.

    Raises:
        ValueError: The weight is not positive, or an amount of drug is negative.

    Source: nikolajsen1996 (0.1 mg/kg over 5 min)
    """
    if weight_kg <= 0 or given_mg < 0 or left_mg < 0:
        raise ValueError("weight must be positive and amounts of drug not negative")
    if dose_mg <= 0:
        return (_bolus("not_positive", Severity.BLOCK, "A bolus must be more than 0 mg."),)
    return (
        *_bolus_size(dose_mg, weight_kg, limits),
        *_bolus_time(dose_mg, minutes, limits),
        *_bolus_total(dose_mg, weight_kg, given_mg, left_mg, limits),
    )


def _bolus(
    reason: str, severity: Severity, message: str, *, field: str = "dose_mg", item: str = ""
) -> Finding:
    source = f"dose.{item}" if item else ""
    return Finding(f"bolus.{reason}", severity, message, field=field, source=source)


def _bolus_size(dose_mg: Decimal, weight_kg: Decimal, limits: DoseLimits) -> Iterator[Finding]:
    is_blocked = dose_mg > limits.block_bolus_mg_per_kg * weight_kg
    most = limits.block_bolus_mg_per_kg if is_blocked else limits.max_bolus_mg_per_kg
    by_weight = shown_beside(dose_mg / weight_kg, most, places=3)
    typed = f"{exactly(dose_mg)} mg is {by_weight} mg/kg; above {exactly(most)} mg/kg"
    if is_blocked:
        yield _bolus(
            "too_high", Severity.BLOCK, f"{typed} is no bolus.", item="block_bolus_mg_per_kg"
        )
    elif dose_mg > most * weight_kg:
        yield _bolus(
            "high", Severity.OVERRIDE, f"{typed} needs a reason.", item="max_bolus_mg_per_kg"
        )


def _bolus_time(dose_mg: Decimal, minutes: Decimal, limits: DoseLimits) -> Iterator[Finding]:
    if minutes < limits.min_bolus_minutes:
        message = f"A bolus takes {exactly(limits.min_bolus_minutes)} min or longer."
        yield _bolus("quick", Severity.BLOCK, message, field="minutes", item="min_bolus_minutes")
    elif dose_mg > limits.max_mg_per_min * minutes:
        message = (
            f"{shown_beside(dose_mg / minutes, limits.max_mg_per_min, places=3)} mg/min is above "
            f"{exactly(limits.max_mg_per_min)} mg/min; it needs a reason."
        )
        yield _bolus("fast", Severity.OVERRIDE, message, field="minutes", item="max_mg_per_min")


def _bolus_total(
    dose_mg: Decimal, weight_kg: Decimal, given_mg: Decimal, left_mg: Decimal, limits: DoseLimits
) -> Iterator[Finding]:
    if dose_mg > left_mg:
        message = f"{exactly(dose_mg)} mg is more than the {exactly(left_mg)} mg left in the bag."
        yield _bolus("not_in_bag", Severity.BLOCK, message)
    total_mg = given_mg + dose_mg
    total = f"With {shown(given_mg)} mg given it makes {shown_beside(total_mg, limits.max_mg)} mg"
    if total_mg > limits.max_mg:
        message = f"{total}; above {exactly(limits.max_mg)} mg in one visit needs a reason."
        yield _bolus("visit_maximum", Severity.OVERRIDE, message, item="max_mg")
    if total_mg > limits.max_mg_per_kg * weight_kg:
        message = (
            f"{total}, {shown_beside(total_mg / weight_kg, limits.max_mg_per_kg, places=3)} mg/kg; "
            f"above {exactly(limits.max_mg_per_kg)} mg/kg needs a reason."
        )
        yield _bolus("visit_maximum_by_weight", Severity.OVERRIDE, message, item="max_mg_per_kg")
