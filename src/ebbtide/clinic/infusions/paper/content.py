"""What the printed record says: every figure from the state, nothing left to the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from ebbtide.clinic.infusions.paper import pictures, summary, tables
from ebbtide.clinic.infusions.paper.desk import Desk, desk_for
from ebbtide.clinic.infusions.paper.layout import Fact, Group, Picture, Table
from ebbtide.clinic.infusions.paper.plot import shown_of
from ebbtide.clinic.infusions.paper.timeline import Line, lines_of
from ebbtide.clinic.infusions.paper.wording import on_day, said
from ebbtide.science.visit.chain import StoredEvent
from ebbtide.science.visit.events import Signed
from ebbtide.science.visit.state import Status, VisitState

if TYPE_CHECKING:
    from ebbtide.clinic.infusions.models import Visit
    from ebbtide.clinic.monitoring.queries import Sampled

_FOOTER: Final = (
    "The monitor and the pump are the primary instruments; this record is a second display. "
    "The ketamine level is worked out by a model and was not measured."
)
_VERIFY: Final = (
    (
        "Each entry carries the hash of the entry before it, so a changed, missing or reordered "
        "entry breaks the chain. To check the stored record, run"
    ),
    "ebbtide verify --data DIR",
    (
        "on the clinic's data folder. This paper matches it if the head hash of the visit is the "
        "one printed here; entries made after printing move it on."
    ),
)


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
    totals_note: str
    pictures: tuple[Picture, ...]
    picture_notes: tuple[str, ...]
    readings: Table
    monitored: Table
    adverse_events: Table
    rescues: Table
    scores: Table
    comfort: str
    start_checks: Table
    discharge: Table
    signatures: Table
    people: str
    timeline: tuple[Line, ...]
    timeline_note: str
    seals: tuple[Fact, ...]
    verify: tuple[str, ...]
    footer: str


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
        visit: Whose visit, where, on which order and protocol.
        state: The reducer's state; every figure comes from it.
        samples: The monitor's values, for the plot and its figures.
        head_hash: Hash of the newest event of the visit.
        printed_at: The moment, with its zone.
        chain: The visit's rows in the order of `seq`, for their hashes and places.
        names: Full names by user name; a user without one is printed by user name.
        allergies: As on file now, in words; empty if they were not looked up.
    """
    desk = desk_for(visit, state, names=names or {}, printed_at=printed_at)
    shown = shown_of(state, samples, until=desk.until)
    return RecordContent(
        title=f"Infusion record, {on_day(desk.clock.day)}",
        running_head=_running_head(desk),
        marks=_marks(desk),
        printed_at=printed_at,
        printed=f"Printed {desk.clock.full(printed_at)}",
        clock_note=_clock_note(desk),
        groups=(summary.patient(desk, allergies), summary.order(desk), summary.preparation(desk)),
        totals=summary.totals(desk),
        totals_note=summary.totals_note(desk),
        pictures=pictures.pictures(desk, shown),
        picture_notes=pictures.picture_notes(desk, shown),
        readings=tables.readings(desk),
        monitored=tables.monitored(desk, samples),
        adverse_events=tables.adverse_events(desk),
        rescues=tables.rescues(desk),
        scores=tables.scores(desk),
        comfort=tables.comfort(desk),
        start_checks=tables.start_checks(desk),
        discharge=tables.discharge(desk),
        signatures=tables.signatures(desk),
        people=tables.people(desk),
        timeline=lines_of(desk, hashes={row.id: row.hash[:8] for row in chain}),
        timeline_note=(
            "Every entry in the order it happened but plain readings, which stand in their table. "
            "#: place in the record; hash: its first 8 digits, of a run the last. "
            f"By: {tables.people(desk)}."
        ),
        seals=_seals(desk, head_hash, chain),
        verify=_VERIFY,
        footer=_FOOTER,
    )


def _running_head(desk: Desk) -> str:
    patient = desk.visit.patient
    born = f"born {on_day(patient.born_on)}"
    return f"{said(patient.full_name)} · {said(patient.number)} · {born}"


def _marks(desk: Desk) -> tuple[str, ...]:
    marks = []
    if desk.visit.patient.is_synthetic:
        marks.append("Synthetic data: this patient does not exist")
    if desk.state.status is Status.CALLED_OFF:
        marks.append("No infusion was given")
    if not desk.state.signatures:
        marks.append("Not signed: working copy")
    return tuple(marks)


def _clock_note(desk: Desk) -> str:
    began = desk.state.checked_in_at or desk.until
    zone = f"{desk.visit.site.timezone} ({desk.clock.offset(began)})"
    if desk.clock.has_shifts:
        return f"Times are local to the site, {zone} at first; the offset changed during the visit."
    return f"All times are local to the site: {zone}."


def _seals(desk: Desk, head_hash: str, chain: Sequence[StoredEvent]) -> tuple[Fact, ...]:
    facts = [
        Fact("Visit", str(desk.visit.pk)),
        Fact("Entries", f"{desk.state.last_seq}"),
        Fact("Head hash of the visit", head_hash),
    ]
    facts += [
        Fact("Hash signed", cast(Signed, entry.payload).head_hash)
        for entry in desk.state.signatures
    ]
    if chain:
        last = chain[-1]
        facts.append(Fact("Place in the site's chain", f"{last.site}, event {last.site_seq}"))
        facts.append(Fact("Site's chain at that event", last.site_hash))
    return tuple(facts)
