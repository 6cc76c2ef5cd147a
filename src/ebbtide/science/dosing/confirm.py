"""What somebody says was drawn, set or infused, held against what was worked out."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ebbtide.science.dosing.delivery import Segment, infused_ml
from ebbtide.science.dosing.pump import PumpSheet
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import Number, exactly, not_negative, positive, shown

_SLIP: Final = 10
_INFUSED_PERCENT: Final = Decimal(5)
_INFUSED_ML: Final = Decimal(1)


def check_drawn(drawn_ml: Number, *, sheet: PumpSheet) -> tuple[Finding, ...]:
    """Refuse a draw that is not the sheet's; the dose in mg typed as mL is named.

    Raises:
        ValueError: `drawn_ml` is no number above 0.
    """
    typed, made = positive("drawn_ml", drawn_ml), sheet.rounded
    if typed == made.draw_ml:
        return ()
    hint = _hint(typed, made.dose_mg, f"{exactly(made.dose_mg)} is the dose in mg")
    message = (
        f"{exactly(typed)} mL is not the draw worked out, {exactly(made.draw_ml)} mL "
        f"({exactly(made.dose_mg)} mg){hint}."
    )
    return (Finding("draw.not_as_worked_out", Severity.BLOCK, message, field="drawn_ml"),)


def check_set(rate_ml_per_h: Number, *, sheet: PumpSheet) -> tuple[Finding, ...]:
    """Every reason against a first rate that is not the sheet's.

    A tenth, ten times, and the drug per hour typed as mL/h are slips; any other rate
    needs a reason.

    Raises:
        ValueError: `rate_ml_per_h` is no number above 0.
    """
    typed, made = positive("rate_ml_per_h", rate_ml_per_h), sheet.rounded
    if typed == made.rate_ml_per_h:
        return ()
    mg_per_h = made.mg_per_min * 60
    is_mass = _is_near(typed, mg_per_h)
    hint = f": {shown(mg_per_h)} is the drug in mg/h" if is_mass else ""
    message = (
        f"{exactly(typed)} mL/h is not the rate worked out, {exactly(made.rate_ml_per_h)} mL/h"
        f"{hint}."
    )
    is_slip = is_mass or _is_ten_off(typed, made.rate_ml_per_h)
    severity = Severity.BLOCK if is_slip else Severity.OVERRIDE
    return (Finding("rate.not_as_worked_out", severity, message, field="rate_ml_per_h"),)


def check_infused(
    volume_ml: Number, *, segments: Sequence[Segment], final_mg_per_ml: Decimal
) -> tuple[Finding, ...]:
    """Every reason to doubt an infused volume, by the rates that ran and for how long.

    Args:
        volume_ml: As read off the pump and typed.
        segments: What the pump ran at, holds included.
        final_mg_per_ml: Strength in the bag.

    Raises:
        ValueError: `volume_ml` is no number or negative.

    Source: ebbtide
    """
    typed, expected = not_negative("volume_ml", volume_ml), infused_ml(segments)
    off_ml = abs(typed - expected)
    if off_ml <= max(_INFUSED_ML, expected * _INFUSED_PERCENT / 100):
        return ()
    given_mg = expected * final_mg_per_ml
    hint = f": {shown(given_mg)} is the drug in mg" if _is_near(typed, given_mg) else ""
    message = (
        f"{exactly(typed)} mL is not what the rates make, {shown(expected)} mL{hint}; "
        "read the pump again."
    )
    is_slip = bool(hint) or _is_ten_off(typed, expected)
    severity = Severity.BLOCK if is_slip else Severity.OVERRIDE
    return (Finding("infused.not_as_run", severity, message, field="volume_ml", source="ebbtide"),)


def _hint(typed: Decimal, other: Decimal, words: str) -> str:
    return f": {words}" if typed == other else ""


def _is_near(typed: Decimal, other: Decimal) -> bool:
    """Within a hundredth: typed from the same figure, rounded."""
    return abs(typed - other) * 100 <= other


def _is_ten_off(typed: Decimal, other: Decimal) -> bool:
    return typed >= other * _SLIP or typed * _SLIP <= other
