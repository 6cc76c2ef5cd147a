"""What the printed record says: every figure from the state, formatted, nothing left to the template."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from ebbtide.clinic.infusions.paper import wording
from ebbtide.clinic.infusions.paper.drawing import Limit, drawings
from ebbtide.clinic.infusions.paper.plot import LevelCurve, Shown, holds_of, moment, pieces, shown_of
from ebbtide.clinic.infusions.paper.timeline import Line, lines_of
from ebbtide.clinic.infusions.paper.wording import (
    Clock,
    Wording,
    amount,
    lasting,
    number,
    on_day,
    said,
)
from ebbtide.science.visit.chain import StoredEvent
from ebbtide.science.visit.events import Kind, RateSet, ScoreTaken
from ebbtide.science.visit.state import Entry, Status, VisitState
from ebbtide.science.vitals.validity import Quality, Quantity

if TYPE_CHECKING:
    from ebbtide.clinic.infusions.models import Visit
    from ebbtide.clinic.monitoring.queries import Sampled

BLANK: Final = ""
NOT_RECORDED: Final = "not recorded"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands beside it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `fills` takes the room that is left, `is_number` stands to the right."""

    label: str
    fills: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; `empty` is said when there are none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "None noted."
    note: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A Vega-Lite specification as JSON, and what it shows in words."""

    spec: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContent:
    """The printed record of one visit, ready to be set."""

    title: str
    running_head: str
    marks: tuple[str, ...]
    printed_at: datetime
    printed: str
    clock_note: str
    groups: tuple[Group, ...]
    totals: tuple[Fact, ...]
    pictures: tuple[Picture, ...]
    picture_notes: tuple[str, ...]
    tables: tuple[Table, ...]
    signatures: Table
    timeline: tuple[Line, ...]
    timeline_note: str
    seals: tuple[Fact, ...]
    verify: tuple[str, ...]
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every part of the record is written with."""

    visit: "Visit"
    state: VisitState
    clock: Clock
    wording: Wording
    names: Mapping[str, str]
    until: datetime

    def who(self, actor: str) -> str:
        """A user's name as it is printed."""
        return said(self.names.get(actor, actor)) or NOT_RECORDED


def record_content(
    *,
    visit: "Visit",
    state: VisitState,
    samples: Sequence["Sampled"],
    head_hash: str,
    printed_at: datetime,
    chain: Sequence[StoredEvent] = (),
    names: Mapping[str, str] | None = None,
    allergies: str = "",
) -> RecordContent:
    """Write out the record of a visit.

    Args:
        visit: Whose visit, where, on which order; read for names only.
        state: The reducer's state; every figure comes from it.
        samples: The monitor's values, for the plot and its summary.
        head_hash: Hash of the newest event of the visit.
        printed_at: The moment, with its zone.
        chain: The visit's rows in the order of `seq`, for their hashes and places.
        names: Full names by user name; a user without one is printed by user name.
        allergies: As on file now, in words; empty if they were not looked up.
    """
    desk = _desk(visit, state, names or {}, printed_at)
    shown = shown_of(state, samples, until=desk.until)
    hashes = {row.id: row.hash[:8] for row in chain}
    return RecordContent(
        title=f"Infusion record, {on_day(desk.clock.day)}",
        running_head=_running_head(desk),
        marks=_marks(desk),
        printed_at=printed_at,
        printed=f"Printed {desk.clock.full(printed_at)}",
        clock_note=_clock_note(desk),
        groups=(_who(desk, allergies), _ordered(desk), _prepared(desk)),
        totals=_totals(desk),
        pictures=_pictures(desk, shown),
        picture_notes=_picture_notes(shown, desk),
        tables=(
            _readings(desk),
            _monitored(desk, samples),
            _adverse_events(desk),
            _rescues(desk),
            _scores(desk),
            _comfort(desk),
            _start_checks(desk),
            _discharge(desk),
        ),
        signatures=_signatures(desk),
        timeline=lines_of(state, wording=desk.wording, who=desk.who, hashes=hashes),
        timeline_note="Every entry in the order it happened; # is its place in the record.",
        seals=_seals(desk, head_hash, chain),
        verify=_VERIFY,
        footer=_FOOTER,
    )


