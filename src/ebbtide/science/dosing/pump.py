"""From an order and a weight to what is drawn up and set on the pump."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ebbtide.science.dosing.products import Stock
from ebbtide.science.findings import Finding

__all__ = ["BagPolicy", "DoseOrder", "Preparation", "Pump", "PumpSheet", "Stock"]


class BagPolicy(StrEnum):
    """What happens to the diluent when the drug goes in."""

    REPLACE = "replace"
    ADD = "add"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOrder:
    """What the prescriber ordered, as far as arithmetic needs it.

    Attributes:
        mg_per_kg: Dose by weight.
        minutes: Planned time of the infusion.
        stock: Strength and vial it is drawn from.
        bag_ml: Diluent in the bag or syringe; 0 with ADD is an undiluted syringe.
        bag_policy: REPLACE withdraws the draw's volume from the bag first.
        max_dose_mg: The order's own ceiling, if it has one.
        dose_step_mg: What the dose is rounded to.
    """

    mg_per_kg: Decimal
    minutes: Decimal
    stock: Stock
    bag_ml: Decimal
    bag_policy: BagPolicy = BagPolicy.REPLACE
    max_dose_mg: Decimal | None = None
    dose_step_mg: Decimal = Decimal("1")

    def __post_init__(self) -> None:
        """Refuse what is not an order at all."""
        if self.mg_per_kg <= 0 or self.minutes <= 0 or self.dose_step_mg <= 0:
            raise ValueError("dose, time and dose step must be positive")
        if self.bag_ml < 0:
            raise ValueError("a bag's volume is not negative")
        if self.max_dose_mg is not None and self.max_dose_mg <= 0:
            raise ValueError("an order's ceiling must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """The figures of one bag or syringe.

    Attributes:
        dose_mg: Drug in the bag.
        draw_ml: Volume drawn from the vials.
        volume_ml: Volume to be infused. Overfill and line volume are left out.
        final_mg_per_ml: Strength in the bag.
        rate_ml_per_h: Pump rate.
        minutes: Time the volume takes at that rate.
        mg_per_min: Drug per minute at that rate.
        remainder_mg: Drug left in the opened vials.
        remainder_ml: Volume left in the opened vials.
    """

    dose_mg: Decimal
    draw_ml: Decimal
    volume_ml: Decimal
    final_mg_per_ml: Decimal
    rate_ml_per_h: Decimal
    minutes: Decimal
    mg_per_min: Decimal
    remainder_mg: Decimal
    remainder_ml: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpSheet:
    """What two people check before the pump is started.

    Attributes:
        order: The order it was worked out from.
        weight_kg: The weight it was worked out with.
        exact: Figures before any rounding.
        rounded: Figures as drawn and set: what is really given.
        target_mg: The dose after dose rounding, before the draw is rounded.
        vials: Vials opened.
        deviation_percent: Drug given against the exact dose; negative is less.
        findings: Every reason at once.
    """

    order: DoseOrder
    weight_kg: Decimal
    exact: Preparation
    rounded: Preparation
    target_mg: Decimal
    vials: int
    deviation_percent: Decimal
    findings: tuple[Finding, ...]
