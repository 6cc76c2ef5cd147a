"""From an order and a weight to what is drawn up and set on the pump."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.products import US_STOCK, Stock, check_stock
from ebbtide.science.dosing.setting import Pump, check_setting, check_speed
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import (
    choice,
    exactly,
    in_28_digits,
    round_down,
    round_half_up,
    round_up,
    shown,
    shown_beside,
)

__all__ = [
    "BagPolicy",
    "DoseOrder",
    "Preparation",
    "Pump",
    "PumpSheet",
    "Stock",
    "pump_sheet",
]


class BagPolicy(StrEnum):
    """What happens to the diluent when the drug goes in."""

    REPLACE = "replace"
    ADD = "add"


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
    dose_step_mg: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse what is not an order at all."""
        # A plain word would else pass for REPLACE.
        object.__setattr__(self, "bag_policy", choice("bag_policy", self.bag_policy, BagPolicy))
        for name in ("mg_per_kg", "minutes", "dose_step_mg", "max_dose_mg"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ValueError(f"{name} must be above 0, not {value}")
        if self.bag_ml < 0 or (self.bag_ml == 0 and self.bag_policy is BagPolicy.REPLACE):
            raise ValueError(
                f"bag_ml must be above 0, or 0 to add drug to an empty syringe, not {self.bag_ml} "
                f"with {str(self.bag_policy)!r}"
            )


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
        vials: Vials opened.
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
    vials: int
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
        deviation_percent: Drug given against the exact dose; negative is less.
        findings: Every reason at once.
    """

    order: DoseOrder
    weight_kg: Decimal
    exact: Preparation
    rounded: Preparation
    target_mg: Decimal
    deviation_percent: Decimal
    findings: tuple[Finding, ...]

    @property
    def mg_per_kg(self) -> Decimal:
        """Drug really given by weight."""
        return self.rounded.dose_mg / self.weight_kg

    @property
    def mg_per_kg_per_h(self) -> Decimal:
        """Delivery by weight at the set rate."""
        return self.rounded.mg_per_min * 60 / self.weight_kg


@in_28_digits
def pump_sheet(
    order: DoseOrder,
    *,
    weight_kg: Decimal,
    pump: Pump,
    limits: DoseLimits,
    stocked: tuple[Stock, ...] = US_STOCK,
) -> PumpSheet:
    """Work out what is drawn up and set on the pump, exact and rounded.

    The dose is rounded first, half up; then the draw, half up to what its syringe
    shows; then the rate, down to what the pump can be set to, so that drug is never
    given faster than ordered. Rounding never lifts a dose over a ceiling that the
    exact dose respected: there it goes down.

    Raises:
        ValueError: The weight is not positive.

    Source: clinic_practice (order of rounding)
    """
    if weight_kg <= 0:
        raise ValueError("a pump sheet needs a positive weight")
    ordered_mg = order.mg_per_kg * weight_kg
    exact_mg = ordered_mg if order.max_dose_mg is None else min(ordered_mg, order.max_dose_mg)
    ceiling_mg = _ceiling(exact_mg, order, weight_kg, limits)
    target_mg = _nearest_within(exact_mg, order.dose_step_mg, ceiling_mg)
    exact_draw_ml = exact_mg / order.stock.mg_per_ml
    draw_ml = _draw(target_mg, order.stock, ceiling_mg, limits)
    exact = _prepare(order, exact_draw_ml, _exact_rate(order, exact_draw_ml))
    wanted_rate = _exact_rate(order, draw_ml)
    step = pump.rate_step_ml_per_h
    rounded = _prepare(order, draw_ml, max(round_down(wanted_rate, step=step), step))
    sheet = PumpSheet(
        order=order,
        weight_kg=weight_kg,
        exact=exact,
        rounded=rounded,
        target_mg=target_mg,
        deviation_percent=(rounded.dose_mg - exact_mg) * 100 / exact_mg,
        findings=(),
    )
    findings = (
        *check_stock(order.stock, stocked=stocked),
        *_check_dose(sheet, limits),
        *_check_rounding(sheet, limits),
        *_check_speed(sheet, limits),
        *_check_mixture(sheet, limits),
        *_check_pump(sheet, pump, wanted_rate, limits),
    )
    return replace(sheet, findings=findings)


def _ceiling(
    exact_mg: Decimal, order: DoseOrder, weight_kg: Decimal, limits: DoseLimits
) -> Decimal | None:
    """The lowest maximum that the exact dose keeps to, mg; None if it keeps to none."""
    maxima = (
        limits.max_mg,
        limits.max_mg_per_kg * weight_kg,
        limits.block_mg_per_kg * weight_kg,
        limits.max_mg_per_min * order.minutes,
        limits.max_mg_per_kg_per_h * weight_kg * order.minutes / 60,
        *(() if order.max_dose_mg is None else (order.max_dose_mg,)),
    )
    return min((most for most in maxima if exact_mg <= most), default=None)


def _nearest_within(value: Decimal, step: Decimal, most: Decimal | None) -> Decimal:
    nearest = round_half_up(value, step=step)
    return nearest if most is None or nearest <= most else round_down(value, step=step)


def _draw(
    target_mg: Decimal, stock: Stock, ceiling_mg: Decimal | None, limits: DoseLimits
) -> Decimal:
    wanted_ml = target_mg / stock.mg_per_ml
    is_fine = wanted_ml < limits.fine_draw_below_ml
    step = limits.fine_draw_step_ml if is_fine else limits.draw_step_ml
    most_ml = None if ceiling_mg is None else ceiling_mg / stock.mg_per_ml
    return _nearest_within(wanted_ml, step, most_ml)


def _volume(order: DoseOrder, draw_ml: Decimal) -> Decimal:
    return order.bag_ml + (draw_ml if order.bag_policy is BagPolicy.ADD else 0)


def _exact_rate(order: DoseOrder, draw_ml: Decimal) -> Decimal:
    return _volume(order, draw_ml) * 60 / order.minutes


def _vials(stock: Stock, draw_ml: Decimal) -> int:
    return int(round_up(draw_ml / stock.vial_ml, step=Decimal(1)))


def _prepare(order: DoseOrder, draw_ml: Decimal, rate_ml_per_h: Decimal) -> Preparation:
    volume_ml = _volume(order, draw_ml)
    dose_mg = draw_ml * order.stock.mg_per_ml
    vials = _vials(order.stock, draw_ml)
    remainder_ml = vials * order.stock.vial_ml - draw_ml
    return Preparation(
        dose_mg=dose_mg,
        draw_ml=draw_ml,
        volume_ml=volume_ml,
        # A syringe whose draw rounds to nothing holds undiluted drug, none of it.
        final_mg_per_ml=dose_mg / volume_ml if volume_ml else order.stock.mg_per_ml,
        rate_ml_per_h=rate_ml_per_h,
        minutes=volume_ml * 60 / rate_ml_per_h,
        # Divided last, so that what comes out even is written so.
        mg_per_min=dose_mg * rate_ml_per_h / (volume_ml * 60) if volume_ml else Decimal(0),
        vials=vials,
        remainder_mg=remainder_ml * order.stock.mg_per_ml,
        remainder_ml=remainder_ml,
    )


def _finding(code: str, severity: Severity, message: str, *, field: str, item: str) -> Finding:
    return Finding(code, severity, message, field=field, source=f"dose.{item}")


def _check_dose(sheet: PumpSheet, limits: DoseLimits) -> Iterator[Finding]:
    ordered = sheet.order.mg_per_kg
    typed, slip = f"{exactly(ordered)} mg/kg", "is the decimal point right?"
    if ordered > limits.block_mg_per_kg:
        message = f"{typed} is above {exactly(limits.block_mg_per_kg)} mg/kg; {slip}"
        yield _finding(
            "dose.too_high", Severity.BLOCK, message, field="mg_per_kg", item="block_mg_per_kg"
        )
    elif ordered > limits.max_mg_per_kg:
        message = f"{typed} is above {exactly(limits.max_mg_per_kg)} mg/kg; it needs a reason."
        yield _finding(
            "dose.high", Severity.OVERRIDE, message, field="mg_per_kg", item="max_mg_per_kg"
        )
    elif ordered < limits.min_mg_per_kg:
        message = f"{typed} is below {exactly(limits.min_mg_per_kg)} mg/kg; {slip}"
        yield _finding(
            "dose.low", Severity.OVERRIDE, message, field="mg_per_kg", item="min_mg_per_kg"
        )
    if sheet.rounded.dose_mg > limits.max_mg:
        message = (
            f"{exactly(sheet.rounded.dose_mg)} mg is above {exactly(limits.max_mg)} mg in one "
            "visit; it needs a reason."
        )
        yield _finding(
            "dose.visit_maximum", Severity.OVERRIDE, message, field="mg_per_kg", item="max_mg"
        )


def _check_rounding(sheet: PumpSheet, limits: DoseLimits) -> Iterator[Finding]:
    order, ordered_mg = sheet.order, sheet.order.mg_per_kg * sheet.weight_kg
    if order.max_dose_mg is not None and ordered_mg > order.max_dose_mg:
        message = (
            f"{exactly(order.mg_per_kg)} mg/kg × {exactly(sheet.weight_kg)} kg = "
            f"{shown_beside(ordered_mg, order.max_dose_mg)} mg; "
            f"the order's ceiling of {exactly(order.max_dose_mg)} mg holds."
        )
        yield Finding("dose.capped", Severity.NOTICE, message, field="mg_per_kg", source="order")
    most, off = limits.max_deviation_percent, abs(sheet.deviation_percent)
    if off > most:
        message = (
            f"As drawn {exactly(sheet.rounded.dose_mg)} mg would be given, "
            f"{shown_beside(off, most, places=1)}% off {shown(sheet.exact.dose_mg)} mg; at most "
            f"{exactly(most)}% is allowed. Choose a weaker product or a finer dose step."
        )
        yield _finding(
            "dose.rounding", Severity.BLOCK, message, field="draw_ml", item="max_deviation_percent"
        )


def _check_speed(sheet: PumpSheet, limits: DoseLimits) -> Iterator[Finding]:
    yield from check_speed(
        sheet.rounded.mg_per_min, weight_kg=sheet.weight_kg, limits=limits, field="minutes"
    )
    if sheet.order.minutes > limits.max_minutes:
        message = (
            f"{exactly(sheet.order.minutes)} min is longer than {exactly(limits.max_minutes)} min; "
            "it needs a reason."
        )
        yield _finding("dose.long", Severity.OVERRIDE, message, field="minutes", item="max_minutes")


def _check_mixture(sheet: PumpSheet, limits: DoseLimits) -> Iterator[Finding]:
    order, stock, rounded = sheet.order, sheet.order.stock, sheet.rounded
    if order.bag_policy is BagPolicy.REPLACE and rounded.draw_ml > order.bag_ml:
        message = (
            f"{exactly(rounded.draw_ml)} mL of drug does not fit a {exactly(order.bag_ml)} mL bag."
        )
        yield Finding("bag.too_small", Severity.BLOCK, message, field="bag_ml")
    most = limits.max_final_mg_per_ml
    if rounded.final_mg_per_ml > most:
        message = (
            f"The mixture is {shown_beside(rounded.final_mg_per_ml, most)} mg/mL; above "
            f"{exactly(most)} mg/mL never goes into a vein. Dilute it."
        )
        yield _finding(
            "stock.undiluted", Severity.BLOCK, message, field="bag_ml", item="max_final_mg_per_ml"
        )
    if stock.mg_per_ml <= limits.ready_to_use_mg_per_ml and order.bag_ml > 0:
        message = (
            f"{exactly(stock.mg_per_ml)} mg/mL is made to be used undiluted; check with pharmacy."
        )
        yield _finding(
            "stock.diluted", Severity.NOTICE, message, field="bag_ml", item="ready_to_use_mg_per_ml"
        )
    if rounded.vials > 1:
        message = f"The dose takes {rounded.vials} vials of {exactly(stock.vial_ml)} mL."
        yield Finding("stock.several_vials", Severity.NOTICE, message, field="draw_ml")


def _check_pump(
    sheet: PumpSheet, pump: Pump, wanted_ml_per_h: Decimal, limits: DoseLimits
) -> Iterator[Finding]:
    rate = sheet.rounded.rate_ml_per_h
    yield from check_setting(rate, pump=pump)
    if abs(rate - wanted_ml_per_h) * 100 > limits.max_deviation_percent * wanted_ml_per_h:
        message = (
            f"The pump's nearest rate {exactly(rate)} mL/h is more than "
            f"{exactly(limits.max_deviation_percent)}% off {shown(wanted_ml_per_h)} mL/h. "
            "Use a larger bag or a finer pump."
        )
        yield _finding(
            "rate.resolution",
            Severity.BLOCK,
            message,
            field="rate_ml_per_h",
            item="max_deviation_percent",
        )
