"""The dose sheet: one call from a weight and an order to every figure and every reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.dosing.body_size import UNKNOWN_BODY, Body, WeightPolicy, dosing_weight
from ebbtide.science.dosing.products import Stock
from ebbtide.science.dosing.pump import BagPolicy, DoseOrder, PumpSheet, pump_sheet
from ebbtide.science.dosing.site import (
    DEFAULT_SITE,
    SiteSettings,
    check_container,
    check_figures,
)
from ebbtide.science.dosing.titration import LastVisit, check_indication, check_step
from ebbtide.science.dosing.weight import check_body
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.units import (
    Number,
    choice,
    exactly,
    in_28_digits,
    not_negative,
    positive,
    shown,
)


class Figures(StrEnum):
    """Which figures a dose sheet shows."""

    AS_GIVEN = "as-given"
    EXACT = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order may say besides dose, product, bag and time.

    Attributes:
        weight_policy: Which weight the dose is worked out on.
        max_dose_mg: The order's fixed ceiling, mg in the visit.
        dose_step_mg: What the dose is rounded to.
        syringe_ml: Size of the syringe if the whole dose is in one; the bag's volume is
            then the final volume that it is made up to.
        indication: One of `titration.INDICATIONS`, for the doses in use; empty if not said.
        last: The last visit, for the step from it.
    """

    weight_policy: WeightPolicy = WeightPolicy.ACTUAL
    max_dose_mg: Decimal | None = None
    dose_step_mg: Decimal = Decimal(1)
    syringe_ml: Decimal | None = None
    indication: str = ""
    last: LastVisit | None = None

    def __post_init__(self) -> None:
        """Refuse what no order can say."""
        for name in ("max_dose_mg", "syringe_ml"):
            value = getattr(self, name)
            if value is not None:
                positive(name, value)
        positive("dose_step_mg", self.dose_step_mg)


PLAIN_TERMS: Final = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSheet:
    """Every figure of one infusion, exact or as pump and syringe can do it.

    Attributes:
        figures: Whether the figures are exact or as really drawn and set.
        weight_used_kg: The weight that the order was worked out on.
        dose_mg: Drug in the bag.
        draw_ml: Volume drawn from the vials.
        volume_ml: Volume to be infused.
        final_mg_per_ml: Strength in the bag.
        rate_ml_per_h: Pump rate.
        minutes: Time the volume takes at that rate.
        mg_per_min: Drug per minute.
        mcg_per_kg_per_min: The same by the weight used.
        mg_per_kg: Drug by the weight used.
        vials: Vials opened.
        vial_remainder_mg: Drug left in the opened vials.
        vial_remainder_ml: Volume left in the opened vials.
        deviation_percent: Drug against the exact dose; negative is less.
        rate_deviation_percent: Drug per minute against the exact; negative is slower.
        findings: Every reason at once.
        notes: What the figures leave out.
    """

    figures: Figures
    weight_used_kg: Decimal
    dose_mg: Decimal
    draw_ml: Decimal
    volume_ml: Decimal
    final_mg_per_ml: Decimal
    rate_ml_per_h: Decimal
    minutes: Decimal
    mg_per_min: Decimal
    mcg_per_kg_per_min: Decimal
    mg_per_kg: Decimal
    vials: int
    vial_remainder_mg: Decimal
    vial_remainder_ml: Decimal
    deviation_percent: Decimal
    rate_deviation_percent: Decimal
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


@in_28_digits
def dose_sheet(
    *,
    weight_kg: Number,
    mg_per_kg: Number,
    stock_mg_per_ml: Number,
    vial_ml: Number,
    bag_ml: Number,
    minutes: Number,
    bag_policy: BagPolicy = BagPolicy.REPLACE,
    figures: Figures = Figures.AS_GIVEN,
    body: Body = UNKNOWN_BODY,
    terms: Terms = PLAIN_TERMS,
    site: SiteSettings = DEFAULT_SITE,
) -> DoseSheet:
    """Work out an infusion and say every reason against it.

    Findings are the same whichever figures are shown: what is given counts.

    Args:
        weight_kg: Measured today, without prosthesis or chair.
        mg_per_kg: Dose by weight.
        stock_mg_per_ml: Strength on the vial.
        vial_ml: Volume of one vial.
        bag_ml: Diluent in the bag; the final volume of a syringe; 0 with ADD is undiluted.
        minutes: Planned time.
        bag_policy: Whether the draw's volume is first withdrawn from the bag.
        figures: Exact, or as pump and syringe can do it.
        body: Height, sex, missing limbs and last weight, as far as known.
        terms: What else the order says.
        site: Pump, shelf and limits.

    Raises:
        ValueError: A figure is no number or out of range: names the field, the value and
            the range. A weight policy lacks height and sex.

    Source: clinic_practice (order of rounding)
    """
    measured_kg = positive("weight_kg", weight_kg)
    weight = dosing_weight(measured_kg, body=body, policy=terms.weight_policy)
    order = DoseOrder(
        mg_per_kg=positive("mg_per_kg", mg_per_kg),
        minutes=positive("minutes", minutes),
        stock=Stock(
            mg_per_ml=positive("stock_mg_per_ml", stock_mg_per_ml),
            vial_ml=positive("vial_ml", vial_ml),
        ),
        bag_ml=_content(not_negative("bag_ml", bag_ml), terms, site),
        bag_policy=choice("bag_policy", bag_policy, BagPolicy),
        max_dose_mg=terms.max_dose_mg,
        dose_step_mg=terms.dose_step_mg,
    )
    sheet = pump_sheet(
        order,
        weight_kg=weight.used_kg,
        pump=site.pump,
        limits=site.dose,
        stocked=site.stocked,
    )
    findings = (
        *check_body(measured_kg, body=body, limits=site.weight),
        *weight.findings,
        *sheet.findings,
        *_check_container(sheet, terms, site),
        *check_figures(_figures(sheet), bounds=site.bounds),
        *_check_indication(order, terms),
        *_check_line(sheet, site),
    )
    return _dose_sheet(sheet, choice("figures", figures, Figures), findings, _notes(body, site))


