"""What the board, the day's list and the room show, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from ebbtide.clinic.infusions import actions, feeds, queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.sheets import Sheet, sheets
from ebbtide.clinic.infusions.wording import Amendable, EventLine, amendable_values, event_lines
from ebbtide.clinic.intake.models import VascularAccess
from ebbtide.clinic.intake.queries import allergies_in_words
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds, newest_samples
from ebbtide.clinic.people.models import Patient, User
from ebbtide.clinic.people.queries import staff_at
from ebbtide.clinic.people.rules import CLINICAL
from ebbtide.clinic.plans.models import Plan
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.scheduling.queries import bookings_on
from ebbtide.clinic.sites.models import Site
from ebbtide.science.dosing.pump import PumpSheet
from ebbtide.science.findings import Finding, Severity
from ebbtide.science.screening.bands import judge_reading
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.units import shown
from ebbtide.science.visit.due import Due, due_items
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.gates import Surroundings, baseline, blockers, sheet_of, told_by_record
from ebbtide.science.visit.state import Status, VisitState
from ebbtide.science.visit.transitions import ALLOWED, WORDS


_PILLS = {
    Status.CHECKED_IN: "ready",
    Status.RUNNING: "running",
    Status.HELD: "held",
    Status.RECOVERY: "stopped",
    Status.CALLED_OFF: "stopped",
    Status.HANDED_OVER: "stopped",
    Status.SIGNED: "signed",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a scale with its answers, worst last."""

    label: str
    options: tuple[tuple[int, str], ...]


