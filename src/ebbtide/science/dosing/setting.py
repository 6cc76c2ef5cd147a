"""What a pump can be set to, and how fast the protocol lets drug run."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import exactly, round_down, round_up, shown_beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """What the pump in the room can be set to.

    Attributes:
        max_rate_ml_per_h: Highest rate.
        rate_step_ml_per_h: Resolution of the rate.
        min_rate_ml_per_h: Lowest rate above zero.
    """

    max_rate_ml_per_h: Decimal
    rate_step_ml_per_h: Decimal = Decimal("0.1")
    min_rate_ml_per_h: Decimal = Decimal("0.1")

    def __post_init__(self) -> None:
        """Refuse what cannot be a pump."""
        if self.rate_step_ml_per_h <= 0:
            raise ValueError("a pump's rate step must be positive")
        if not 0 < self.min_rate_ml_per_h < self.max_rate_ml_per_h:
            raise ValueError("a pump's lowest rate must lie between zero and its highest")


def check_setting(rate_ml_per_h: Decimal, *, pump: Pump) -> tuple[Finding, ...]:
    """Whether the pump can be set to this rate at all, whatever it carries."""
    step, typed = pump.rate_step_ml_per_h, f"{exactly(rate_ml_per_h)} mL/h"
    if rate_ml_per_h > pump.max_rate_ml_per_h:
        reason = f"{typed} is beyond the pump's {exactly(pump.max_rate_ml_per_h)} mL/h."
    elif rate_ml_per_h < pump.min_rate_ml_per_h:
        least = exactly(pump.min_rate_ml_per_h)
        reason = f"{typed} is below the pump's lowest rate, {least} mL/h."
    elif rate_ml_per_h % step:
        lower = exactly(round_down(rate_ml_per_h, step=step))
        upper = exactly(round_up(rate_ml_per_h, step=step))
        reason = f"The pump cannot be set to {typed}; {lower} or {upper} mL/h can be set."
    else:
        return ()
    return (
        Finding("rate.beyond_pump", Severity.BLOCK, reason, field="rate_ml_per_h", source="pump"),
    )


def check_speed(
    mg_per_min: Decimal, *, weight_kg: Decimal, limits: DoseLimits, field: str
) -> Iterator[Finding]:
    """Hold a delivery to the protocol's maxima per minute and per kilogram and hour."""
    if mg_per_min > limits.max_mg_per_min:
        message = (
            f"{shown_beside(mg_per_min, limits.max_mg_per_min, places=3)} mg/min is above "
            f"{exactly(limits.max_mg_per_min)} mg/min; it needs a reason."
        )
        yield Finding(
            "dose.fast", Severity.OVERRIDE, message, field=field, source="dose.max_mg_per_min"
        )
    mg_per_kg_per_h = mg_per_min * 60 / weight_kg
    if mg_per_kg_per_h > limits.max_mg_per_kg_per_h:
        typed = shown_beside(mg_per_kg_per_h, limits.max_mg_per_kg_per_h, places=3)
        message = (
            f"{typed} mg/kg/h is above "
            f"{exactly(limits.max_mg_per_kg_per_h)} mg/kg/h; it needs a reason."
        )
        yield Finding(
            "dose.fast_by_weight",
            Severity.OVERRIDE,
            message,
            field=field,
            source="dose.max_mg_per_kg_per_h",
        )
