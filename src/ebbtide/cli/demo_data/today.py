"""What is going on now: who sits where, who comes soon, who did not come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ebbtide.cli.demo_data.charts import Chart
from ebbtide.cli.demo_data.story import STARTS_AFTER_MIN
from ebbtide.cli.demo_data.visits import Detail, book, keep, sign, tell_visit, watch_until
from ebbtide.clinic.scheduling.models import Booking


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a stage finds its patient today: room, and minutes from now to the check-in."""

    room: int
    minutes: int


# Site and stage to a room of that site; before now the visit is told, after it only booked.
TODAY: Mapping[tuple[str, str], Moment] = {
    ("harbor", "running"): Moment(1, -(STARTS_AFTER_MIN + 22)),
    ("harbor", "preparing"): Moment(2, -11),
    ("harbor", "waiting"): Moment(3, -6),
    ("harbor", "soon"): Moment(4, 9),
    ("harbor", "next"): Moment(5, 24),
    ("harbor", "unsigned"): Moment(3, -205),
    ("harbor", "later"): Moment(1, 150),
    ("harbor", "expired"): Moment(2, 175),
    ("harbor", "cancelled"): Moment(4, -190),
    ("mill", "recovery"): Moment(1, -86),
    ("mill", "waiting"): Moment(2, -4),
    ("mill", "soon"): Moment(3, 16),
    ("mill", "signed"): Moment(3, -240),
    ("mill", "no-show"): Moment(2, -180),
    ("mill", "later"): Moment(1, 110),
    ("north", "signed"): Moment(1, -235),
    ("north", "waiting"): Moment(1, -8),
    ("north", "soon"): Moment(2, 13),
    ("north", "later"): Moment(2, 185),
}
WITH_FEED = ("running", "preparing", "recovery")
TOLD = (*WITH_FEED, "unsigned", "signed")
STATUS = {"cancelled": Booking.Status.CANCELLED, "no-show": Booking.Status.NO_SHOW}


def fill_today(chart: Chart, *, number: int, last_weight_kg: Decimal | None, now: datetime) -> None:
    """Book the patient's visit of today, and tell it as far as it has come."""
    stage = chart.person.stage
    moment = TODAY[chart.person.site, stage]
    chair = chart.place.chairs[moment.room - 1]
    at = now + timedelta(minutes=moment.minutes)
    if stage not in TOLD:
        starts_at = within_today(_on_five_minutes(at), chart, now)
        book(chart, chair, starts_at, STATUS.get(stage, Booking.Status.BOOKED))
        return
    has_feed = stage in WITH_FEED
    told = tell_visit(
        chart,
        chair,
        number=number,
        began=at,
        until=now,
        last_weight_kg=last_weight_kg,
        detail=Detail.FED if has_feed else Detail.SAMPLED,
    )
    if stage == "signed":
        sign(told, chart)
    if has_feed:
        watch_until(told, now)
    keep(told, by=chart.place.director.username, at=now)


def _on_five_minutes(at: datetime) -> datetime:
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def within_today(at: datetime, chart: Chart, now: datetime) -> datetime:
    """A demo started late in the evening keeps its bookings on today's list."""
    today = now.astimezone(chart.place.site.zone)
    last = today.replace(hour=23, minute=55, second=0, microsecond=0)
    first = today.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(max(at, first), last)
