"""The tables of the record: what was measured, noted, given, confirmed and signed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from ebbtide.clinic.infusions.paper import wording
from ebbtide.clinic.infusions.paper.desk import Desk
from ebbtide.clinic.infusions.paper.layout import Column, Table
from ebbtide.clinic.infusions.paper.plot import is_between, pieces
from ebbtide.clinic.infusions.paper.wording import amount, number, said
from ebbtide.science.screening.protocol import ListItem
from ebbtide.science.visit.events import DischargeConfirmed, GateConfirmed, Kind, ScoreTaken, Signed
from ebbtide.science.visit.gates import told_by_record
from ebbtide.science.visit.state import Entry, VisitState
from ebbtide.science.vitals.validity import Quality, Quantity

if TYPE_CHECKING:
    from ebbtide.clinic.monitoring.queries import Sampled

_VITALS: Final = (
    ("Mean\nmmHg", "mean_mmhg"),
    ("Pulse\n/min", "pulse_per_min"),
    ("SpO2\n%", "spo2_percent"),
    ("O2\nL/min", "oxygen_l_per_min"),
    ("Breaths\n/min", "resp_per_min"),
    ("Temp.\n°C", "temperature_c"),
    ("MOAA/S\n0–5", "moaas"),
    ("RASS\n−5–+4", "rass"),
    ("Phantom\npain\n0–10", "phantom_pain_nrs"),
    ("Limb\npain\n0–10", "residual_limb_pain_nrs"),
)
_BY_RECORD: Final = "by the record"
_ALDRETE: Final = ("activity", "breathing", "circulation", "consciousness", "SpO2")


def readings(desk: Desk) -> Table:
    """Typed sets of signs; what was not measured stays blank."""
    rows = []
    for entry, payload in desk.state.readings:
        reading = payload.reading
        values = (getattr(reading, name) for _, name in _VITALS)
        notes = [symptom.value.replace("_", " ") for symptom in reading.symptoms]
        notes += ["amended"] if entry.amendments else []
        rows.append(
            (
                str(entry.seq),
                desk.time(entry.happened_at),
                _phase(desk.state, entry),
                wording.pressure(reading),
                *("" if value is None else number(value) for value in values),
                "; ".join([*notes, desk.who(entry.actor)]),
            )
        )
    return Table(
        "Readings",
        (
            Column("#", is_number=True),
            Column("Time"),
            Column("Phase"),
            Column("BP\nmmHg", is_number=True),
            *(Column(label, is_number=True) for label, _ in _VITALS),
            Column("Noted; by", share=1),
        ),
        tuple(rows),
        empty="None taken.",
        note="Blank: not measured. Limb pain: of the residual limb.",
    )


def _phase(state: VisitState, entry: Entry) -> str:
    if entry.kind is Kind.RECOVERY_READING_ENTERED:
        return "recovery"
    if state.started_at is None or entry.happened_at < state.started_at:
        return "baseline"
    is_after = state.ended_at is not None and entry.happened_at > state.ended_at
    return "recovery" if is_after else "infusion"


def monitored(desk: Desk, samples: Sequence["Sampled"]) -> Table:
    """The monitor's values in figures: the plot for who cannot see it."""
    begun = desk.state.checked_in_at or desk.until
    inside: dict[str, list[Sampled]] = {}
    for sample in samples:
        if sample.source == "monitor" and is_between(sample, begun, desk.until):
            inside.setdefault(sample.quantity, []).append(sample)
    rows = [
        _monitored_row(desk, quantity, inside[quantity])
        for quantity in Quantity
        if quantity in inside
    ]
    return Table(
        "From the monitor, check-in to hand-over",
        (
            Column("Quantity", share=1),
            Column("Lowest", is_number=True),
            Column("at"),
            Column("Median", is_number=True),
            Column("Highest", is_number=True),
            Column("at"),
            Column("Values", is_number=True),
            Column("Not usable", is_number=True),
        ),
        tuple(rows),
        empty="No monitor was connected.",
        note="Not usable: no reading, out of range or suspect; left out of the other columns.",
    )