_FOOTER = (
    "The monitor and the pump are the primary instruments; this record is a second display. "
    "The ketamine level is worked out by a model and was not measured."
)
_VERIFY = (
    "Each entry carries the hash of the entry before it, so a changed, missing or reordered entry "
    "breaks the chain. To check this paper against the stored record, run",
    "ebbtide verify --data DIR",
    "with the clinic's data folder. The head hash it works out for this visit must be the one "
    "printed here; entries made after printing move it on.",
)


def _desk(
    visit: "Visit", state: VisitState, names: Mapping[str, str], printed_at: datetime
) -> _Desk:
    zone = visit.site.zone
    began = state.checked_in_at or printed_at
    counted = [entry.happened_at for entry in state.entries if entry.kind not in _AFTERWARDS]
    offsets = {at.astimezone(zone).utcoffset() for at in (*counted, began)}
    clock = Clock(zone, began.astimezone(zone).date(), has_shifts=len(offsets) > 1)
    labels = _labels(visit)
    is_over = state.status in (Status.HANDED_OVER, Status.SIGNED, Status.CALLED_OFF)
    until = max(counted, default=printed_at) if is_over else printed_at
    return _Desk(
        visit=visit,
        state=state,
        clock=clock,
        wording=Wording(labels, clock),
        names=names,
        until=until,
    )


_AFTERWARDS = frozenset({Kind.SIGNED, Kind.AMENDED})


def _labels(visit: "Visit") -> dict[str, str]:
    return {}


def _limits(desk: _Desk) -> tuple[Limit, ...]:
    return ()


def _running_head(desk: _Desk) -> str:
    patient = desk.visit.patient
    born = f"born {on_day(patient.born_on)}"
    return f"{said(patient.full_name)} · {said(patient.number)} · {born}"


def _marks(desk: _Desk) -> tuple[str, ...]:
    marks = []
    if desk.visit.patient.is_synthetic:
        marks.append("Synthetic data: this patient does not exist")
    if desk.state.status is Status.CALLED_OFF:
        marks.append("No infusion was given")
    if not desk.state.signatures:
        marks.append("Not signed: working copy")
    return tuple(marks)


def _clock_note(desk: _Desk) -> str:
    began = desk.state.checked_in_at or desk.until
    shifts = "; the offset changed during the visit, so every time carries its own"
    zone = f"{desk.visit.site.timezone} ({desk.clock.offset(began)})"
    return f"All times are local to the site: {zone}{shifts if desk.clock.has_shifts else ''}."


def _who(desk: _Desk, allergies: str) -> Group:
    patient, visit = desk.visit.patient, desk.visit
    age = patient.age_years(on=desk.clock.day)
    on_file = said(allergies) or NOT_RECORDED
    site = ", ".join(said(part) for part in (visit.site.name, visit.site.city) if part)
    return Group(
        "Patient and visit",
        (
            Fact("Patient", said(patient.full_name)),
            Fact("Number", said(patient.number)),
            Fact("Born", f"{on_day(patient.born_on)} (aged {age})"),
            Fact("Allergies on file", on_file),
            Fact("Site", site),
            Fact("Place", said(str(visit.chair))),
            Fact("Checked in", _moment(desk, desk.state.checked_in_at)),
            Fact("Handed over", _moment(desk, desk.state.handed_over_at)),
        ),
    )


def _ordered(desk: _Desk) -> Group:
    terms, order = desk.state.terms, desk.visit.order
    if terms is None:
        return Group("Order", (Fact("Order", "no check-in, so no order is in force"),))
    dose = terms.order
    cap = "none" if dose.max_dose_mg is None else amount(dose.max_dose_mg, "mg")
    signed = f"{said(str(order.signed_by))}, {desk.clock.full(order.signed_at)}"
    bag = f"{amount(dose.bag_ml, 'mL')}, {_BAG_POLICY[dose.bag_policy.value]}"
    stock = f"{amount(dose.stock.mg_per_ml, 'mg/mL')}, vial {amount(dose.stock.vial_ml, 'mL')}"
    return Group(
        "Order",
        (
            Fact("Order", said(terms.order_number)),
            Fact("Signed by", signed if order.number == terms.order_number else NOT_RECORDED),
            Fact("Protocol", said(terms.protocol)),
            Fact("Indication", said(terms.indication)),
            Fact("Visit of plan", str(terms.visit_number)),
            Fact("Ketamine", f"{amount(dose.mg_per_kg, 'mg/kg')} over {amount(dose.minutes, 'min')}"),
            Fact("Ceiling", cap),
            Fact("Stock", stock),
            Fact("Diluent", bag),
        ),
    )


