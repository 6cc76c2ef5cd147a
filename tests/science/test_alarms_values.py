"""Delays, gaps, bands and cuffs: what a value must do to raise and to clear an alarm."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.alarm_room import Room, both_ways, trace

from ebbtide.science.alarms.engine import step
from ebbtide.science.alarms.episodes import Episode, episodes
from ebbtide.science.alarms.limits import (
    CONTINUOUS,
    DEFAULT_ALARMS,
    AlarmLimits,
    Priority,
    Side,
    Signal,
)
from ebbtide.science.alarms.rules import Rules
from ebbtide.science.alarms.state import AlarmState, Sample
from ebbtide.science.alarms.sweep import sweep

DELAYED = [limit for limit in DEFAULT_ALARMS.limits if limit.signal in CONTINUOUS]
QUIET = {"spo2": 97.0, "pulse": 75.0, "heart_rate": 75.0, "resp": 14.0, "etco2": 38.0}


def raised(rows):
    return [row[0] for row in rows if row[1] == "raised"]


@pytest.mark.parametrize("limit", DELAYED, ids=lambda x: f"{x.signal}-{x.side}-{x.priority.name}")
def test_a_limit_itself_is_no_alarm_and_one_step_past_is_at_its_delay(limit):
    name, bound, delay_s = limit.signal.value, float(limit.value), int(limit.delay_s)
    past = bound - 0.5 if limit.side is Side.BELOW else bound + 0.5
    at = both_ways(**{name: trace((QUIET[name], 3), (bound, delay_s + 2))})
    one_past = both_ways(**{name: trace((QUIET[name], 3), (past, delay_s))})
    grave = limit.priority.name
    assert (3 + delay_s, "raised", f"{name}.{limit.side}", grave) in one_past
    assert grave not in [row[3] for row in at]


@pytest.mark.parametrize(("value", "ends"), [(92, False), (92.1, True)])
def test_an_alarm_clears_only_past_its_band(value, ends):
    rows = both_ways(spo2=trace((89, 15), (value, 3)))
    assert ((18, "cleared", "spo2.below", "MEDIUM") in rows) is ends


@pytest.mark.parametrize(("value", "ends"), [(115, False), (114.9, True)])
def test_an_alarm_above_clears_only_under_its_band(value, ends):
    rows = both_ways(pulse=trace((125, 15), (value, 3)))
    assert ((18, "cleared", "pulse.above", "MEDIUM") in rows) is ends


def test_a_value_inside_the_band_begins_the_three_seconds_again():
    rows = both_ways(spo2=trace((89, 15), (95, 2), (91, 1), (95, 3)))
    assert rows[-1] == (21, "cleared", "spo2.below", "MEDIUM")


@pytest.mark.parametrize(("gap_s", "at_s"), [(5, 20), (6, 31)])
def test_five_seconds_without_a_value_pause_the_delay_and_six_begin_it_again(gap_s, at_s):
    rows = both_ways(spo2=trace((89, 10), (None, gap_s), (89, 15)))
    assert (at_s, "raised", "spo2.below", "MEDIUM") in rows


def test_a_graver_alarm_replaces_and_a_lesser_one_takes_over_when_it_ends():
    rows = both_ways(spo2=trace((89, 15), (84, 5), (88, 5)))
    assert rows == [
        (15, "raised", "spo2.below", "MEDIUM"),
        (20, "replaced", "spo2.below", "MEDIUM"),
        (20, "raised", "spo2.below", "HIGH"),
        (23, "latched", "spo2.below", "HIGH"),
        (23, "raised", "spo2.below", "MEDIUM"),
    ]


def test_a_lost_probe_takes_over_from_what_it_measured():
    assert both_ways(spo2=trace((89, 15), (None, 30))) == [
        (15, "raised", "spo2.below", "MEDIUM"),
        (21, "cleared", "spo2.below", "MEDIUM"),
        (21, "raised", "spo2.off", "LOW"),
        (45, "replaced", "spo2.off", "LOW"),
        (45, "raised", "spo2.off", "MEDIUM"),
    ]


def test_a_saturation_no_patient_starts_with_is_no_hypoxia():
    rows = both_ways(spo2=trace((None, 10), (1, 7)))
    assert {row[2] for row in rows} == {"spo2.off"}


def test_an_unlikely_saturation_does_not_end_an_alarm():
    rows = both_ways(spo2=trace((84, 5), (29, 10)))
    assert [row[1:3] for row in rows] == [("raised", "spo2.below"), ("raised", "spo2.off")]


def test_rows_left_out_count_two_periods_at_most():
    times = [*range(1000, 11_000, 1000), *range(14_000, 20_000, 1000)]
    rows = both_ways(spo2=[89.0] * len(times), times_ms=times)
    assert raised(rows) == [17]


def test_too_many_rows_left_out_begin_again():
    times = [*range(1000, 11_000, 1000), *range(18_000, 33_000, 1000)]
    rows = both_ways(spo2=[89.0] * len(times), times_ms=times)
    assert raised(rows) == [32]


def test_a_slow_monitor_reaches_the_delay_with_its_first_value():
    rules = Rules(period_s=60)
    rows = both_ways(rules=rules, spo2=[97.0, 89.0, 97.0], times_ms=[60_000, 120_000, 180_000])
    assert rows == [
        (120, "raised", "spo2.below", "MEDIUM"),
        (180, "cleared", "spo2.below", "MEDIUM"),
    ]


def test_jitter_of_the_network_moves_no_alarm():
    times = [1000 * n + (-90 if n % 2 else 90) for n in range(1, 46)]
    rows = both_ways(spo2=trace((95, 30), (89, 15)), times_ms=times)
    assert raised(rows) == [times[44] / 1000]


def test_pulse_and_heart_rate_may_differ_by_a_fifth():
    calm = {"heart_rate": trace((100, 20))}
    assert both_ways(pulse=trace((80, 20)), **calm) == []
    assert both_ways(pulse=trace((79, 20)), **calm) == [(15, "raised", "pulse.disagrees", "LOW")]


def test_a_pulse_is_judged_again_when_the_heart_rate_is_gone():
    rows = both_ways(pulse=trace((210, 40)), heart_rate=trace((74, 12), (None, 28)))
    assert [row[:3] for row in rows if row[1] == "raised"] == [
        (10, "raised", "pulse.disagrees"),
        (18, "raised", "heart_rate.off"),
        (18, "raised", "pulse.above"),
    ]


def test_a_disagreement_before_its_delay_is_told_where_it_withholds():
    rows = both_ways(pulse=trace((70, 9), (210, 11)), heart_rate=trace((100, 20)))
    assert raised(rows) == [15]
    rows = both_ways(pulse=trace((79, 14), (210, 11)), heart_rate=trace((120, 25)))
    assert raised(rows) == [15]


def test_a_lost_pulse_ends_its_disagreement():
    rows = both_ways(pulse=trace((70, 20), (None, 6)), heart_rate=trace((100, 26)))
    assert (26, "cleared", "pulse.disagrees", "LOW") in rows


@pytest.mark.parametrize(
    ("pressures", "expected"),
    [
        ([(160, 100)], []),
        ([(161, 95)], ["MEDIUM"]),
        ([(150, 101)], ["MEDIUM"]),
        ([(161, 95), (162, 95)], ["MEDIUM", "HIGH"]),
        ([(180, 110)], ["MEDIUM"]),
        ([(181, 95)], ["HIGH"]),
        ([(150, 111)], ["HIGH"]),
        ([(90, 50)], []),
        ([(89, 55)], ["MEDIUM"]),
        ([(79, 45)], ["HIGH"]),
        ([(95, 39)], ["HIGH"]),
        ([(89, 55), (170, 90)], ["MEDIUM", "MEDIUM"]),
    ],
)
def test_cuff_readings(pressures, expected):
    rows = both_ways(
        spo2=[97.0] * len(pressures),
        systolic=[float(s) for s, _ in pressures],
        diastolic=[float(d) for _, d in pressures],
    )
    assert [row[3] for row in rows if row[1] == "raised"] == expected


def test_a_reading_without_device_time_is_a_new_one():
    room = Room()
    room.send(0, systolic=165, diastolic=95)
    room.send(60, systolic=165, diastolic=95)
    assert room.told[-1] == (60, "raised", "cuff.above", "HIGH")


@pytest.mark.parametrize(
    ("baseline", "systolic", "grave"),
    [
        (110, 137, []),
        (110, 137.5, ["LOW"]),
        (128, 157, []),
        (128, 158, ["LOW"]),
        (128, 161, ["MEDIUM"]),
    ],
)
def test_a_rise_over_the_baseline_is_low(baseline, systolic, grave):
    rules = Rules(baseline_systolic_mmhg=baseline)
    rows = both_ways(rules=rules, spo2=[97.0], systolic=[float(systolic)])
    assert [row[3] for row in rows] == grave


def test_a_diastolic_alone_says_nothing_of_a_rise():
    rules = Rules(baseline_systolic_mmhg=120)
    assert both_ways(rules=rules, spo2=[97.0], diastolic=[80.0]) == []


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ({"moaas": 3}, []),
        ({"moaas": 2}, ["HIGH"]),
        ({"rass": -1}, []),
        ({"rass": -2}, ["MEDIUM"]),
        ({"rass": -3}, ["HIGH"]),
        ({"rass": 2}, []),
        ({"rass": 3}, ["HIGH"]),
    ],
)
def test_sedation_is_judged_on_entry(score, expected):
    room = Room()
    room.send(0, **score)
    assert [row[3] for row in room.told] == expected


def test_a_lighter_sedation_latches_the_graver_alarm():
    room = Room()
    room.send(0, rass=-3)
    room.send(10, rass=-2)
    room.send(20, rass=0)
    assert [row[1:] for row in room.told] == [
        ("raised", "rass.below", "HIGH"),
        ("latched", "rass.below", "HIGH"),
        ("raised", "rass.below", "MEDIUM"),
        ("cleared", "rass.below", "MEDIUM"),
    ]


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_no_value(nothing):
    room = Room()
    room.send(0, rass=nothing, systolic=nothing)
    assert room.log == []
    rows = both_ways(spo2=trace((97, 3), (nothing, 6)))
    assert rows == [(9, "raised", "spo2.off", "LOW")]


VALUES = st.sampled_from(
    [None, float("inf"), 1.0, 29.0, 84.0, 85.0, 89.0, 90.0, 91.0, 92.0, 93.0, 95.0]
)
BEATS = st.sampled_from(
    [None, float("inf"), 38.0, 45.0, 54.0, 72.0, 74.0, 118.0, 125.0, 149.0, 160.0, 210.0]
)


def stretches(values):
    part = st.tuples(values, st.integers(1, 20))
    return st.lists(part, min_size=1, max_size=12).map(lambda parts: trace(*parts))


@settings(max_examples=150, deadline=None)
@given(stretches(VALUES), stretches(BEATS), stretches(BEATS), st.data())
def test_stream_and_array_tell_the_same(spo2, pulse, heart, data):
    rows = min(map(len, (spo2, pulse, heart)))
    gaps = data.draw(
        st.lists(
            st.sampled_from([1000, 1000, 1000, 950, 2500, 7000, 70_000]),
            min_size=rows,
            max_size=rows,
        )
    )
    cuffs = [
        None if n % 7 else data.draw(st.sampled_from([85.0, 120.0, 170.0, 190.0]))
        for n in range(rows)
    ]
    both_ways(
        spo2=spo2[:rows],
        pulse=pulse[:rows],
        heart_rate=heart[:rows],
        systolic=cuffs,
        times_ms=np.cumsum(gaps).tolist(),
    )


@settings(max_examples=100, deadline=None)
@given(stretches(VALUES), st.lists(st.integers(0, 400_000), max_size=30), st.integers(1, 100))
def test_asking_more_often_changes_nothing(spo2, extra_ms, cut):
    rules = Rules()
    times = [1000 * (n + 1) + (60_000 if n >= cut else 0) for n in range(len(spo2))]
    messages = {at: [Sample(Signal.SPO2, value)] for at, value in zip(times, spo2, strict=True)}
    told = []
    for moments in (times, sorted({*times, *(at for at in extra_ms if at <= times[-1])})):
        state, log = AlarmState(), []
        for at_ms in moments:
            state, changes = step(state, messages.get(at_ms, ()), at_ms=at_ms, rules=rules)
            log += changes
        told.append((log, state))
    assert told[0] == told[1]


def test_the_array_may_come_in_parts():
    times = np.arange(1, 61) * 1000
    spo2 = np.array(trace((95.0, 10), (89.0, 30), (97.0, 20)))
    rules = Rules()
    whole = sweep(AlarmState(), times, {Signal.SPO2: spo2}, rules=rules)
    state, first = sweep(AlarmState(), times[:30], {Signal.SPO2: spo2[:30]}, rules=rules)
    parts = sweep(state, times[30:], {Signal.SPO2: spo2[30:]}, rules=rules)
    assert (parts[0], (*first, *parts[1])) == whole


def test_limits_without_waits_tell_the_same_both_ways():
    rules = Rules(AlarmLimits(waits=()))
    assert both_ways(rules=rules, spo2=[97.0, 97.0], times_ms=[0, 600_000]) == []


def test_an_empty_array_tells_nothing():
    empty = {Signal.SPO2: np.array([])}
    assert sweep(AlarmState(), np.array([], dtype=np.int64), empty, rules=Rules())[1] == ()


@pytest.mark.parametrize(
    ("times", "columns", "message"),
    [
        ([1], {Signal.SPO2: [1.0, 2.0]}, "one value per time"),
        ([2, 1], {Signal.SPO2: [90.0, 90.0]}, "went back"),
        ([1], {Signal.SYSTOLIC: [90.0]}, "a column for each"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(times, columns, message):
    arrays = {signal: np.array(values) for signal, values in columns.items()}
    with pytest.raises(ValueError, match=message):
        sweep(AlarmState(), np.array(times), arrays, rules=Rules())


def test_episodes_are_plain_runs():
    values = [89, 88, None, 89, 90, 87, 87, 87]
    assert episodes(values, least_rows=2, below=90) == (Episode(0, 2, 88), Episode(5, 3, 87))
    assert episodes(values, least_rows=1, from_value=90) == (Episode(4, 1, 90),)


def test_episodes_need_one_number_and_a_row():
    with pytest.raises(ValueError, match="one number"):
        episodes([90], least_rows=1)
    with pytest.raises(ValueError, match="one number"):
        episodes([90], least_rows=1, below=1, from_value=2)
    with pytest.raises(ValueError, match="at least one row"):
        episodes([90], least_rows=0, below=1)


def test_a_patients_own_limit_has_a_reason_and_moves_the_alarm():
    own = DEFAULT_ALARMS.for_patient(
        Signal.SPO2,
        side=Side.BELOW,
        priority=Priority.MEDIUM,
        value=Decimal(87),
        reason="COPD, target 88 to 92",
    )
    [limit] = [each for each in own.limits if each.reason]
    assert (limit.value, limit.reason) == (87, "COPD, target 88 to 92")
    own = own.for_patient(
        Signal.SPO2, side=Side.BELOW, priority=Priority.LOW, value=Decimal(88), reason="COPD"
    )
    assert both_ways(rules=Rules(own), spo2=trace((88, 60))) == []


@pytest.mark.parametrize(
    ("signal", "value", "reason", "message"),
    [
        (Signal.SPO2, 87, " ", "needs a reason"),
        (Signal.SPO2, 80, "why", "out of order"),
        (Signal.PUMP, 80, "why", "no Medium limit"),
    ],
)
def test_a_patients_own_limit_is_refused(signal, value, reason, message):
    with pytest.raises(ValueError, match=message):
        DEFAULT_ALARMS.for_patient(
            signal, side=Side.BELOW, priority=Priority.MEDIUM, value=Decimal(value), reason=reason
        )


def test_a_pause_longer_than_two_minutes_cannot_be_approved():
    with pytest.raises(ValueError, match="120 s at most"):
        AlarmLimits(audio_pause_s=Decimal(121))


def test_a_stored_state_with_a_value_that_is_no_number_is_refused():
    state, _ = step(AlarmState(), [Sample(Signal.SPO2, 97.5)], at_ms=0, rules=Rules())
    for wrong in ('"97.5"', "true", "NaN"):
        with pytest.raises(ValueError, match="must be a number"):
            AlarmState.from_json(state.to_json().replace("97.5", wrong))


def test_a_period_is_positive():
    with pytest.raises(ValueError, match="positive"):
        Rules(period_s=0)
