"""Bookings belong to a day of the site's own calendar."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from visit_plugin import minute

from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.scheduling.queries import bookings_on

DAY = date(2026, 3, 2)
TO_MIDNIGHT = 15 * 60  # minutes from 09:00 to the site's midnight


def test_a_days_bookings_are_those_of_the_sites_own_day(make_booking, site_a):
    first = make_booking(-9 * 60)  # 00:00 at the site
    make_booking(-9 * 60 - 1)
    last = make_booking(TO_MIDNIGHT - 1)
    make_booking(TO_MIDNIGHT)
    assert list(bookings_on(site_a, DAY)) == [first, last]


def test_the_day_on_which_clocks_change_has_all_its_hours(make_booking, site_a):
    # 2026-03-08 has 23 hours at the site: 08:00 UTC to 07:00 UTC.
    start = timedelta(days=5, hours=15)
    first = make_booking(start.total_seconds() / 60)
    make_booking((start + timedelta(hours=23)).total_seconds() / 60)
    assert list(bookings_on(site_a, date(2026, 3, 8))) == [first]


def test_another_sites_bookings_are_not_listed(make_booking, site_b):
    make_booking()
    assert list(bookings_on(site_b, DAY)) == []


def test_they_come_by_time_then_room(make_booking, site_a):
    late, early = make_booking(60), make_booking(0)
    assert list(bookings_on(site_a, DAY)) == [early, late]
    assert early.site == site_a
    assert str(early) == "2026-03-02 17:00, Room 1, chair A"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"ends_at": minute(0)}, "scheduling_booking_ends_after_start"),
        ({"status": "perhaps"}, "scheduling_booking_status_known"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(make_booking, change, constraint):
    booking = make_booking(0)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(**change)