_BAG_POLICY = {
    "replace": "the draw's volume taken out first",
    "add": "the draw added to it",
}


def _prepared(desk: _Desk) -> Group:
    state = desk.state
    weight, drawn, terms, line = state.weight, state.drawn, state.terms, state.line
    weighed = (
        f"{amount(weight.weight_kg, 'kg')}, {wording.prosthesis(weight.prosthesis)}"
        if weight
        else NOT_RECORDED
    )
    facts = [Fact("Weight", weighed)]
    if drawn:
        stock = amount(drawn.stock_mg_per_ml, "mg/mL")
        per_hour = amount(drawn.mg_per_ml * drawn.rate_ml_per_h, "mg/h", 1)
        facts += [
            Fact("Dose", amount(drawn.dose_mg, "mg")),
            Fact("Draw", f"{amount(drawn.draw_ml, 'mL')} of {stock}"),
            Fact("Bag", f"{amount(drawn.volume_ml, 'mL')} at {amount(drawn.mg_per_ml, 'mg/mL', 3)}"),
            Fact("Rate", f"{amount(drawn.rate_ml_per_h, 'mL/h')} ({per_hour})"),
            Fact("Lot", said(drawn.lot) or NOT_RECORDED),
            Fact("Drawn by", desk.who(state.drawn_by)),
            Fact("Checked by", desk.who(state.dose_checked_by)),
        ]
    else:
        facts.append(Fact("Dose", "none drawn"))
    placed = (line.limb, line.place, line.gauge) if line else ()
    facts.append(Fact("Line", ", ".join(said(part) for part in placed if part) or NOT_RECORDED))
    if terms:
        cuff = said(terms.cuff_limb) or NOT_RECORDED
        facts.append(Fact("Cuff limb", cuff))
        facts.append(Fact("Limbs present", f"{terms.limbs_present} of 4"))
    return Group("Weight, dose and line", tuple(facts))


def _totals(desk: _Desk) -> tuple[Fact, ...]:
    state = desk.state
    infusion, drawn, until = state.infusion, state.drawn, desk.until
    if infusion is None or drawn is None:
        return (Fact("Given", f"{amount(Decimal(0), 'mg')}: no dose was drawn"),)
    given_mg, given_ml = state.given_mg(until), infusion.given_ml(until)
    runs, holds = infusion.runs(until), holds_of(state, until)
    running = sum((run.end - run.start for run in runs), timedelta())
    held = sum((end - start for start, end in holds), timedelta())
    per_kg = amount(given_mg / state.weight.weight_kg, "mg/kg", 3) if state.weight else NOT_RECORDED
    ordered = _ordered_mg(state)
    vials = math.ceil(drawn.draw_ml / drawn.vial_ml)
    left_in_vials_ml = vials * drawn.vial_ml - drawn.draw_ml
    vial_mg = amount(left_in_vials_ml * drawn.stock_mg_per_ml, "mg", 1)
    return (
        Fact("Ordered", amount(ordered, "mg", 1) if ordered is not None else NOT_RECORDED),
        Fact("Drawn", amount(drawn.dose_mg, "mg")),
        Fact("Given", amount(given_mg, "mg", 1)),
        Fact("Given by weight", per_kg),
        Fact("Volume given", amount(given_ml, "mL", 1)),
        Fact("Left in bag", f"{amount(drawn.dose_mg - given_mg, 'mg', 1)}, {amount(infusion.left_ml(until), 'mL', 1)}"),
        Fact("Left in vial" if vials == 1 else f"Left in {vials} vials", f"{vial_mg}, {amount(left_in_vials_ml, 'mL')}"),
        Fact("Started", _moment(desk, state.started_at)),
        Fact("Ended", _moment(desk, state.ended_at)),
        Fact("Running", lasting(running)),
        Fact("Held", f"{len(holds)} ×, {lasting(held)}" if holds else "never"),
        Fact("Boluses", _boluses(desk)),
    )


