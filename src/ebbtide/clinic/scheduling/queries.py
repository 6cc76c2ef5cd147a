"""Reading the bookings."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.sites.models import Site


def bookings_on(site: Site, day: date) -> QuerySet[Booking]:
    """The bookings of a site on one of its own days, by time and room."""
    start = datetime.combine(day, time.min, site.zone)
    end = datetime.combine(day + timedelta(days=1), time.min, site.zone)
    return (
        Booking.objects.select_related("patient", "plan__protocol_version", "chair__room__site")
        .filter(chair__room__site=site, starts_at__gte=start, starts_at__lt=end)
        .order_by("starts_at", "chair__room__name")
    )
