"""The way behind each patient, and the visits before them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from ebbtide.cli.demo_data.calendar import Calendar, days_before, days_from
from ebbtide.cli.demo_data.charts import NO_ORDER, Chart, open_chart
from ebbtide.cli.demo_data.patients import PATIENTS, Person
from ebbtide.cli.demo_data.places import Place
from ebbtide.cli.demo_data.protocols import REGIMENS
from ebbtide.cli.demo_data.today import TODAY, fill_today
from ebbtide.cli.demo_data.visits import amend, book, keep, sign, tell_visit
from ebbtide.clinic.plans.models import ProtocolVersion

AHEAD = timedelta(days=14)
SAMPLED_DAYS = 5  # visits this recent keep the monitor's samples
FINISHED = {"paused": 20, "revoked": 30, "completed": 25}


def fill_histories(
    places: dict[str, Place], protocols: dict[str, ProtocolVersion], *, seed: int, now: datetime
) -> None:
    """Tell every patient's way up to now, and book what lies ahead."""
    calendars = {code: Calendar(place.site, place.chairs) for code, place in places.items()}
    for number, person in enumerate(PATIENTS, start=1):
        place = places[person.site]
        today = now.astimezone(place.site.zone).date()
        days = _days_behind(person, today)
        chart = open_chart(
            person,
            number=number,
            place=place,
            protocols=protocols,
            first_on=days[0] if days else today,
            rng=Random(f"{seed} {number}"),  # noqa: S311, a seeded story, no secret
            now=now,
        )
        last_weight_kg = _fill_past(chart, calendars[person.site], days, now)
        if (person.site, person.stage) in TODAY:
            fill_today(chart, number=person.done + 1, last_weight_kg=last_weight_kg, now=now)
        _book_ahead(chart, calendars[person.site], today)


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
            pressor=3.2 if is_last and chart.person.mark == "reactive" else 1.0,
            is_called_off=chart.person.mark == "called-off" and number == len(days) - 1,
        )
        sign(told, chart)
        if is_last and chart.person.mark == "amended":
            amend(told, chart)
        last_weight_kg = told.state.weight.weight_kg if told.state.weight else last_weight_kg
        is_recent = now - starts_at < timedelta(days=SAMPLED_DAYS)
        keep(told, by=chart.place.director.username, at=now, has_samples=is_recent and is_last)
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