# The scale's own words may not be shipped: the clinic asks them as it has the rights to.
CADSS6_QUESTIONS = tuple(
    Question(f"CADSS item {number}", tuple((step, str(step)) for step in range(5)))
    for number in (1, 2, 6, 7, 15, 22)
)
ALDRETE_QUESTIONS = (
    Question(
        "Activity, of the limbs the patient has",
        ((2, "2: all move on command"), (1, "1: at least half"), (0, "0: fewer")),
    ),
    Question("Breathing", ((2, "2: deep, coughs freely"), (1, "1: limited"), (0, "0: no breath"))),
    Question(
        "Circulation, BP against baseline",
        ((2, "2: within 20 %"), (1, "1: within 50 %"), (0, "0: further off")),
    ),
    Question("Consciousness", ((2, "2: awake"), (1, "1: wakes when called"), (0, "0: does not"))),
    Question(
        "SpO₂", ((2, "2: above 92 % on air"), (1, "1: needs oxygen for 90 %"), (0, "0: below 90 %"))
    ),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One vital sign as the page first shows it; the live feed takes over from there."""

    quantity: str
    label: str
    unit: str
    trace: str
    limits: str
    interval_s: int
    value: float | None = None
    second: float | None = None
    at: datetime | None = None
    quality: str = ""
    source: str = ""

    @property
    def shown(self) -> str:
        """The value in whole figures; empty when there is none to show."""
        if self.value is None or self.quality != "ok":
            return ""
        second = f"/{self.second:.0f}" if self.second is not None else ""
        return f"{self.value:.0f}{second}"


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
class Readout:
    """The pump's figures at one moment; the page carries them on along the rate."""

    at_ms: int
    rate_ml_per_h: Decimal
    given_mg: Decimal
    dose_mg: Decimal
    mg_per_min: Decimal
    given_ml: Decimal
    ml_per_min: Decimal
    volume_ml: Decimal
    started_at: datetime | None
    ended_at: datetime | None
    empties_at: datetime | None

    @property
    def left_ml(self) -> Decimal:
        """What is still in the bag, mL."""
        return self.volume_ml - self.given_ml


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
    witnesses: tuple[User, ...]
    protocol: Protocol
    allowed: frozenset[str]
    may_run: bool
    may_sign: bool
    may_stop: bool
    cursor: int
    feed_problem: str

    @property
    def pill(self) -> str:
        """The state as the design system's pill names it."""
        return _PILLS.get(self.state.status, "ready")

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
    around = actions.surroundings(visit)
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
        forms=sheets(state, around=around, at=at),
        witnesses=tuple(staff_at(visit.site, *CLINICAL).exclude(pk=user.pk)),
        protocol=around.protocol,
        allowed=frozenset(kind.value for kind in ALLOWED[state.status]),
        may_run=user.has_perm("infusions.run_visit", visit),
        may_sign=user.has_perm("infusions.sign", visit),
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


def tiles(newest: dict[str, Sampled], protocol: Protocol) -> tuple[Tile, ...]:
    """The four vital signs, with the limits of the protocol's green band."""
    limits = plot_limits_of(protocol)
    cuff_s = int(protocol.schedule.infusion_bp_minutes * 60)

    def tile(quantity: str, label: str, unit: str, trace: str, second: str = "") -> Tile:
        sample, other = newest.get(quantity), newest.get(second)
        low, high = (*limits.get(quantity, ()), None, None)[:2]
        return Tile(
            quantity="bp" if second else quantity,
            label=label,
            unit=unit,
            trace=trace,
            limits=_span(low, high),
            interval_s=cuff_s,
            value=sample.value if sample else None,
            second=other.value if other else None,
            at=_moment(sample.at_ms) if sample else None,
            quality=sample.quality if sample else "",
            source=sample.source if sample else "",
        )

    return (
        tile("spo2", "SpO₂", "%", "spo2"),
        tile("pulse", "pulse", "/min", "pulse"),
        tile("systolic", "BP", "mmHg", "bp", second="diastolic"),
        tile("resp", "breaths", "/min", "resp"),
    )


def _span(low: float | None, high: float | None) -> str:
    """The green span of a whole-number sign in words; caution begins at `high` itself."""
    if low is None or high is None:
        return f"from {low:.0f}" if low is not None else ""
    return f"{low:.0f} to {high - 1:.0f}"


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def readout(state: VisitState, *, at: datetime) -> Readout | None:
    """What the pump gives now and has given; None until a dose is drawn."""
    infusion, drawn = state.infusion, state.drawn
    if infusion is None or drawn is None:
        return None
    rate = infusion.rate_ml_per_h(at)
    return Readout(
        at_ms=milliseconds(at),
        rate_ml_per_h=rate,
        given_mg=infusion.given_mg(at),
        dose_mg=drawn.dose_mg,
        mg_per_min=rate * infusion.mg_per_ml / 60,
        given_ml=infusion.given_ml(at),
        ml_per_min=rate / 60,
        volume_ml=infusion.volume_ml,
        started_at=state.started_at,
        ended_at=state.ended_at,
        empties_at=infusion.empties_at(at),
    )


@dataclass(frozen=True, slots=True)
class BoardTile:
    """One visit on the board."""

    visit: UUID
    room: str
    site: str
    patient: str
    status: str
    status_word: str
    vitals: tuple[Tile, ...]
    readout: Readout | None
    next_due: Due | None
    with_whom: str
    is_mine: bool
    starts_at: datetime
    pill: str

    @property
    def percent(self) -> int:
        """Share of the dose given."""
        readout = self.readout
        return int(100 * readout.given_mg / readout.dose_mg) if readout else 0

    @property
    def given(self) -> str:
        """Dose given so far, mg, one decimal."""
        return f"{self.readout.given_mg:.1f}" if self.readout else ""


@dataclass(frozen=True, slots=True)
class Board:
    """Rooms in use, the user's own first."""

    tiles: tuple[BoardTile, ...]
    at: datetime


def board(user: User, *, sites: Sequence[Site], at: datetime) -> Board:
    """Every open visit of the sites, those the user works in first."""
    visits = {visit.pk: visit for visit in queries.visits_on_board(user, at)}
    states = queries.states_of(visits)
    here = {pk: state for pk, state in states.items() if state.is_in_chair}
    newest = newest_samples(here)
    found = [
        _board_tile(visits[pk], state, newest=newest[pk], user=user, at=at)
        for pk, state in here.items()
    ]
    order = sorted(found, key=lambda tile: (not tile.is_mine, tile.site, tile.room))
    return Board(tuple(order), at)


def _board_tile(
    visit: Visit, state: VisitState, *, newest: dict[str, Sampled], user: User, at: datetime
) -> BoardTile:
    protocol = visit.order.plan.protocol_version.protocol
    due = due_items(state, protocol=protocol, at=at)
    actors = [entry.actor for entry in state.entries if entry.kind is not Kind.CHECKED_IN]
    return BoardTile(
        visit=visit.pk,
        room=visit.chair.room.name,
        site=visit.site.name,
        patient=visit.patient.full_name,
        status=state.status.value,
        status_word=WORDS[state.status],
        vitals=tiles(newest, protocol),
        readout=readout(state, at=at),
        next_due=due[0] if due else None,
        with_whom=_name_of(actors[-1]) if actors else "",
        is_mine=user.username in actors,
        starts_at=visit.booking.starts_at,
        pill=_PILLS.get(state.status, "ready"),
    )


@lru_cache(maxsize=256)
def _name_of(username: str) -> str:
    user = User.objects.filter(username=username).first()
    return user.full_name if user else username


@dataclass(frozen=True, slots=True)
class TodayLine:
    """One booking of the day."""

    booking: Booking
    visit: Visit | None
    status_word: str
    may_check_in: bool
    may_open: bool

    @property
    def time(self) -> str:
        """Time of day at the site."""
        zone = self.booking.chair.room.site.zone
        return f"{self.booking.starts_at.astimezone(zone):%H:%M %Z}"


@dataclass(frozen=True, slots=True)
class Today:
    """The day's bookings by site and time."""

    day: date
    lines: tuple[TodayLine, ...]


def today(user: User, *, sites: Sequence[Site], at: datetime) -> Today:
    """The day's bookings at the sites, in each site's own day."""
    bookings = [b for site in sites for b in bookings_on(site, at.astimezone(site.zone).date())]
    visits = {v.booking_id: v for v in Visit.objects.filter(booking__in=bookings)}
    states = queries.states_of(visit.pk for visit in visits.values())
    lines = []
    for booking in bookings:
        visit = visits.get(booking.pk)
        status = WORDS[states[visit.pk].status] if visit else booking.get_status_display().lower()
        may = visit is None and booking.status == Booking.Status.BOOKED
        may = may and user.has_perm("scheduling.check_in", booking.chair)
        may_open = visit is not None and user.has_perm("infusions.view_visit", booking.chair)
        lines.append(TodayLine(booking, visit, status, may, may_open))
    return Today(at.astimezone(sites[0].zone).date(), tuple(lines))


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
            quantity=_TILE_OF.get(finding.field, ""),
            message=finding.message,
            action=judged.action,
        )
        for finding in judged.reasons
        if finding.severity is not Severity.NOTICE
    )


