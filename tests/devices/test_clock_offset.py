from datetime import UTC, datetime, timedelta

from ebbtide.devices.clock import WINDOW, ClockOffset

START = datetime(2026, 11, 22, 10, tzinfo=UTC)


def after(*deltas_s):
    offset = ClockOffset()
    for number, delta_s in enumerate(deltas_s):
        device_at = START + timedelta(seconds=number)
        offset = offset.seen(
            device_at=device_at, received_at=device_at + timedelta(seconds=delta_s)
        )
    return offset


def test_nothing_is_known_before_the_first_message():
    assert ClockOffset().offset_s is None
    assert ClockOffset().corrected(START) == START


def test_a_device_that_is_behind_is_put_right():
    offset = after(18, 18.2, 18.1)
    assert offset.offset_s == 18.1
    assert offset.corrected(START) == START + timedelta(seconds=18.1)


def test_a_device_that_is_an_hour_ahead_is_put_right():
    assert after(-3600, -3600).corrected(START) == START - timedelta(hours=1)


def test_one_late_message_changes_nothing():
    assert after(0, 0, 90, 0, 0).offset_s == 0
    assert after(0, 0, 90, 0, 90, 0).jumps == 0


def test_a_clock_that_was_set_is_followed_from_its_second_message():
    jumped = after(0, 0, 0, 3600, 3600)
    assert (jumped.offset_s, jumped.jumps) == (3600, 1)
    assert after(0, 0, 0, 60).jumps == 0


def test_slow_drift_is_followed():
    drifting = after(*(number * 0.1 for number in range(1000)))
    assert drifting.jumps == 0
    assert len(drifting.recent_s) == WINDOW
    assert abs(drifting.offset_s - 98.45) < 0.01
