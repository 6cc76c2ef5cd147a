"""The way behind each patient, and the visits before them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from ebbtide.cli.demo_data.calendar import Calendar, days_before, days_from
from ebbtide.cli.demo_data.charts import NO_ORDER, Chart, open_chart
from ebbtide.cli.demo_data.patients import PATIENTS, Person
from ebbtide.cli.demo_data.places import Place
from ebbtide.cli.demo_data.protocols import REGIMENS
from ebbtide.cli.demo_data.today import TODAY, fill_today
from ebbtide.cli.demo_data.visits import Detail, amend, book, keep, sign, tell_visit
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.plans.models import ProtocolVersion

AHEAD = timedelta(days=14)
SAMPLED = ("reactive", "slowed", "amended")  # marks whose last visit keeps its samples
FINISHED = {"paused": 20, "revoked": 30, "completed": 25}


def fill_histories(
    places: Mapping[str, Place],
    protocols: Mapping[str, ProtocolVersion],
    *,
    seed: int,
    now: datetime,
    say: Callable[[str], object],
) -> None:
    """Tell every patient's way up to now, and book what lies ahead."""
    numbered = list(enumerate(PATIENTS, start=1))
    for code, place in places.items():
        calendar = Calendar(place.site, place.chairs)
        here = [(number, person) for number, person in numbered if person.site == code]
        for number, person in here:
            rng = Random(f"{seed} {number}")  # noqa: S311, a seeded story, no secret
            _fill_way(person, number, place, protocols[person.indication], calendar, rng, now)
        visits = Visit.objects.filter(site=place.site).count()
        say(f"{place.site.name}: {len(here)} patients, {visits} visits")


def _fill_way(
    person: Person,
    number: int,
    place: Place,
    protocol: ProtocolVersion,
    calendar: Calendar,
    rng: Random,
    now: datetime,
) -> None:
    today = now.astimezone(place.site.zone).date()
    days = _days_behind(person, today)
    chart = open_chart(
        person,
        number=number,
        place=place,
        protocol=protocol,
        first_on=days[0] if days else today,
        rng=rng,
        now=now,
    )
    last_weight_kg = _fill_past(chart, calendar, days, now)
    if (person.site, person.stage) in TODAY:
        fill_today(chart, number=person.done + 1, last_weight_kg=last_weight_kg, now=now)
    _book_ahead(chart, calendar, today)


def _days_behind(person: Person, today: date) -> list[date]:
    apart = REGIMENS[person.indication].days_between
    last_on = today - timedelta(days=FINISHED.get(person.stage, max(apart, 2)))
    return days_before(last_on, count=person.done, apart=apart)


def _fill_past(chart: Chart, calendar: Calendar, days: list[date], now: datetime) -> Decimal | None:
    last_weight_kg = None
    for number, day in enumerate(days, start=1):
        is_last = number == len(days)
        chair, starts_at = calendar.take(day)
        told = tell_visit(
            chart,
            chair,
            number=number,
            began=starts_at.astimezone(now.tzinfo)
            + timedelta(seconds=chart.rng.randint(-400, 300)),
            until=now,
            last_weight_kg=last_weight_kg,
            detail=Detail.SAMPLED if is_last and chart.person.mark in SAMPLED else Detail.TYPED,
            pressor=3.2 if is_last and chart.person.mark == "reactive" else 1.0,
            is_called_off=chart.person.mark == "called-off" and number == len(days) - 1,
        )
        sign(told, chart)
        if is_last and chart.person.mark == "amended":
            amend(told, chart)
        last_weight_kg = told.state.weight.weight_kg if told.state.weight else last_weight_kg
        keep(told, by=chart.place.director.username, at=now)
    return last_weight_kg


def _book_ahead(chart: Chart, calendar: Calendar, today: date) -> None:
    """The rest of the series, as far as two weeks ahead."""
    if chart.plan is None or chart.person.stage in (*NO_ORDER, *FINISHED):
        return
    regimen = REGIMENS[chart.person.indication]
    comes_today = (chart.person.site, chart.person.stage) in TODAY
    left = regimen.visits - chart.person.done - int(comes_today)
    first_on = today + timedelta(days=regimen.days_between if comes_today else 1)
    for day in days_from(first_on, count=max(left, 0), apart=regimen.days_between):
        if day <= today + AHEAD:
            book(chart, *calendar.take(day))