def _boluses(desk: _Desk) -> str:
    infusion = desk.state.infusion
    boluses = infusion.boluses if infusion else ()
    total = sum((bolus.dose_mg for bolus in boluses), Decimal(0))
    return f"{len(boluses)} ×, {amount(total, 'mg')}" if boluses else "none"


def _ordered_mg(state: VisitState) -> Decimal | None:
    """The order by the weight taken, before any rounding; the order's ceiling holds."""
    if state.terms is None or state.weight is None:
        return None
    order = state.terms.order
    exact = order.mg_per_kg * state.weight.weight_kg
    return exact if order.max_dose_mg is None else min(exact, order.max_dose_mg)


def _moment(desk: _Desk, at: datetime | None) -> str:
    return desk.clock.time(at) if at else NOT_RECORDED


def _pictures(desk: _Desk, shown: Shown | None) -> tuple[Picture, ...]:
    if shown is None:
        return ()
    offset = shown.start.astimezone(desk.visit.site.zone).utcoffset() or timedelta()
    rules = [at for at in (desk.state.started_at, desk.state.ended_at) if at]
    specs = drawings(shown, offset=offset, limits=_limits(desk), rules=rules)
    alt = _alt(desk, shown)
    return tuple(Picture(json.dumps(spec, sort_keys=True), alt) for spec in specs)


def _alt(desk: _Desk, shown: Shown) -> str:
    def span(values: Sequence[float], unit: str) -> str:
        if not values:
            return "none"
        return f"{number(min(values), 0)} to {amount(max(values), unit, 0)}"

    systolic = [cuff.systolic for cuff in shown.cuffs]
    return (
        f"Vital signs, ketamine level and pump rate on one clock from "
        f"{desk.clock.time(shown.start)} to {desk.clock.time(shown.end)}. "
        f"SpO2 {span(shown.spo2.values, '%')}; pulse {span(shown.pulse.values, '/min')}; "
        f"systolic pressure {span(systolic, 'mmHg')}. The tables give the figures."
    )


def _picture_notes(shown: Shown | None, desk: _Desk) -> tuple[str, ...]:
    if shown is None:
        return ("No plot: nothing was measured and no drug was given.",)
    notes = [
        "Lines from the monitor are broken wherever it gave no value for more than 10 s. "
        "White dots were typed. Upright lines mark start and stop."
    ]
    if shown.level:
        notes.append(_level_note(shown.level, desk))
    elif desk.state.started_at:
        notes.append("No level is drawn: it needs a weight between 30 and 200 kg.")
    return tuple(notes)


def _level_note(curve: LevelCurve, desk: _Desk) -> str:
    peak = max(curve.effect)
    at = curve.times[curve.effect.index(peak)]
    return (
        "Level: typical patient of this weight by the model of Kamp 2020, arterial, both enantiomers; "
        "effect site with a half-life of 6.1 min behind plasma. Band: the effect-site level of 9 in 10 "
        f"virtual patients. Highest typical effect-site level {amount(peak, 'ng/mL', 0)} at "
        f"{desk.clock.time(at)}. Earlier infusions are not counted. A picture, not an instruction."
    )


_VITALS = (
    ("Mean", "mean_mmhg"),
    ("Pulse\n/min", "pulse_per_min"),
    ("SpO2\n%", "spo2_percent"),
    ("O2\nL/min", "oxygen_l_per_min"),
    ("Breaths\n/min", "resp_per_min"),
    ("Temp.\n°C", "temperature_c"),
    ("MOAA/S\n0–5", "moaas"),
    ("RASS\n−5–+4", "rass"),
    ("Phantom\npain 0–10", "phantom_pain_nrs"),
    ("Limb\npain 0–10", "residual_limb_pain_nrs"),
)


