"""Sites with their rooms and devices, and the people who work there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from ebbtide.cli.demo_data.cast import DIRECTOR, HOUSES, PASSWORD, STAFF, SYNTHETIC, House
from ebbtide.clinic.people.models import Membership, Practitioner, User
from ebbtide.clinic.sites.models import Chair, Device, DeviceKind, Room, Site
from ebbtide.science.dosing.pump import Pump

PUMP = Pump(
    max_rate_ml_per_h=Decimal(999),
    rate_step_ml_per_h=Decimal("0.1"),
    min_rate_ml_per_h=Decimal("0.1"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A site ready to work: its chairs in the order of the rooms, and its staff."""

    site: Site
    chairs: tuple[Chair, ...]
    desk: User
    nurse: User
    nurse2: User
    prescriber: User
    director: User


def open_sites(*, now: datetime) -> dict[str, Place]:
    """Make every site, its rooms, a chair, monitor and pump in each, and its staff."""
    password = make_password(PASSWORD)  # one hash for all: each costs a tenth of a second
    director = _practitioner(*DIRECTOR, password=password, now=now)
    return {house.code: _open(house, director, password=password, now=now) for house in HOUSES}


def _open(house: House, director: User, *, password: str, now: datetime) -> Place:
    site = Site.objects.create(
        code=house.code,
        name=house.name,
        timezone=house.timezone,
        street=house.street,
        city=house.city,
        state=house.state,
        postal_code=house.postal_code,
        phone=house.phone,
    )
    Membership.objects.create(user=director, site=site, role="director")
    staff = {}
    for code, name, role, full_name, credentials in STAFF:
        if code != house.code:
            continue
        username = f"{name}{house.suffix}"
        user = (
            _practitioner(username, full_name, credentials, password=password, now=now)
            if credentials
            else _user(username, full_name, password=password, now=now)
        )
        Membership.objects.create(user=user, site=site, role=role)
        staff[name] = user
    chairs = tuple(_room(site, number) for number in range(1, house.rooms + 1))
    return Place(site=site, chairs=chairs, director=director, **staff)


def _user(username: str, name: str, *, password: str, now: datetime) -> User:
    return User.objects.create(
        username=username,
        full_name=f"{name} {SYNTHETIC}",
        email=f"{username}@example.org",
        password=password,
        date_joined=now - timedelta(days=500),
    )


def _practitioner(
    username: str, name: str, credentials: str, *, password: str, now: datetime
) -> User:
    user = _user(username, name, password=password, now=now)
    Practitioner.objects.create(
        user=user,
        name=user.full_name,
        credentials=credentials,
        licence_number=f"SYN-{credentials}-{user.pk:04}",
        licence_expires_on=date(now.year + 2, 6, 30),
    )
    return user


def _room(site: Site, number: int) -> Chair:
    room = Room.objects.create(site=site, name=f"Room {number}")
    serial = f"SYN-{site.code.upper()}-{number}"
    Device.objects.create(
        site=site,
        room=room,
        kind=DeviceKind.MONITOR,
        label=f"Monitor {number}",
        serial=serial,
        source="simulator",
    )
    Device.objects.create(
        site=site,
        room=room,
        kind=DeviceKind.PUMP,
        label=f"Pump {number}",
        serial=serial,
        max_rate_ml_per_h=PUMP.max_rate_ml_per_h,
        rate_step_ml_per_h=PUMP.rate_step_ml_per_h,
    )
    return Chair.objects.create(room=room, name="Chair")
