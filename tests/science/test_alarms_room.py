"""What stays away, who acknowledges, who is told: alarms in the hands of people."""

from dataclasses import fields
from pathlib import Path

import pytest
from tests.science.alarm_room import Room

from ebbtide.science.alarms.board import audible
from ebbtide.science.alarms.limits import DEFAULT_ALARMS, AlarmLimits, Watched
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.sources import SOURCES
from ebbtide.science.alarms.state import Kind
from ebbtide.science.units import exactly


def of(room, condition):
    return [
        (at_s, kind, priority)
        for at_s, kind, name, priority in room.told
        if name == condition and kind in ("raised", "cleared", "latched")
    ]


def test_a_silent_monitor_is_low_medium_and_during_an_infusion_high():
    room = Room()
    room.infuse(0, at_s=0)
    room.send(5, spo2=97)
    room.send(200)
    assert of(room, "monitor") == [
        (15, "raised", "LOW"),
        (35, "raised", "MEDIUM"),
        (65, "raised", "HIGH"),
    ]
    room.send(201, spo2=97)
    assert of(room, "monitor")[-1] == (201, "latched", "HIGH")


def test_without_an_infusion_a_silent_monitor_is_not_high_until_one_starts():
    room = Room()
    room.send(5, spo2=97)
    room.send(200)
    assert of(room, "monitor")[-1] == (35, "raised", "MEDIUM")
    room.infuse(200, at_s=200)
    room.send(201)
    assert of(room, "monitor")[-1] == (200, "raised", "HIGH")


def test_nothing_is_silent_that_was_not_expected():
    room = Room()
    room.send(0)
    room.send(500)
    assert room.log == []


def test_a_monitor_that_never_speaks_is_silent_once_it_is_expected():
    room = Room()
    room.expect(Watched.MONITOR, since_s=0, at_s=0)
    room.send(10)
    assert of(room, "monitor") == [(10, "raised", "LOW")]


def test_a_slow_monitor_is_silent_by_its_own_period():
    room = Room(Rules(period_s=60))
    room.send(0, spo2=97)
    room.send(184)
    assert room.log == []
    room.send(185)
    assert of(room, "monitor") == [(185, "raised", "LOW")]


def test_a_limit_set_without_waits_watches_nothing():
    room = Room(Rules(AlarmLimits(waits=())))
    room.send(0, spo2=97)
    room.send(500)
    assert room.log == []


def test_a_sign_left_out_of_the_messages_is_an_alarm_of_its_own():
    room = Room()
    room.send(0, spo2=89, pulse=70)
    room.each_second(40, spo2=97)
    assert of(room, "pulse.off") == [(10, "raised", "LOW"), (30, "raised", "MEDIUM")]


def test_pump_breath_and_cuff_have_their_own_patience():
    room = Room()
    room.infuse(0, at_s=0)
    room.expect(Watched.CUFF, since_s=0, at_s=0)
    room.send(0, pump=1, breath=1)
    room.send(700)
    assert of(room, "pump") == [(30, "raised", "LOW"), (120, "raised", "MEDIUM")]
    assert of(room, "breath") == [(20, "raised", "MEDIUM"), (30, "raised", "HIGH")]
    assert of(room, "cuff") == [(450, "raised", "LOW"), (600, "raised", "MEDIUM")]
    room.send(701, systolic=120, diastolic=80)
    assert of(room, "cuff")[-1] == (701, "cleared", "MEDIUM")
    room.send(702, breath=None)
    room.send(900)
    assert of(room, "breath")[-1] == (702, "latched", "HIGH")


def test_an_overdue_score_is_low_then_medium_until_it_is_entered():
    room = Room()
    room.expect(Watched.SCORE, since_s=100, at_s=0)
    room.send(600)
    assert of(room, "score") == [(280, "raised", "LOW"), (580, "raised", "MEDIUM")]
    room.send(601, moaas=5)
    assert of(room, "score")[-1] == (601, "cleared", "MEDIUM")


def test_a_score_long_overdue_when_it_is_named_begins_then():
    room = Room()
    room.expect(Watched.SCORE, since_s=0, at_s=1000)
    room.send(1010)
    assert of(room, "score") == [(1000, "raised", "LOW"), (1000, "raised", "MEDIUM")]


def lost_probe(rules, cuff_at_s):
    room = Room(rules)
    room.each_second(9, spo2=97)
    room.send(cuff_at_s, cuff_start=1)
    room.each_second(60, from_s=cuff_at_s + 1, spo2=None)
    return of(room, "spo2.off")[0][0]


def test_a_cuff_on_the_probes_arm_explains_its_loss_for_45_s():
    assert lost_probe(Rules(probe_and_cuff_share_an_arm=True), 9) == 54
    assert lost_probe(Rules(), 9) == 15