_TILE_OF = {
    "systolic_mmhg": "bp",
    "diastolic_mmhg": "bp",
    "pulse_per_min": "pulse",
    "spo2_percent": "spo2",
    "resp_per_min": "resp",
}


def plot_limits_of(protocol: Protocol) -> dict[str, list[float]]:
    """Where green ends, per charted quantity: low then high, each only where there is one."""
    green = {limit.field: limit for limit in protocol.bands.thresholds}
    limits = {}
    for field, quantity in (*_TILE_OF.items(), ("systolic_mmhg", "systolic")):
        limit = green.get(field)
        if limit and quantity != "bp":
            ends = (limit.caution_below, limit.caution_from)
            limits[quantity] = [float(end) for end in ends if end is not None]
    return limits


def plot_limits(visit: Visit) -> dict[str, list[float]]:
    """The limits that a visit's plot draws."""
    return plot_limits_of(visit.order.plan.protocol_version.protocol)


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


def _answer(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    entry, payload = given
    return {"answer": payload.answer, "by": _name_of(entry.actor), "note": payload.note}


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
    return lines[entry.id], amendable_values(entry)


@dataclass(frozen=True, slots=True)
class ChartVisit:
    """One visit in a patient's chart: what was given, and the pain before and after."""

    visit: Visit
    status_word: str
    day: str
    dose: str
    phantom_pain: str
    residual_limb_pain: str
    highest_bp: str
    events: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A patient's chart, to be read in a minute."""

    patient: Patient
    banner: Banner
    plans: tuple[Plan, ...]
    visits: tuple[ChartVisit, ...]


def chart(patient: Patient, *, at: datetime) -> Chart:
    """Who the patient is, the plan and order in force, and every visit, newest first."""
    visits = list(queries.visits_of_patient(patient.pk))
    states = queries.states_of(visit.pk for visit in visits)
    return Chart(
        patient=patient,
        banner=patient_banner(patient, at=at),
        plans=tuple(patient.plans.select_related("protocol_version").prefetch_related("orders")),
        visits=tuple(_chart_visit(visit, states[visit.pk], at=at) for visit in visits),
    )


def _chart_visit(visit: Visit, state: VisitState, *, at: datetime) -> ChartVisit:
    pressures = [p.reading.systolic_mmhg for _, p in state.readings if p.reading.systolic_mmhg]
    given = f"{shown(state.given_mg(at), places=1)} mg" if state.infusion else ""
    return ChartVisit(
        visit=visit,
        status_word=WORDS[state.status],
        day=f"{(state.checked_in_at or visit.created_at).astimezone(visit.site.zone):%d %b %Y}",
        dose=given,
        phantom_pain=_before_after(state, "phantom_pain_nrs"),
        residual_limb_pain=_before_after(state, "residual_limb_pain_nrs"),
        highest_bp=f"{max(pressures)} mmHg" if pressures else "",
        events=", ".join(f"{event.term}, grade {event.grade}" for _, event in state.adverse_events),
    )


def _before_after(state: VisitState, field: str) -> str:
    """A pain score before the start and the last one after it; a dash where none was taken."""
    before = [getattr(reading, field) for reading in state.baseline_readings()]
    after = [
        getattr(payload.reading, field)
        for entry, payload in state.readings
        if state.started_at and entry.happened_at >= state.started_at
    ]
    ends = [next((v for v in reversed(taken) if v is not None), None) for taken in (before, after)]
    if ends == [None, None]:
        return ""
    first, last = ("–" if end is None else str(end) for end in ends)
    return f"{first} → {last}"