def _monitored_row(desk: Desk, quantity: Quantity, mine: Sequence["Sampled"]) -> tuple[str, ...]:
    dots = [dot for piece in pieces(mine, quantity) for dot in piece]
    unusable = str(sum(sample.quality != Quality.OK for sample in mine))
    name = f"{quantity.label.replace('₂', '2')}, {quantity.unit}"
    if not dots:
        return (name, "", "", "", "", "", "0", unusable)
    by_value = sorted(dots, key=lambda dot: dot.value)
    least, middle, most = by_value[0], by_value[len(dots) // 2], by_value[-1]
    most = next(dot for dot in dots if dot.value == most.value)
    places = 1 if quantity is Quantity.TEMPERATURE else 0
    return (
        name,
        number(least.value, places),
        desk.time(least.at),
        number(middle.value, places),
        number(most.value, places),
        desk.time(most.at),
        str(len(dots)),
        unusable,
    )


def adverse_events(desk: Desk) -> Table:
    """Unwanted effects with their grade."""
    rows = [
        (
            desk.time(entry.happened_at),
            ": ".join(said(part) for part in (noted.term, noted.note) if part),
            str(noted.grade),
            "yes" if noted.is_serious else "no",
            desk.who(entry.actor),
        )
        for entry, noted in desk.state.adverse_events
    ]
    columns = (
        Column("Time"),
        Column("What", share=1),
        Column("Grade", is_number=True),
        Column("Serious"),
        Column("By"),
    )
    return Table("Adverse events, CTCAE grade", columns, tuple(rows))


def rescues(desk: Desk) -> Table:
    """Rescue drugs with what set them off."""
    rows = [
        (
            desk.time(entry.happened_at),
            said(given.drug),
            amount(given.dose, given.unit),
            said(given.route),
            said(given.trigger),
            desk.who(entry.actor),
        )
        for entry, given in desk.state.rescues
    ]
    columns = (
        Column("Time"),
        Column("Drug", share=3),
        Column("Dose", is_number=True),
        Column("Route", share=2),
        Column("Trigger", share=3),
        Column("By"),
    )
    return Table("Rescue drugs", columns, tuple(rows), empty="None given.")


def scores(desk: Desk) -> Table:
    """Scales with their totals and parts."""
    rows = [
        (
            desk.time(entry.happened_at),
            *wording.score(taken),
            _parts(taken),
            desk.who(entry.actor),
        )
        for entry, taken in desk.state.scores
    ]
    columns = (
        Column("Time"),
        Column("Scale", share=2),
        Column("Total", is_number=True),
        Column("Answers", share=4),
        Column("By"),
    )
    return Table("Scales", columns, tuple(rows), empty="None taken.")


def _parts(taken: ScoreTaken) -> str:
    if taken.instrument == "aldrete" and len(taken.answers) == len(_ALDRETE):
        return ", ".join(f"{part} {got}" for part, got in zip(_ALDRETE, taken.answers, strict=True))
    return " + ".join(map(str, taken.answers))


def comfort(desk: Desk) -> str:
    """Comfort measures as they last were."""
    measures = (f"{what.replace('_', ' ')}: {said(to)}" for what, to in desk.state.comfort.items())
    return "; ".join(measures) or "None noted."


def start_checks(desk: Desk) -> Table:
    """The checklist before the start."""
    return _checklist(
        "Checks before the start",
        desk.protocol.checklist,
        desk.state.gate_answers,
        told=told_by_record(desk.state),
    )


def discharge(desk: Desk) -> Table:
    """The discharge list."""
    return _checklist(
        "Discharge", desk.protocol.discharge_items, desk.state.discharge_answers, note=escort(desk)
    )


def _checklist(
    title: str,
    items: Sequence[ListItem],
    answers: Mapping[str, tuple[Entry, GateConfirmed]]
    | Mapping[str, tuple[Entry, DischargeConfirmed]],
    *,
    note: str = "",
    told: frozenset[str] = frozenset(),
) -> Table:
    """Every item of the protocol, answered or not, then answers it no longer asks for."""
    texts = {item.id: item.text for item in items}
    texts |= {code: code.replace("_", " ") for code in answers if code not in texts}
    rows = []
    for code, text in texts.items():
        if code not in answers:
            rows.append((said(text), _BY_RECORD if code in told else "not answered"))
            continue
        given = answers[code][1]
        noted = f"{said(text)} ({said(given.note)})" if given.note.strip() else said(text)
        rows.append((noted, wording.ANSWERS[given.answer]))
    if any(answer == _BY_RECORD for _, answer in rows):
        note = f"{note} By the record: another entry answers it, such as the weight.".strip()
    columns = (Column("Item", share=1), Column("Answer"))
    return Table(title, columns, tuple(rows), empty="The protocol has no such list.", note=note)


def escort(desk: Desk) -> str:
    """Who took the patient home."""
    left = desk.state.handed_over
    if left is None:
        return "Not handed over to anyone."
    adult = "an adult" if left.is_adult else "NOT an adult"
    present = "present in person" if left.is_present else "NOT present in person"
    told = "given" if left.instructions_given else "NOT given"
    return (
        f"Handed over at {desk.time(desk.state.handed_over_at)} to {said(left.escort_name)} "
        f"({said(left.escort_relation)}), {adult}, {present}; written instructions {told}."
    )


def signatures(desk: Desk) -> Table:
    """Who stands for the record, and for which state of it."""
    rows = []
    for entry in desk.state.signatures:
        signed = cast(Signed, entry.payload)
        at = desk.clock.full(entry.happened_at)
        rows.append((said(signed.name), said(signed.role), at, f"{signed.head_hash[:16]}…"))
    return Table(
        "Signatures",
        (
            Column("Name", share=1),
            Column("Role", share=1),
            Column("Signed at"),
            Column("Record up to hash"),
        ),
        tuple(rows),
        empty="Not signed.",
        note="Signed electronically with the password; a signature is an entry of the record.",
    )


def people(desk: Desk) -> str:
    """Whose initials stand in this record."""
    named = [
        f"{short} {desk.name(actor)} ({said(actor)})" for actor, short in desk.initials.items()
    ]
    return "; ".join(named) or "nobody"
