"""What the board, the day's list and the room show, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from ebbtide.clinic.infusions import actions, queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.wording import EventLine, event_lines
from ebbtide.clinic.intake.queries import allergies_in_words
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds, newest_samples
from ebbtide.clinic.people.models import User
from ebbtide.clinic.people.queries import staff_at
from ebbtide.clinic.people.rules import CLINICAL
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.scheduling.queries import bookings_on
from ebbtide.clinic.sites.models import Site
from ebbtide.science.dosing.pump import PumpSheet
from ebbtide.science.findings import Finding
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.due import Due, due_items
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.gates import Surroundings, baseline, blockers, sheet_of, told_by_record
from ebbtide.science.visit.state import Status, VisitState
from ebbtide.science.visit.transitions import ALLOWED, WORDS


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
    answer: str = ""
    by: str = ""
    note: str = ""
    is_current: bool = False


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
    events: tuple[EventLine, ...]
    witnesses: tuple[User, ...]
    protocol: Protocol
    allowed: frozenset[str]
    may_run: bool
    may_sign: bool
    may_stop: bool
    cursor: int

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
    can = state.status in ALLOWED
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
        events=event_lines(state, zone=visit.site.zone),
        witnesses=tuple(staff_at(visit.site, *CLINICAL).exclude(pk=user.pk)),
        protocol=around.protocol,
        allowed=frozenset(ALLOWED[state.status]) if can else frozenset(),
        may_run=user.has_perm("infusions.run_visit", visit),
        may_sign=user.has_perm("infusions.sign", visit),
        may_stop=user.has_perm("infusions.stop", visit),
        cursor=max((sample.id for sample in newest.values()), default=0),
    )


def banner(visit: Visit, state: VisitState, *, at: datetime) -> Banner:
    """The patient's head line."""
    patient, terms = visit.patient, state.terms
    losses = [str(loss) for loss in patient.amputations.all()]
    return Banner(
        name=patient.full_name,
        number=patient.number,
        age_years=patient.age_years(on=at.astimezone(visit.site.zone).date()),
        weight=f"{state.weight.weight_kg} kg" if state.weight else "not weighed yet",
        limb_loss="; ".join(losses) or "none",
        allergies=allergies_in_words(patient),
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
            limits=f"{low} to {high}" if low and high else f"from {low}" if low else "",
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
        lines.append(TodayLine(booking, visit, status, may))
    return Today(at.astimezone(sites[0].zone).date(), tuple(lines))
