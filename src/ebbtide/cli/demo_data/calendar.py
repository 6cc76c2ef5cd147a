"""Days and chairs: when a series falls, and that no chair is taken twice."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from ebbtide.clinic.sites.models import Chair, Site

SLOTS = (time(8, 30), time(11, 30), time(14, 30))
SATURDAY = 5


class Calendar:
    """The chairs of one site, each free three times on a working day."""

    def __init__(self, site: Site, chairs: Sequence[Chair]) -> None:
        """Nothing is booked."""
        self._site = site
        self._chairs = tuple(chairs)
        self._taken: set[tuple[int, date, time]] = set()

    def take(self, day: date) -> tuple[Chair, datetime]:
        """The first free chair on a day, or on the next working day after it."""
        while True:
            day = working_day(day, step=1)
            for slot in SLOTS:
                for chair in self._chairs:
                    place = (chair.pk, day, slot)
                    if place not in self._taken:
                        self._taken.add(place)
                        return chair, datetime.combine(day, slot, self._site.zone)
            day += timedelta(days=1)


def working_day(day: date, *, step: int) -> date:
    """The day itself, or the nearest working day before (-1) or after it (1)."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def days_before(last_on: date, *, count: int, apart: int) -> list[date]:
    """That many working days, the given number of days apart, oldest first."""
    days: list[date] = []
    day = last_on
    for _ in range(count):
        day = working_day(day, step=-1)
        days.append(day)
        day -= timedelta(days=apart)
    return days[::-1]


def days_from(first_on: date, *, count: int, apart: int) -> list[date]:
    """That many working days, the given number of days apart, from one on."""
    days: list[date] = []
    day = first_on
    for _ in range(count):
        day = working_day(day, step=1)
        days.append(day)
        day += timedelta(days=apart)
    return days
