"""The numbers a dose, a rate and a bolus are held against: protocol data."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """Limits of one approved protocol; the defaults suit a nurse-run 40-minute infusion.

    Attributes:
        min_mg_per_kg: Below it an order needs a reason.
        max_mg_per_kg: Above it an order needs a reason.
        block_mg_per_kg: Above it no order stands.
        max_mg: Most drug in one visit without a reason.
        max_mg_per_min: Fastest delivery without a reason.
        max_mg_per_kg_per_h: Fastest delivery by weight without a reason.
        max_minutes: Longest infusion without a reason.
        max_deviation_percent: Most that rounding may move a dose or a rate.
        max_final_mg_per_ml: Strongest solution that may run into a vein.
        ready_to_use_mg_per_ml: Strength at or below which a product is used undiluted.
        fine_draw_below_ml: Draws below it are rounded to the fine step.
        fine_draw_step_ml: Graduation read on a 1 mL syringe.
        draw_step_ml: Graduation read on a larger syringe.
        max_increase_factor: Largest rise of a running rate without a reason.
        slip_factor: A rise by this factor or more is taken for a slip of the decimal point.
        max_bolus_mg_per_kg: Largest bolus without a reason.
        block_bolus_mg_per_kg: Above it no bolus stands.
        min_bolus_minutes: Shortest time a bolus may take.
    """

    min_mg_per_kg: Decimal = Decimal("0.1")
    max_mg_per_kg: Decimal = Decimal("1.0")
    block_mg_per_kg: Decimal = Decimal("2.0")
    max_mg: Decimal = Decimal(100)
    max_mg_per_min: Decimal = Decimal("1.5")
    max_mg_per_kg_per_h: Decimal = Decimal("1.5")
    max_minutes: Decimal = Decimal(120)
    max_deviation_percent: Decimal = Decimal(5)
    max_final_mg_per_ml: Decimal = Decimal(50)
    ready_to_use_mg_per_ml: Decimal = Decimal(10)
    fine_draw_below_ml: Decimal = Decimal(1)
    fine_draw_step_ml: Decimal = Decimal("0.01")
    draw_step_ml: Decimal = Decimal("0.1")
    max_increase_factor: Decimal = Decimal(2)
    slip_factor: Decimal = Decimal(10)
    max_bolus_mg_per_kg: Decimal = Decimal("0.1")
    block_bolus_mg_per_kg: Decimal = Decimal("0.5")
    min_bolus_minutes: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightLimits:
    """What a typed weight is held against.

    Attributes:
        block_below_kg: No adult weighs less; BLOCK.
        block_above_kg: No clinic scale shows more; BLOCK.
        min_kg: Below it a reason is needed.
        max_kg: Above it a reason is needed.
        max_change_percent: Largest change since the last visit without a reason.
        max_change_kg: The same in kilograms; whichever is reached first.
        unit_tolerance_percent: How near to the last weight a converted number must lie
            for the unit to be doubted.
        bmi_low: Below it a body-mass index is implausible.
        bmi_high: Above it a body-mass index is implausible.
        bmi_review: From it on a reason is needed.
    """

    block_below_kg: Decimal = Decimal(20)
    block_above_kg: Decimal = Decimal(350)
    min_kg: Decimal = Decimal(40)
    max_kg: Decimal = Decimal(150)
    max_change_percent: Decimal = Decimal(5)
    max_change_kg: Decimal = Decimal(5)
    unit_tolerance_percent: Decimal = Decimal(7)
    bmi_low: Decimal = Decimal(15)
    bmi_high: Decimal = Decimal(50)
    bmi_review: Decimal = Decimal(40)
