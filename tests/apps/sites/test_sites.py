"""What the database holds about sites, rooms and devices, tested by breaking it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ebbtide.clinic.sites.models import Chair, Device, Room, Site

PUMP = {"kind": "pump", "max_rate_ml_per_h": "999", "rate_step_ml_per_h": "0.1"}


@pytest.fixture
def room(site_a):
    return Room.objects.create(site=site_a, name="Room 1")


def make_device(site, **fields):
    with transaction.atomic():
        return Device.objects.create(
            **{"site": site, "kind": "monitor", "label": "M1", "serial": "1", **fields}
        )


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "scale"}, "sites_device_"),
        ({"kind": "pump"}, "sites_device_pump_has_limits"),
        ({**PUMP, "max_rate_ml_per_h": 0}, "sites_device_pump_has_limits"),
        ({**PUMP, "rate_step_ml_per_h": None}, "sites_device_pump_has_limits"),
        ({**PUMP, "kind": "monitor"}, "sites_device_pump_has_limits"),
        ({"source": "telepathy"}, "sites_device_source_known"),
    ],
)
def test_a_device_that_cannot_be_is_refused(site_a, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        make_device(site_a, **fields)


@pytest.mark.parametrize("fields", [PUMP, {"source": "simulator"}, {"source": "recording:a.csv"}])
def test_a_device_as_it_should_be_is_kept(site_a, fields):
    assert make_device(site_a, **fields).pk


def test_names_and_serials_are_given_once(site_a, room):
    make_device(site_a)
    with pytest.raises(IntegrityError):
        make_device(site_a)
    assert make_device(site_a, **PUMP)  # a pump may share a monitor's serial
    Chair.objects.create(room=room, name="Chair 1")
    for model, place in ((Room, {"site": site_a}), (Chair, {"room": room})):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**place, name=f"{model.__name__} 1")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [({"code": ""}, "sites_site_code_given"), ({"timezone": ""}, "sites_site_timezone_given")],
)
def test_a_site_has_a_code_and_a_time_zone(site_a, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Site.objects.filter(pk=site_a.pk).update(**fields)


def test_a_time_zone_that_is_none_is_refused(site_a):
    site_a.timezone = "America/Nowhere"
    with pytest.raises(ValidationError, match="not an IANA time zone"):
        site_a.full_clean()


def test_a_room_of_another_site_is_refused(site_b, room):
    device = Device(site=site_b, room=room, kind="monitor", label="M1", serial="1")
    with pytest.raises(ValidationError, match="another site"):
        device.full_clean()


def test_a_chair_knows_its_site(room, site_a):
    assert Chair(room=room, name="Chair 1").site == site_a
