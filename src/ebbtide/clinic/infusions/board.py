"""The rooms in use, and the day's bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from ebbtide.clinic.infusions import queries
from ebbtide.clinic.infusions.entries import surroundings
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.tiles import PILLS, Readout, Tile, readout, tiles
from ebbtide.clinic.monitoring.queries import Sampled, newest_samples
from ebbtide.clinic.people.models import User
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.scheduling.queries import bookings_on
from ebbtide.clinic.sites.models import Site
from ebbtide.science.visit.due import Due, due_items
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.gates import blockers
from ebbtide.science.visit.state import VisitState
from ebbtide.science.visit.transitions import WORDS


@dataclass(frozen=True, slots=True)
class Vital:
    """One vital sign of a board tile: a number that holds now, or why there is none."""

    label: str
    unit: str
    number: str
    not_shown: str


@dataclass(frozen=True, slots=True)
class BoardTile:
    """One visit on the board."""

    visit: UUID
    room: str
    site: str
    patient: str
    status: str
    status_word: str
    vitals: tuple[Vital, ...]
    readout: Readout | None
    next_due: Due | None
    with_whom: str
    is_mine: bool
    starts_at: datetime
    pill: str
    open_things: int

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
    visits = {visit.pk: visit for visit in queries.visits_on_board(sites, at)}
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
        vitals=tuple(_vital(tile, at=at) for tile in tiles(newest, protocol)),
        readout=readout(state, at=at),
        next_due=due[0] if due else None,
        with_whom=name_of(actors[-1]) if actors else "",
        is_mine=user.username in actors,
        starts_at=visit.booking.starts_at,
        pill=PILLS.get(state.status, "ready"),
        open_things=len(blockers(state, around=surroundings(visit), at=at)),
    )


def _vital(tile: Tile, *, at: datetime) -> Vital:
    why = tile.not_shown(at)
    return Vital(tile.label, tile.unit, "" if why else tile.shown, why)


@lru_cache(maxsize=256)
def name_of(username: str) -> str:
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
