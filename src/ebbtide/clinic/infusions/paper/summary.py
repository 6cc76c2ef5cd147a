"""The head of the record: who, on which order, prepared how, and what was given."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from ebbtide.clinic.infusions.paper import wording
from ebbtide.clinic.infusions.paper.desk import NOT_RECORDED, Desk
from ebbtide.clinic.infusions.paper.layout import Fact, Group
from ebbtide.clinic.infusions.paper.plot import holds_of
from ebbtide.clinic.infusions.paper.wording import amount, lasting, on_day, rounded, said
from ebbtide.clinic.plans.models import Indication
from ebbtide.science.visit.events import DoseDrawn
from ebbtide.science.visit.infusion import Infusion
from ebbtide.science.visit.state import Status, VisitState

_BAG_POLICY: Final = {
    "replace": "the draw's volume taken out first",
    "add": "the draw added to it",
}


_INDICATIONS = dict(Indication.choices)


def patient(desk: Desk, allergies: str) -> Group:
    """Who was here, where and when."""
    person, visit, terms = desk.visit.patient, desk.visit, desk.state.terms
    age = person.age_years(on=desk.clock.day)
    site = ", ".join(said(part) for part in (visit.site.name, visit.site.city) if part)
    on_file = f"{said(allergies)} (on file at printing)" if allergies else NOT_RECORDED
    return Group(
        "Patient and visit",
        (
            Fact("Patient", said(person.full_name)),
            Fact("Number", said(person.number)),
            Fact("Born", f"{on_day(person.born_on)}, aged {age}"),
            Fact("Limbs", f"{terms.limbs_present} of 4 present" if terms else NOT_RECORDED),
            Fact("Allergies", on_file),
            Fact("Site", f"{site}; {said(str(visit.chair))}"),
            Fact("Checked in", desk.time(desk.state.checked_in_at)),
            Fact("Handed over", desk.time(desk.state.handed_over_at)),
        ),
    )


def order(desk: Desk) -> Group:
    """What was ordered, as copied into the record at check-in."""
    terms, signed = desk.state.terms, desk.visit.order
    if terms is None:
        return Group("Order", (Fact("Order", "no check-in, so no order is in force"),))
    dose = terms.order
    by = f"{said(str(signed.signed_by))}, {desk.clock.full(signed.signed_at)}"
    over = f"{amount(dose.mg_per_kg, 'mg/kg')} over {amount(dose.minutes, 'min')}"
    stock = f"{amount(dose.stock.mg_per_ml, 'mg/mL')}, vial {amount(dose.stock.vial_ml, 'mL')}"
    bag = f"{amount(dose.bag_ml, 'mL')}, {_BAG_POLICY[dose.bag_policy.value]}"
    ceiling = "none" if dose.max_dose_mg is None else amount(dose.max_dose_mg, "mg")
    return Group(
        "Order",
        (
            Fact("Order", f"{said(terms.order_number)}, visit {terms.visit_number} of the plan"),
            Fact("Signed by", by if signed.number == terms.order_number else NOT_RECORDED),
            Fact("Protocol", said(terms.protocol)),
            Fact("Indication", said(_INDICATIONS.get(terms.indication, terms.indication))),
            Fact("Ketamine", over),
            Fact("Ceiling", ceiling),
            Fact("Stock", stock),
            Fact("Diluent", bag),
        ),
    )


def preparation(desk: Desk) -> Group:
    """Weight, pump sheet and line."""
    weight, line, terms = desk.state.weight, desk.state.line, desk.state.terms
    weighed = (
        weight and f"{amount(weight.weight_kg, 'kg')}, {wording.PROSTHESIS[weight.prosthesis]}"
    )
    placed = (line.limb, line.place, line.gauge) if line else ()
    cuff = said(terms.cuff_limb) if terms else ""
    return Group(
        "Weight, dose and line",
        (
            Fact("Weight", weighed or NOT_RECORDED),
            *_pump_sheet(desk),
            Fact("Line", ", ".join(said(part) for part in placed if part) or NOT_RECORDED),
            Fact("Cuff", cuff or NOT_RECORDED),
        ),
    )


def _pump_sheet(desk: Desk) -> tuple[Fact, ...]:
    drawn = desk.state.drawn
    if drawn is None:
        return (Fact("Dose", "none drawn"),)
    stock = amount(drawn.stock_mg_per_ml, "mg/mL")
    per_hour = amount(drawn.mg_per_ml * drawn.rate_ml_per_h, "mg/h", 1)
    checked_by = desk.state.dose_checked_by
    draw = f"{amount(drawn.dose_mg, 'mg')}: {amount(drawn.draw_ml, 'mL')} of {stock}"
    bag = f"{amount(drawn.volume_ml, 'mL')} at {amount(drawn.mg_per_ml, 'mg/mL', 3)}"
    return (
        Fact("Dose", draw),
        Fact("Bag", bag),
        Fact("Rate", f"{amount(drawn.rate_ml_per_h, 'mL/h')} ({per_hour})"),
        Fact("Lot", said(drawn.lot) or NOT_RECORDED),
        Fact("Drawn by", desk.name(desk.state.drawn_by)),
        Fact("Checked by", desk.name(checked_by) if checked_by else "nobody"),
    )


def totals(desk: Desk) -> tuple[Fact, ...]:
    """What was ordered, drawn, given and left, and how long it took."""
    state, until = desk.state, desk.until
    infusion, drawn = state.infusion, state.drawn
    if infusion is None or drawn is None:
        return (Fact("Given", f"{amount(Decimal(0), 'mg')}: no dose was drawn"),)
    holds = holds_of(state, until)
    running = sum((run.end - run.start for run in infusion.runs(until)), timedelta())
    held = sum((end - start for start, end in holds), timedelta())
    given_mg, ordered = state.given_mg(until), _ordered_mg(state)
    weight_kg = state.weight.weight_kg if state.weight else 0
    per_kg = amount(given_mg / weight_kg, "mg/kg", 3) if weight_kg else NOT_RECORDED
    left = _left(infusion, drawn, until)
    return (
        Fact("Ordered", NOT_RECORDED if ordered is None else amount(ordered, "mg", 2)),
        Fact("Drawn", amount(drawn.dose_mg, "mg")),
        Fact("Given", amount(given_mg, "mg", 2)),
        Fact("Given by weight", per_kg),
        Fact("Volume given", amount(infusion.given_ml(until), "mL", 1)),
        Fact("Boluses in it", _boluses(infusion)),
        Fact("Started", desk.time(state.started_at)),
        Fact("Ended", _ended(desk, infusion)),
        Fact("Running", lasting(running)),
        Fact("Held", f"{len(holds)} ×, {lasting(held)}" if holds else "never"),
        Fact("Left in the bag", f"{amount(left.bag_mg, 'mg')}, {amount(left.bag_ml, 'mL')}"),
        Fact("Left, bag and vial", amount(left.bag_mg + left.vial_mg, "mg")),
    )


def _ended(desk: Desk, infusion: Infusion) -> str:
    runs = infusion.runs(desk.until)
    is_empty = desk.state.status is Status.RUNNING and not infusion.rate_ml_per_h(desk.until)
    if is_empty and runs:
        return f"bag empty {desk.time(runs[-1].end)}"
    return desk.time(desk.state.ended_at)


def totals_note(desk: Desk) -> str:
    """What the totals count and what they do not."""
    state = desk.state
    if state.infusion is None or state.drawn is None:
        return ""
    left = _left(state.infusion, state.drawn, desk.until)
    vials = "1 vial" if left.vials == 1 else f"{left.vials} vials"
    when = "at the end" if state.ended_at else f"at {desk.time(desk.until)}, not ended yet"
    return (
        f"Amounts {when}. Ordered: the dose by weight before rounding. Left: "
        f"{amount(left.bag_mg, 'mg')} in the bag and {amount(left.vial_mg, 'mg')} "
        f"({amount(left.vial_ml, 'mL')}) in {vials}, to be wasted before a witness. "
        "Overfill and the line's own volume are not counted."
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left, from the given amounts as printed, so that the two add up."""

    bag_mg: Decimal
    bag_ml: Decimal
    vials: int
    vial_mg: Decimal
    vial_ml: Decimal


def _left(infusion: Infusion, drawn: DoseDrawn, until: datetime) -> _Left:
    vials = math.ceil(drawn.draw_ml / drawn.vial_ml)
    vial_ml = vials * drawn.vial_ml - drawn.draw_ml
    return _Left(
        bag_mg=drawn.dose_mg - rounded(infusion.given_mg(until), 2),
        bag_ml=drawn.volume_ml - rounded(infusion.given_ml(until), 1),
        vials=vials,
        vial_mg=vial_ml * drawn.stock_mg_per_ml,
        vial_ml=vial_ml,
    )


def _boluses(infusion: Infusion) -> str:
    total = sum((bolus.dose_mg for bolus in infusion.boluses), Decimal(0))
    return f"{len(infusion.boluses)} ×, {amount(total, 'mg')}" if infusion.boluses else "none"


def _ordered_mg(state: VisitState) -> Decimal | None:
    """The order by the weight taken, before any rounding; the order's ceiling holds."""
    if state.terms is None or state.weight is None:
        return None
    dose = state.terms.order
    exact = dose.mg_per_kg * state.weight.weight_kg
    return exact if dose.max_dose_mg is None else min(exact, dose.max_dose_mg)