def _content(bag_ml: Decimal, terms: Terms, site: SiteSettings) -> Decimal:
    """What the container really holds before the drug goes in."""
    is_bag = terms.syringe_ml is None and bag_ml > 0
    return bag_ml + site.overfill_ml if is_bag else bag_ml


def _check_container(sheet: PumpSheet, terms: Terms, site: SiteSettings) -> Iterator[Finding]:
    if terms.syringe_ml is None:
        if sheet.order.bag_ml > 0:
            bag_ml = sheet.order.bag_ml - site.overfill_ml
            yield from check_container(bag_ml, sizes_ml=site.bags_ml, field="bag_ml")
        return
    yield from check_container(terms.syringe_ml, sizes_ml=site.syringes_ml, field="syringe_ml")
    volume_ml = sheet.rounded.volume_ml
    if volume_ml > terms.syringe_ml:
        message = (
            f"{exactly(volume_ml)} mL does not fit a {exactly(terms.syringe_ml)} mL syringe; "
            "the whole dose must be in one."
        )
        yield Finding("syringe.too_small", Severity.BLOCK, message, field="syringe_ml")


def _figures(sheet: PumpSheet) -> dict[str, Decimal]:
    """What a site's own limits look at: what was ordered, and what would really be given."""
    return {
        "mg_per_kg": sheet.order.mg_per_kg,
        "minutes": sheet.order.minutes,
        "dose_mg": sheet.rounded.dose_mg,
        "mg_per_min": sheet.rounded.mg_per_min,
        "mcg_per_kg_per_min": sheet.mg_per_kg_per_h * 1000 / 60,
        "rate_ml_per_h": sheet.rounded.rate_ml_per_h,
        "final_mg_per_ml": sheet.rounded.final_mg_per_ml,
    }


def _check_indication(order: DoseOrder, terms: Terms) -> Iterator[Finding]:
    yield from check_indication(order.mg_per_kg, minutes=order.minutes, indication=terms.indication)
    if terms.last:
        yield from check_step(order.mg_per_kg, last=terms.last)


def _check_line(sheet: PumpSheet, site: SiteSettings) -> Iterator[Finding]:
    if site.line_ml == 0:
        return
    left_mg = min(site.line_ml, sheet.rounded.volume_ml) * sheet.rounded.final_mg_per_ml
    message = (
        f"{exactly(site.line_ml)} mL stay in the line when the bag is empty, with "
        f"{shown(left_mg)} mg; flush it through at the infusion's rate."
    )
    yield Finding("line.holds_drug", Severity.NOTICE, message, field="line_ml", source="site")


def _notes(body: Body, site: SiteSettings) -> tuple[str, ...]:
    left_out = (
        ("What a bag holds beyond its label is left out.", site.overfill_ml == 0),
        ("The volume of the line is left out.", site.line_ml == 0),
        (
            "The weight was held against neither a last weight nor a height.",
            body.last_weight_kg is None and body.height_cm is None,
        ),
    )
    return tuple(text for text, is_so in left_out if is_so)


def _dose_sheet(
    sheet: PumpSheet, figures: Figures, findings: tuple[Finding, ...], notes: tuple[str, ...]
) -> DoseSheet:
    is_exact = figures is Figures.EXACT
    made, zero = (sheet.exact if is_exact else sheet.rounded), Decimal(0)
    exact_mg_per_min = sheet.exact.mg_per_min
    slower_percent = (made.mg_per_min - exact_mg_per_min) * 100 / exact_mg_per_min
    return DoseSheet(
        figures=figures,
        weight_used_kg=sheet.weight_kg,
        dose_mg=made.dose_mg,
        draw_ml=made.draw_ml,
        volume_ml=made.volume_ml,
        final_mg_per_ml=made.final_mg_per_ml,
        rate_ml_per_h=made.rate_ml_per_h,
        minutes=made.minutes,
        mg_per_min=made.mg_per_min,
        mcg_per_kg_per_min=made.mg_per_min * 1000 / sheet.weight_kg,
        mg_per_kg=made.dose_mg / sheet.weight_kg,
        vials=made.vials,
        vial_remainder_mg=made.remainder_mg,
        vial_remainder_ml=made.remainder_ml,
        deviation_percent=zero if is_exact else sheet.deviation_percent,
        rate_deviation_percent=zero if is_exact else slower_percent,
        findings=findings,
        notes=notes,
    )
