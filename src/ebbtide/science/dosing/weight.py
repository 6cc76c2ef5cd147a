"""Whether a typed weight can be this patient's, in this unit."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from ebbtide.science.dosing.body_size import Body, LimbSegment, body_mass_index
from ebbtide.science.dosing.limits import WeightLimits
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import (
    KG_PER_LB,
    cm_from_in,
    exactly,
    kg_from_lb,
    lb_from_kg,
    shown,
    shown_beside,
)

# A converted weight this near to the last one is worth naming, though not proof of a slip.
_NEAR_ENOUGH_PERCENT = 25


def check_weight(
    weight_kg: Decimal,
    *,
    last_weight_kg: Decimal | None,
    height_cm: Decimal | None,
    limits: WeightLimits,
    missing: Sequence[LimbSegment] = (),
) -> tuple[Finding, ...]:
    """Every reason to doubt a typed weight.

    Args:
        weight_kg: As typed, without prosthesis or chair.
        last_weight_kg: Weight at the last visit or at intake; None if never weighed.
        height_cm: Height before any amputation; None if unknown.
        limits: From the approved protocol.
        missing: Missing limbs, for the body-mass index of the whole body.

    Raises:
        ValueError: A last weight or height that is not positive.
    """
    for known in (last_weight_kg, height_cm):
        if known is not None and known <= 0:
            raise ValueError("a known weight or height is positive")
    if weight_kg <= 0:
        return (_finding("not_positive", Severity.BLOCK, "Weight must be more than 0 kg.", ""),)
    findings = list(_size(weight_kg, last_weight_kg, limits))
    if last_weight_kg is not None:
        findings += _against_last(weight_kg, last_weight_kg, limits)
    elif height_cm is not None:
        findings += _against_height(weight_kg, height_cm, missing, limits)
    return tuple(findings)


def check_body(weight_kg: Decimal, *, body: Body, limits: WeightLimits) -> tuple[Finding, ...]:
    """Every reason to doubt a typed weight or height, by what is known of the body."""
    return (
        *check_weight(
            weight_kg,
            last_weight_kg=body.last_weight_kg,
            height_cm=body.height_cm,
            limits=limits,
            missing=body.missing,
        ),
        *(() if body.height_cm is None else _check_height(body.height_cm)),
    )


_HEIGHTS_CM: Final = (Decimal(100), Decimal(250))
_USUAL_HEIGHTS_CM: Final = (Decimal(140), Decimal(210))


def _check_height(height_cm: Decimal) -> Iterator[Finding]:
    typed = exactly(height_cm)
    if not _HEIGHTS_CM[0] <= height_cm <= _HEIGHTS_CM[1]:
        as_in = cm_from_in(height_cm)
        is_inches = _USUAL_HEIGHTS_CM[0] <= as_in <= _USUAL_HEIGHTS_CM[1]
        hint = f"; {typed} in = {shown(as_in, places=1)} cm" if is_inches else ""
        message = f"{typed} cm is no adult's height; measure again{hint}."
        yield _height("implausible", Severity.BLOCK, message)
    elif not _USUAL_HEIGHTS_CM[0] <= height_cm <= _USUAL_HEIGHTS_CM[1]:
        low, high = (exactly(limit) for limit in _USUAL_HEIGHTS_CM)
        message = (
            f"{typed} cm is outside {low} to {high} cm; measure again, or say why it is right."
        )
        yield _height("unusual", Severity.OVERRIDE, message)


def _height(reason: str, severity: Severity, message: str) -> Finding:
    return Finding(f"height.{reason}", severity, message, field="height_cm", source="ebbtide")


def _finding(reason: str, severity: Severity, message: str, item: str) -> Finding:
    source = f"weight.{item}" if item else ""
    return Finding(f"weight.{reason}", severity, message, field="weight_kg", source=source)


def _size(weight_kg: Decimal, last_kg: Decimal | None, limits: WeightLimits) -> Iterator[Finding]:
    typed = exactly(weight_kg)
    if weight_kg < limits.block_below_kg:
        bound, item = f"below {exactly(limits.block_below_kg)}", "block_below_kg"
    elif weight_kg > limits.block_above_kg:
        bound, item = f"above {exactly(limits.block_above_kg)}", "block_above_kg"
    else:
        if not limits.min_kg <= weight_kg <= limits.max_kg:
            item = "min_kg" if weight_kg < limits.min_kg else "max_kg"
            message = (
                f"{typed} kg is outside {exactly(limits.min_kg)} to {exactly(limits.max_kg)} kg; "
                "weigh again, or say why it is right."
            )
            yield _finding("unusual", Severity.OVERRIDE, message, item)
        return
    hint = _slip(weight_kg, last_kg, limits)
    message = f"{typed} kg is {bound} kg, so no adult's weight; weigh again{hint}."
    yield _finding("implausible", Severity.BLOCK, message, item)


def _slip(weight_kg: Decimal, last_kg: Decimal | None, limits: WeightLimits) -> str:
    """A hint at the decimal point when ten times or a tenth is the last weight, nearly."""
    if last_kg is None:
        return ""
    for meant in (weight_kg * 10, weight_kg / 10):
        if _is_near(meant, last_kg, limits.unit_tolerance_percent):
            return f" (last time {exactly(last_kg)} kg: is the decimal point right?)"
    return ""


def _is_near(value: Decimal, other: Decimal, percent: Decimal) -> bool:
    return abs(value - other) * 100 <= percent * other


def _against_last(weight_kg: Decimal, last_kg: Decimal, limits: WeightLimits) -> Iterator[Finding]:
    change = weight_kg - last_kg
    percent = abs(change) * 100 / last_kg
    if abs(change) > limits.max_change_kg or percent > limits.max_change_percent:
        word = "more" if change > 0 else "less"
        share = shown_beside(percent, limits.max_change_percent, places=1)
        message = (
            f"{exactly(weight_kg)} kg is {exactly(abs(change))} kg ({share}%) {word} than last "
            f"time ({exactly(last_kg)} kg); over {exactly(limits.max_change_percent)}% or "
            f"{exactly(limits.max_change_kg)} kg needs a reason."
        )
        as_kg = kg_from_lb(weight_kg)
        off_percent = abs(as_kg - last_kg) * 100 / last_kg
        if limits.unit_tolerance_percent < off_percent < _NEAR_ENOUGH_PERCENT:
            read = f"{exactly(weight_kg)} lb = {shown(as_kg, places=1)} kg"
            message += f" If it was read in pounds, {read}."
        yield _finding("changed", Severity.OVERRIDE, message, "max_change_percent")
    if _is_near(weight_kg * KG_PER_LB, last_kg, limits.unit_tolerance_percent):
        yield _pounds(weight_kg, f"last time {exactly(last_kg)} kg", "unit_tolerance_percent")
    if _is_near(weight_kg / KG_PER_LB, last_kg, limits.unit_tolerance_percent):
        yield _converted_twice(
            weight_kg, f"last time {exactly(last_kg)} kg", "unit_tolerance_percent"
        )


def _against_height(
    weight_kg: Decimal, height_cm: Decimal, missing: Sequence[LimbSegment], limits: WeightLimits
) -> Iterator[Finding]:
    bmi = body_mass_index(weight_kg, height_cm=height_cm, missing=missing)
    reason = f"body-mass index {shown(bmi, places=1)} as kilograms"
    as_lb, back = kg_from_lb(bmi), lb_from_kg(bmi)
    if bmi > limits.bmi_high and limits.bmi_low <= as_lb <= limits.bmi_high:
        yield _pounds(weight_kg, reason, "bmi_high")
    elif bmi < limits.bmi_low and limits.bmi_low <= back <= limits.bmi_high:
        yield _converted_twice(weight_kg, reason, "bmi_low")
    elif bmi >= limits.bmi_review or bmi < limits.bmi_low:
        message = (
            f"Body-mass index {shown(bmi, places=1)} ({exactly(weight_kg)} kg, "
            f"{exactly(height_cm)} cm); {exactly(limits.bmi_low)} to below "
            f"{exactly(limits.bmi_review)} needs no reason. If it was read in pounds, "
            f"{exactly(weight_kg)} lb = {shown(kg_from_lb(weight_kg), places=1)} kg."
        )
        yield _finding("body_mass_index", Severity.OVERRIDE, message, "bmi_review")


def _pounds(weight_kg: Decimal, because: str, item: str) -> Finding:
    typed = exactly(weight_kg)
    message = (
        f"{typed} looks like pounds: {typed} lb = "
        f"{shown(kg_from_lb(weight_kg), places=1)} kg ({because})."
    )
    return _finding("pounds", Severity.BLOCK, message, item)


def _converted_twice(weight_kg: Decimal, because: str, item: str) -> Finding:
    typed = exactly(weight_kg)
    message = (
        f"{typed} looks like kilograms taken for pounds: {typed} kg = "
        f"{shown(lb_from_kg(weight_kg), places=1)} lb ({because})."
    )
    return _finding("converted_twice", Severity.BLOCK, message, item)
