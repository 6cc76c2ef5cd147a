"""What the room shows, as frozen values."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from ebbtide.clinic.infusions import feeds, queries
from ebbtide.clinic.infusions.board import name_of
from ebbtide.clinic.infusions.entries import surroundings
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.scales import ALDRETE_QUESTIONS, CADSS6_QUESTIONS
from ebbtide.clinic.infusions.sheets import Sheet, question, sheets
from ebbtide.clinic.infusions.tiles import PILLS, TILE_OF, Readout, Tile, readout, tiles
from ebbtide.clinic.infusions.wording import Amendable, EventLine, amendable_values, event_lines
from ebbtide.clinic.intake.models import VascularAccess
from ebbtide.clinic.intake.queries import allergies_in_words
from ebbtide.clinic.monitoring.queries import newest_samples
from ebbtide.clinic.people.models import Patient, User
from ebbtide.clinic.people.queries import staff_at
from ebbtide.clinic.people.rules import CLINICAL
from ebbtide.science.dosing.pump import PumpSheet
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.bands import judge_reading
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.units import shown
from ebbtide.science.visit.due import Due, due_items
from ebbtide.science.visit.events import Stopped
from ebbtide.science.visit.gates import Surroundings, baseline, blockers, sheet_of, told_by_record
from ebbtide.science.visit.state import Status, VisitState
from ebbtide.science.visit.transitions import ALLOWED, WORDS


@dataclass(frozen=True, slots=True)
class Banner:
    """Who lies here, and what must not be forgotten."""

    name: str
    number: str
    age_years: int
    weight: str
    limb_loss: str
    allergies: str
    line: str
    cuff: str


@dataclass(frozen=True, slots=True)
class ListItem:
    """One item of a checklist with its newest answer."""

    id: str
    text: str
    is_conditional: bool = False
    is_told: bool = False
    answer: str = ""
    by: str = ""
    note: str = ""

    @property
    def is_done(self) -> bool:
        """Answered with yes or "does not apply", or told by the record itself."""
        return self.is_told or self.answer in ("yes", "not_applicable")


@dataclass(frozen=True, slots=True)
class BandAlarm:
    """A sign outside green in the newest reading, with what the protocol says to do."""

    priority: str
    quantity: str
    message: str
    action: str


@dataclass(frozen=True, slots=True)
class Room:
    """The whole room page. Every figure comes from the reducer's state."""

    state: VisitState
    status_word: str
    at: datetime
    banner: Banner
    tiles: tuple[Tile, ...]
    readout: Readout | None
    sheet: PumpSheet | None
    due: tuple[Due, ...]
    checklist: tuple[ListItem, ...]
    discharge: tuple[ListItem, ...]
    blocked_by: tuple[Finding, ...]
    bands: tuple[BandAlarm, ...]
    events: tuple[EventLine, ...]
    forms: dict[str, Sheet]
    protocol: Protocol
    allowed: frozenset[str]
    may_run: bool
    may_sign: bool
    may_stop: bool
    cursor: int
    feed_problem: str

    @property
    def stop_id(self) -> UUID | None:
        """The stop whose reason may still be said."""
        stops = [entry.id for entry, _ in self.state.of(Stopped)]
        return stops[-1] if stops and self.state.ended_at else None

    stop_reasons: ClassVar = (
        "Bag finished",
        "Blood pressure",
        "Saturation or breathing",
        "Too sedated",
        "Distress",
        "Nausea or vomiting",
        "Patient asked to stop",
        "Line or pump problem",
        "Stopped by mistake",
    )

    @property
    def drawn_by(self) -> str:
        """Name of who drew the dose."""
        return name_of(self.state.drawn_by)

    @property
    def checked_by(self) -> str:
        """Name of the second person."""
        return name_of(self.state.dose_checked_by)

    @property
    def pill(self) -> str:
        """The state as the design system's pill names it."""
        return PILLS.get(self.state.status, "ready")

    @property
    def recovery_sets(self) -> int:
        """Sets of signs taken since the stop."""
        ended = self.state.ended_at
        return sum(1 for entry, _ in self.state.readings if ended and entry.happened_at >= ended)

    @property
    def aldrete(self) -> int | None:
        """The newest modified Aldrete total."""
        totals = [score.total for _, score in self.state.scores if score.instrument == "aldrete"]
        return totals[-1] if totals else None

    @property
    def has_cadss6_after(self) -> bool:
        """Whether dissociation was scored after the infusion."""
        ended = self.state.ended_at
        taken = [e.happened_at for e, score in self.state.scores if score.instrument == "cadss-6"]
        return ended is not None and any(at >= ended for at in taken)

    cadss6_questions: ClassVar = CADSS6_QUESTIONS
    aldrete_questions: ClassVar = ALDRETE_QUESTIONS

    @property
    def view(self) -> str:
        """Which part of the middle is worth seeing first."""
        if self.state.status is Status.CHECKED_IN:
            return "prepare"
        if self.state.status in (Status.RUNNING, Status.HELD):
            return "trends"
        return "leave"


