"""Clinic time: real, or in a demo faster from an anchor."""

from datetime import UTC, datetime, timedelta

import pytest

from ebbtide.clinic.web import clock

REAL = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_run():
    clock._run = None
    yield
    clock._run = None


def test_it_is_the_real_time_in_utc_normally(settings):
    settings.CLOCK_SPEED = 1.0
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC


def test_a_demo_runs_faster_from_its_anchor():
    run = clock.start(anchor_real=REAL, anchor_clinic=REAL, speed=60)
    assert run.at(REAL + timedelta(seconds=1)) == REAL + timedelta(minutes=1)
    assert run.real_at(REAL + timedelta(hours=1)) == REAL + timedelta(minutes=1)
    assert clock.real_wait_s(timedelta(minutes=1)) == 1


def test_the_speed_comes_from_the_settings_on_first_use(settings):
    settings.CLOCK_SPEED = 100.0
    first = clock.now()
    run = clock.running()
    assert clock.speed() == 100
    assert run.at(run.real + timedelta(seconds=1)) == run.clinic + timedelta(seconds=100)
    assert clock.now() >= first


def test_only_a_demo_changes_time(settings):
    settings.DEMO = False
    with pytest.raises(ValueError, match="only a demo"):
        clock.start(anchor_real=REAL, anchor_clinic=REAL, speed=2)
    with pytest.raises(ValueError, match="only a demo"):
        clock.start(anchor_real=REAL, anchor_clinic=REAL - timedelta(days=1), speed=1)
    assert clock.start(anchor_real=REAL, anchor_clinic=REAL, speed=1)


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_time_neither_stands_nor_runs_back(speed):
    with pytest.raises(ValueError, match="above 0"):
        clock.start(anchor_real=REAL, anchor_clinic=REAL, speed=speed)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        clock.start(anchor_real=REAL.replace(tzinfo=None), anchor_clinic=REAL, speed=1)