def _readings(desk: _Desk) -> Table:
    columns = (
        Column("Time"),
        Column("Phase"),
        Column("BP\nmmHg", is_number=True),
        *(Column(label, is_number=True) for label, _ in _VITALS),
        Column("Noted; by", fills=True),
    )
    rows = []
    for entry, payload in desk.state.readings:
        reading = payload.reading
        noted = ", ".join(symptom.value.replace("_", " ") for symptom in reading.symptoms)
        amended = "amended" if entry.amendments else ""
        rows.append(
            (
                desk.clock.time(entry.happened_at),
                _phase(desk.state, entry),
                wording.pressure(reading),
                *(_blank_or(getattr(reading, name)) for _, name in _VITALS),
                "; ".join(part for part in (noted, amended, desk.who(entry.actor)) if part),
            )
        )
    note = "Blank: not measured. Limb pain: of the residual limb."
    return Table("Readings", columns, tuple(rows), note=note)


def _blank_or(value: Decimal | int | None) -> str:
    return BLANK if value is None else number(value)


def _phase(state: VisitState, entry: Entry) -> str:
    if entry.kind is Kind.RECOVERY_READING_ENTERED:
        return "recovery"
    if state.started_at is None or entry.happened_at < state.started_at:
        return "baseline"
    is_after = state.ended_at is not None and entry.happened_at > state.ended_at
    return "recovery" if is_after else "infusion"


def _monitored(desk: _Desk, samples: Sequence["Sampled"]) -> Table:
    columns = (
        Column("Quantity", fills=True),
        Column("Lowest", is_number=True),
        Column("at"),
        Column("Middle", is_number=True),
        Column("Highest", is_number=True),
        Column("at"),
        Column("Values", is_number=True),
        Column("Not usable", is_number=True),
    )
    begun = desk.state.checked_in_at
    inside = [
        sample
        for sample in samples
        if sample.source == "monitor" and begun is not None and begun <= moment(sample) <= desk.until
    ]
    rows = tuple(
        _monitored_row(desk, quantity, inside)
        for quantity in Quantity
        if any(sample.quantity == quantity for sample in inside)
    )
    return Table(
        "From the monitor, check-in to hand-over",
        columns,
        rows,
        empty="No monitor was connected.",
        note="Middle: the median. Not usable: no reading, out of range or suspect; left out of the rest.",
    )