def test_a_cuff_explains_no_loss_before_it_and_no_hypoxia():
    rules = Rules(probe_and_cuff_share_an_arm=True)
    room = Room(rules)
    room.send(1, spo2=97)
    room.each_second(3, from_s=2, spo2=None)
    room.send(5, cuff_start=1)
    room.each_second(5, from_s=6, spo2=None)
    assert of(room, "spo2.off") == [(7, "raised", "LOW")]
    low = Room(rules)
    low.send(0, cuff_start=1)
    low.each_second(5, spo2=84)
    assert of(low, "spo2.below") == [(5, "raised", "HIGH")]


def test_a_high_that_recovers_stays_until_it_is_acknowledged():
    room = Room()
    room.each_second(5, spo2=84)
    room.each_second(3, from_s=6, spo2=97)
    [alarm] = room.state.alarms
    assert not alarm.is_active
    assert audible(room.state) == alarm
    room.acknowledge(1, at_s=9)
    assert room.state.alarms == ()


def test_a_latched_high_that_returns_is_replaced_by_the_new_one():
    room = Room()
    room.each_second(5, spo2=84)
    room.each_second(3, from_s=6, spo2=97)
    room.each_second(5, from_s=9, spo2=84)
    assert [alarm.number for alarm in room.state.alarms] == [2]
    replaced = next(c.alarm for c in room.log if c.kind is Kind.REPLACED)
    assert replaced.cleared_ms == 8000


def test_acknowledging_twice_changes_nothing_and_a_wrong_number_is_refused():
    room = Room()
    room.each_second(5, spo2=84)
    assert room.acknowledge(1, at_s=6)
    assert room.acknowledge(1, at_s=7, by="other") == ()
    assert room.state.alarms[0].acknowledged_by == "nurse"
    with pytest.raises(ValueError, match="no alarm 9"):
        room.acknowledge(9, at_s=8)


@pytest.mark.parametrize("seconds", [0, 121])
def test_a_pause_is_timed(seconds):
    with pytest.raises(ValueError, match="at most 120 s"):
        Room().pause(at_s=0, seconds=seconds)


def sent(room):
    return [(c.at_ms / 1000, c.words) for c in room.log if c.kind is Kind.ESCALATED]


def test_an_unacknowledged_high_goes_from_hop_to_hop_as_each_is_received():
    room = Room()
    room.each_second(5, spo2=84)
    room.send(36, spo2=84)
    room.receive(1, "all clinic screens", at_s=36)
    room.send(66, spo2=84)
    room.receive(1, "second nurse's device", at_s=66)
    room.send(130, spo2=84)
    assert [row for row in sent(room) if row[1] != "x"][:2] == [
        (35, "all clinic screens"),
        (65, "second nurse's device"),
    ]
    assert (125, "physician") in sent(room)


def test_a_hop_without_a_receipt_is_skipped_ahead_of():
    room = Room()
    room.send(0, systolic=190, diastolic=112)
    room.send(300)
    assert sent(room) == [
        (30, "all clinic screens"),
        (40, "second nurse's device"),
        (50, "physician"),
    ]


def test_an_acknowledged_alarm_goes_no_further():
    room = Room()
    room.send(0, systolic=190, diastolic=112)
    room.acknowledge(1, at_s=31)
    room.send(300)
    assert sent(room) == [(30, "all clinic screens")]


def test_a_pause_that_ends_between_two_hops_is_told_in_order():
    room = Room()
    room.send(0, systolic=190, diastolic=112)
    room.pause(at_s=1, seconds=34)
    room.send(300)
    assert [(c.at_ms / 1000, c.kind.value) for c in room.log[2:5]] == [
        (30, "escalated"),
        (35, "sound returned"),
        (40, "escalated"),
    ]


def test_a_receipt_nobody_awaits_is_refused():
    room = Room()
    room.send(0, systolic=190, diastolic=112)
    with pytest.raises(ValueError, match="awaits no receipt"):
        room.receive(1, "physician", at_s=1)


def test_a_receipt_for_one_hop_leaves_the_others():
    room = Room()
    room.send(0, systolic=190, diastolic=112)
    room.send(45)
    room.receive(1, "second nurse's device", at_s=45)
    assert [each.received_ms for each in room.state.alarms[0].sent] == [None, 45_000]


def test_the_receiving_clock_never_goes_back():
    room = Room()
    room.send(5, spo2=97)
    with pytest.raises(ValueError, match="went back"):
        room.send(4, spo2=97)


def test_a_small_drift_of_the_device_clock_is_no_notice():
    room = Room()
    for second in range(100):
        room.send(second, device_s=500 + second * 1.2, spo2=97)
    assert room.log == []


def test_every_number_of_the_limits_has_a_source():
    names = [field.name for field in fields(AlarmLimits)]
    assert sorted(source.item for source in SOURCES) == sorted(names)


def test_the_page_of_rules_holds_every_limit_and_says_what_it_is():
    page = (Path(__file__).parents[2] / "docs/rules/alarms.md").read_text(encoding="utf-8")
    assert "The bedside monitor's and the pump's own alarms come first" in page
    for limit in DEFAULT_ALARMS.limits:
        delay = f"{exactly(limit.delay_s)} s |" if limit.delay_s else ""
        row = f"| {limit.priority.label} | {limit.side} {exactly(limit.value)} | {delay}"
        assert row in page
