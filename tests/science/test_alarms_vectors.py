"""The vectors A1 to A14, at their exact samples; sample n of a trace comes at n seconds."""

import pytest
from tests.science.alarm_room import Room, both_ways, trace

from ebbtide.science.alarms.board import audible
from ebbtide.science.alarms.limits import Priority
from ebbtide.science.alarms.state import AlarmState, Kind

MEDIUM, HIGH, LOW = "MEDIUM", "HIGH", "LOW"


@pytest.mark.parametrize(
    ("stretches", "expected"),
    [
        pytest.param([(95, 30), (89, 14), (95, 30)], [], id="A1"),
        pytest.param([(95, 30), (89, 15)], [(45, "raised", "spo2.below", MEDIUM)], id="A2"),
        pytest.param([(95, 10), (84, 5)], [(15, "raised", "spo2.below", HIGH)], id="A3"),
        pytest.param(
            [(89, 10), (None, 3), (89, 5)], [(18, "raised", "spo2.below", MEDIUM)], id="A4"
        ),
        pytest.param(
            [(89, 10), (None, 6), (89, 14)],
            [(16, "raised", "spo2.off", LOW), (17, "cleared", "spo2.off", LOW)],
            id="A5",
        ),
        pytest.param(
            [(89, 20), (91, 10), (95, 3)],
            [(15, "raised", "spo2.below", MEDIUM), (33, "cleared", "spo2.below", MEDIUM)],
            id="A6",
        ),
    ],
)
def test_saturation(stretches, expected):
    assert both_ways(spo2=trace(*stretches)) == expected


PULSE = trace((210, 12), (72, 10))
SPO2 = trace((98, 22))


def test_a7_a_fast_pulse_without_an_ecg_is_high_at_10_s():
    assert both_ways(spo2=SPO2, pulse=PULSE) == [
        (10, "raised", "pulse.above", HIGH),
        (15, "latched", "pulse.above", HIGH),
    ]


def test_a7_a_fast_pulse_beside_a_calm_ecg_only_disagrees():
    assert both_ways(spo2=SPO2, pulse=PULSE, heart_rate=trace((74, 22))) == [
        (10, "raised", "pulse.disagrees", LOW),
        (15, "cleared", "pulse.disagrees", LOW),
    ]


def test_a8_a_resent_cuff_reading_is_one_high():
    room = Room()
    for second in range(0, 60, 2):
        room.send(second, measured_s=36300, systolic=190, diastolic=112)
    assert [row for row in room.told if row[1] != "escalated"] == [
        (0, "raised", "cuff.above", HIGH)
    ]


def test_a9_a_single_high_pressure_is_medium_until_the_next_reading():
    room = Room()
    room.send(0, measured_s=36300, systolic=165, diastolic=95)
    room.send(60, measured_s=36300, systolic=165, diastolic=95)
    room.send(120, measured_s=36420, systolic=150, diastolic=88)
    assert [row for row in room.told if row[1] != "escalated"] == [
        (0, "raised", "cuff.above", MEDIUM),
        (120, "cleared", "cuff.above", MEDIUM),
    ]


def test_a10_an_acknowledged_high_that_returns_is_a_new_one_and_heard():
    room = Room()
    room.each_second(5, from_s=1, spo2=84)
    assert audible(room.state).number == 1
    room.acknowledge(1, at_s=6)
    assert audible(room.state) is None
    room.each_second(40, from_s=7, spo2=97)
    assert room.state.alarms == ()
    room.each_second(5, from_s=47, spo2=84)
    assert audible(room.state).number == 2
    assert room.told[-1] == (51, "raised", "spo2.below", HIGH)


def test_a11_a_new_high_breaks_through_a_pause():
    room = Room()
    room.each_second(15, spo2=89)
    room.pause(at_s=15)
    assert audible(room.state) is None
    room.each_second(25, from_s=16, spo2=89)
    assert audible(room.state) is None
    room.each_second(5, from_s=41, spo2=84)
    assert room.state.at_ms == 45_000
    assert audible(room.state).priority is Priority.HIGH


def test_a12_the_sound_returns_by_itself_while_the_condition_holds():
    room = Room()
    room.each_second(15, spo2=89)
    room.pause(at_s=15)
    room.each_second(119, from_s=16, spo2=89)
    assert audible(room.state) is None
    room.send(135, spo2=89)
    assert audible(room.state).number == 1
    assert [c.at_ms for c in room.log if c.kind is Kind.SOUND_RETURNED] == [135_000]


def test_a13_a_killed_engine_goes_on_with_the_same_alarm():
    room = Room()
    room.each_second(17, spo2=89)
    room.acknowledge(1, at_s=17)
    stored = room.state.to_json()
    again = Room()
    again.state = AlarmState.from_json(stored)
    again.each_second(10, from_s=20, spo2=89)
    assert again.log == []
    [alarm] = again.state.alarms
    assert (alarm.number, alarm.is_active, alarm.acknowledged_by) == (1, True, "nurse")


def test_a14_a_jump_of_the_device_clock_is_a_notice_and_nothing_else():
    room = Room()
    for second in range(1, 60):
        jump_s = 0 if second < 30 else -3600
        room.send(second, device_s=36000 + second + jump_s, spo2=96)
    [change] = room.log
    assert (change.at_ms, change.kind, change.alarm) == (30_000, Kind.NOTICE, None)
    assert change.words == "Low: the device's clock moved by -3600 s"
    assert room.state.alarms == ()