def _monitored_row(
    desk: _Desk, quantity: Quantity, samples: Sequence["Sampled"]
) -> tuple[str, ...]:
    mine = [sample for sample in samples if sample.quantity == quantity]
    dots = [dot for piece in pieces(mine, quantity) for dot in piece]
    unusable = str(sum(sample.quality != Quality.OK for sample in mine))
    name = f"{quantity.label.replace('₂', '2')}, {quantity.unit}"
    if not dots:
        return (name, *[BLANK] * 5, "0", unusable)
    least = min(dots, key=lambda dot: dot.value)
    most = max(dots, key=lambda dot: dot.value)
    middle = sorted(dot.value for dot in dots)[len(dots) // 2]
    places = 1 if quantity is Quantity.TEMPERATURE else 0
    return (
        name,
        number(least.value, places),
        desk.clock.time(least.at),
        number(middle, places),
        number(most.value, places),
        desk.clock.time(most.at),
        str(len(dots)),
        unusable,
    )


def _adverse_events(desk: _Desk) -> Table:
    columns = (
        Column("Time"),
        Column("What", fills=True),
        Column("CTCAE grade", is_number=True),
        Column("Serious"),
        Column("By"),
    )
    rows = tuple(
        (
            desk.clock.time(entry.happened_at),
            ". ".join(said(part) for part in (noted.term, noted.note) if part),
            str(noted.grade),
            "yes" if noted.is_serious else "no",
            desk.who(entry.actor),
        )
        for entry, noted in desk.state.adverse_events
    )
    return Table("Adverse events", columns, rows)


def _rescues(desk: _Desk) -> Table:
    columns = (
        Column("Time"),
        Column("Drug"),
        Column("Dose", is_number=True),
        Column("Route"),
        Column("Trigger", fills=True),
        Column("By"),
    )
    rows = tuple(
        (
            desk.clock.time(entry.happened_at),
            said(given.drug),
            amount(given.dose, given.unit),
            said(given.route),
            said(given.trigger),
            desk.who(entry.actor),
        )
        for entry, given in desk.state.rescues
    )
    return Table("Rescue drugs", columns, rows, empty="None given.")


def _scores(desk: _Desk) -> Table:
    columns = (
        Column("Time"),
        Column("Scale", fills=True),
        Column("Total", is_number=True),
        Column("Answers"),
        Column("By"),
    )
    rows = tuple(
        (
            desk.clock.time(entry.happened_at),
            *wording.score(taken),
            _parts(taken),
            desk.who(entry.actor),
        )
        for entry, taken in desk.state.scores
    )
    return Table("Scales", columns, rows, empty="None taken.")


_ALDRETE = ("activity", "breathing", "circulation", "consciousness", "SpO2")


def _parts(taken: ScoreTaken) -> str:
    if taken.instrument == "aldrete" and len(taken.answers) == len(_ALDRETE):
        return ", ".join(f"{part} {got}" for part, got in zip(_ALDRETE, taken.answers, strict=True))
    return " + ".join(map(str, taken.answers))


def _comfort(desk: _Desk) -> Table:
    columns = (Column("Measure"), Column("Setting at the end", fills=True))
    rows = tuple(
        (what.replace("_", " "), said(setting)) for what, setting in desk.state.comfort.items()
    )
    return Table("Comfort", columns, rows)


def _start_checks(desk: _Desk) -> Table:
    answers = desk.state.gate_answers.values()
    return _checklist(desk, "Checks before the start", tuple(answers))


def _discharge(desk: _Desk) -> Table:
    answers = desk.state.discharge_answers.values()
    return _checklist(desk, "Discharge", tuple(answers), note=_escort(desk))


def _escort(desk: _Desk) -> str:
    left = desk.state.handed_over
    if left is None:
        return "Not handed over."
    adult = "an adult" if left.is_adult else "NOT an adult"
    present = "present" if left.is_present else "NOT present"
    told = "given" if left.instructions_given else "NOT given"
    return (
        f"Handed over at {_moment(desk, desk.state.handed_over_at)} to {said(left.escort_name)} "
        f"({said(left.escort_relation)}), {adult}, {present}; written instructions {told}."
    )


def _checklist(desk: _Desk, title: str, answers: Sequence[tuple[Entry, object]], note: str = "") -> Table:
    columns = (Column("Item", fills=True), Column("Answer"), Column("Time"), Column("By"))
    rows = []
    for entry, payload in answers:
        told = [wording.item(payload.item, desk.wording.labels), said(payload.note)]
        rows.append(
            (
                ". ".join(part for part in told if part),
                wording.answer(payload.answer),
                desk.clock.time(entry.happened_at),
                desk.who(entry.actor),
            )
        )
    return Table(title, columns, tuple(rows), empty="Nothing was confirmed.", note=note)


def _signatures(desk: _Desk) -> Table:
    columns = (
        Column("Name", fills=True),
        Column("Role"),
        Column("Signed at"),
        Column("Stands for the record up to"),
    )
    rows = tuple(
        (
            said(entry.payload.name),
            said(entry.payload.role),
            desk.clock.full(entry.happened_at),
            f"{entry.payload.head_hash[:16]}…",
        )
        for entry in desk.state.signatures
    )
    return Table("Signatures", columns, rows, empty="Not signed.")


def _seals(desk: _Desk, head_hash: str, chain: Sequence[StoredEvent]) -> tuple[Fact, ...]:
    state = desk.state
    facts = [
        Fact("Visit", str(desk.visit.pk)),
        Fact("Entries", f"{state.last_seq}"),
        Fact("Head hash of the visit", head_hash),
    ]
    facts += [Fact(f"Signed at head", entry.payload.head_hash) for entry in state.signatures]
    if chain:
        last = chain[-1]
        facts.append(Fact("Place in the site's chain", f"{last.site}, event {last.site_seq}"))
        facts.append(Fact("Site's chain at that event", last.site_hash))
    return tuple(facts)