def room(visit: Visit, *, user: User, at: datetime) -> Room:
    """The room page for one user at one moment."""
    state = queries.state_of(visit.pk)
    around = surroundings(visit)
    newest = newest_samples([visit.pk])[visit.pk]
    return Room(
        state=state,
        status_word=WORDS[state.status],
        at=at,
        banner=banner(visit, state, at=at),
        tiles=tiles(newest, around.protocol),
        readout=readout(state, at=at),
        sheet=sheet_of(state, around=around),
        due=due_items(state, protocol=around.protocol, at=at),
        checklist=_checklist(state, around),
        discharge=_discharge(state, around),
        blocked_by=blockers(state, around=around, at=at),
        bands=_bands(state, around.protocol),
        events=event_lines(state, protocol=around.protocol, zone=visit.site.zone),
        forms=sheets(
            state, around=around, witnesses=staff_at(visit.site, *CLINICAL).exclude(pk=user.pk)
        ),
        protocol=around.protocol,
        allowed=frozenset(kind.value for kind in ALLOWED[state.status]),
        may_run=user.has_perm("infusions.run_visit", visit),
        may_sign=user.has_perm("infusions.sign", visit)
        and all(signature.actor != user.username for signature in state.signatures),
        may_stop=user.has_perm("infusions.stop", visit),
        cursor=max((sample.id for sample in newest.values()), default=0),
        feed_problem=feeds.problem_of(visit.pk) if state.is_in_chair else "",
    )


def patient_banner(patient: Patient, *, at: datetime) -> Banner:
    """The head line of a patient who is not in a chair."""
    access = VascularAccess.objects.filter(patient=patient).first()
    return Banner(
        name=patient.full_name,
        number=patient.number,
        age_years=patient.age_years(on=at.astimezone(patient.site.zone).date()),
        weight="",
        limb_loss="; ".join(str(loss) for loss in patient.amputations.all()) or "none",
        allergies=allergies_in_words(patient),
        line=access.line_limb if access else "not said",
        cuff=access.cuff_limb if access else "not said",
    )


def banner(visit: Visit, state: VisitState, *, at: datetime) -> Banner:
    """The patient's head line in the room."""
    terms = state.terms
    return replace(
        patient_banner(visit.patient, at=at),
        weight=f"{shown(state.weight.weight_kg)} kg" if state.weight else "not weighed yet",
        line=(state.line.limb if state.line else terms.access_limb if terms else "") or "not said",
        cuff=(terms.cuff_limb if terms else "") or "not said",
    )


def _bands(state: VisitState, protocol: Protocol) -> tuple[BandAlarm, ...]:
    """What the newest typed reading of the infusion says; nothing before or after it."""
    if state.status not in (Status.RUNNING, Status.HELD) or state.started_at is None:
        return ()
    taken = [p.reading for e, p in state.readings if e.happened_at >= state.started_at]
    if not taken:
        return ()
    judged = judge_reading(
        taken[-1],
        baseline=baseline(state),
        limits=protocol.bands,
        previous=taken[-2] if len(taken) > 1 else None,
    )
    return tuple(
        BandAlarm(
            priority="high" if finding.severity is Severity.BLOCK else "medium",
            quantity=TILE_OF.get(finding.field, ""),
            message=finding.message,
            action=judged.action,
        )
        for finding in judged.reasons
        if finding.severity is not Severity.NOTICE
    )


def _checklist(state: VisitState, around: Surroundings) -> tuple[ListItem, ...]:
    known = told_by_record(state)
    return tuple(
        ListItem(
            id=item.id,
            text=item.text,
            is_conditional=item.is_conditional,
            is_told=item.id in known,
            **_answer(state.gate_answers.get(item.id)),
        )
        for item in around.protocol.checklist
    )


def _discharge(state: VisitState, around: Surroundings) -> tuple[ListItem, ...]:
    return tuple(
        ListItem(
            id=item.id,
            text=item.text,
            is_conditional=item.is_conditional,
            **_answer(state.discharge_answers.get(item.id)),
        )
        for item in around.protocol.discharge_items
    )


def _answer(given: Any) -> dict[str, Any]:
    if given is None:
        return {}
    entry, payload = given
    return {"answer": payload.answer, "by": name_of(entry.actor), "note": payload.note}


def amendment(
    visit: Visit, *, event: UUID | None
) -> tuple[EventLine, tuple[Amendable, ...]] | None:
    """An entry with the values that may be corrected; None if it is not to be amended."""
    state = queries.state_of(visit.pk)
    protocol = visit.order.plan.protocol_version.protocol
    lines = {line.id: line for line in event_lines(state, protocol=protocol, zone=visit.site.zone)}
    entry = next((entry for entry in state.entries if entry.id == event), None)
    if entry is None or not lines[entry.id].can_amend:
        return None
    values = amendable_values(entry)
    return lines[entry.id], tuple(
        replace(value, label=question(entry.kind, value.path) or value.label) for value in values
    )
