"""The log is the only source: what the reducer makes of it."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.science.visit_log import CHECKED_IN, VISIT, Log, at

from ebbtide.science.findings import RefusedError
from ebbtide.science.visit.events import Kind, plain_payload, read_payload
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import Status


def near(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"))


def test_no_events_is_an_expected_visit() -> None:
    state = replay([])
    assert state.status is Status.EXPECTED
    assert state.given_mg(at(0)) == 0


@pytest.mark.parametrize(
    ("minute", "given_mg"),
    [(10, "0"), (20, "8.75"), (28, "15.75"), (35, "21.875"), (50, "35"), (70, "35")],
)
def test_a_plain_infusion_gives_what_vector_v11_says(minute: int, given_mg: str) -> None:
    state = replay(Log().running().events)
    assert near(state.given_mg(at(minute))) == Decimal(given_mg)


def test_the_bag_ends_the_infusion_without_a_stop() -> None:
    infusion = replay(Log().running().events).infusion
    assert infusion is not None
    assert infusion.empties_at(at(20)) == at(50)
    assert infusion.rate_ml_per_h(at(51)) == 0
    assert infusion.empties_at(at(51)) is None


def test_hold_and_resume_at_another_rate_follow_vector_v12() -> None:
    log = Log().running()
    log.add(Kind.HELD, 25)
    held = replay(log.events)
    assert held.status is Status.HELD
    assert held.infusion is not None
    assert held.infusion.rate_ml_per_h(at(27)) == 0
    log.add(Kind.RESUMED, 30, {"rate_ml_per_h": "100"})
    state = replay(log.events)
    assert state.status is Status.RUNNING
    assert state.infusion is not None
    assert state.infusion.given_ml(at(30)) == Decimal("37.5")
    assert state.infusion.empties_at(at(31)) == at(67.5)


def test_a_bolus_comes_out_of_the_bag() -> None:
    log = Log().running()
    log.add(Kind.BOLUS_GIVEN, 12, {"dose_mg": "7"})
    infusion = replay(log.events).infusion
    assert infusion is not None
    assert near(infusion.given_mg(at(20))) == Decimal("15.75")
    assert infusion.empties_at(at(20)) == at(42)
    assert near(infusion.given_mg(at(60))) == Decimal(35)


def test_stop_ends_what_is_given_and_begins_recovery() -> None:
    log = Log().running()
    log.add(Kind.STOPPED, 28)
    state = replay(log.events)
    assert (state.status, state.ended_at) == (Status.RECOVERY, at(28))
    assert near(state.given_mg(at(60))) == Decimal("15.75")


def test_stop_with_nothing_running_changes_nothing_but_is_kept() -> None:
    log = Log().drawn()
    log.add(Kind.STOPPED, 6)
    state = replay(log.events)
    assert state.status is Status.CHECKED_IN
    assert [entry.kind for entry in state.entries][-1] is Kind.STOPPED


def test_nothing_starts_the_pump_again_after_a_stop() -> None:
    log = Log().running()
    log.add(Kind.STOPPED, 20)
    log.add(Kind.RESUMED, 21, {"rate_ml_per_h": "150"})
    assert near(replay(log.events).given_mg(at(60))) == Decimal("8.75")


def test_an_entry_made_late_takes_its_true_place() -> None:
    log = Log().running()
    log.add(Kind.STOPPED, 30)
    log.add(Kind.HELD, 20, recorded=31)
    state = replay(log.events)
    assert near(state.given_mg(at(60))) == Decimal("8.75")
    assert state.status is Status.RECOVERY


def test_an_amendment_corrects_beside_the_entry() -> None:
    log = Log().running()
    reading = log.add(
        Kind.READING_ENTERED, 15, {"reading": {"systolic_mmhg": 218, "diastolic_mmhg": 78}}
    )
    log.add(
        Kind.AMENDED,
        16,
        {
            "event": str(reading.id),
            "reason": "typed 218 for 128",
            "changes": '{"reading": {"systolic_mmhg": 128}}',
        },
    )
    entry, payload = replay(log.events).readings[0]
    assert (payload.reading.systolic_mmhg, payload.reading.diastolic_mmhg) == (128, 78)
    assert entry.original == reading.payload
    assert [amendment.reason for amendment in entry.amendments] == ["typed 218 for 128"]


def test_a_retracted_entry_counts_nowhere_but_stays_in_the_list() -> None:
    log = Log().running()
    hold = log.add(Kind.HELD, 20)
    log.add(Kind.AMENDED, 21, {"event": str(hold.id), "reason": "wrong room", "is_retracted": True})
    state = replay(log.events)
    assert state.status is Status.RUNNING
    assert near(state.given_mg(at(50))) == Decimal(35)
    assert any(entry.is_retracted for entry in state.entries)


def test_a_corrected_stop_time_moves_the_dose() -> None:
    log = Log().running()
    stop = log.add(Kind.STOPPED, 30)
    log.add(
        Kind.AMENDED,
        40,
        {"event": str(stop.id), "reason": "stopped earlier", "happened_at": at(28).isoformat()},
    )
    assert near(replay(log.events).given_mg(at(60))) == Decimal("15.75")


def test_pump_seq_follows_the_pump_and_its_amendments_only() -> None:
    log = Log().running()
    assert replay(log.events).pump_seq == 4
    log.add(Kind.COMFORT_CHANGED, 11, {"what": "light", "setting": "low"})
    assert replay(log.events).pump_seq == 4
    log.add(
        Kind.AMENDED,
        12,
        {"event": str(log.events[3].id), "reason": "x", "happened_at": at(9).isoformat()},
    )
    assert replay(log.events).pump_seq == 6


def test_a_new_draw_needs_a_new_check() -> None:
    log = Log().drawn()
    log.add(Kind.DOSE_CHECKED, 6, {"drawn": str(log.events[-1].id)}, actor="second")
    assert replay(log.events).dose_checked_by == "second"
    log.add(Kind.DOSE_DRAWN, 7, plain_payload(log.events[2].payload))
    assert replay(log.events).dose_checked_by == ""


@given(
    st.lists(
        st.tuples(st.sampled_from(["rate", "hold", "bolus"]), st.integers(1, 600)), max_size=12
    )
)
@example([("rate", 169), ("rate", 600), ("bolus", 389)])  # a bag emptied to the last digit
@example([("rate", 1), ("rate", 599), ("bolus", 600)])  # a bolus from a bag nearly run out
def test_given_never_falls_never_exceeds_the_bag_and_matches_the_level_model(
    steps: list[tuple[str, int]],
) -> None:
    log = Log().running()
    minute = 10.0
    for what, amount in steps:
        minute += amount / 60
        if what == "rate":
            log.add(Kind.RATE_CHANGED, minute, {"rate_ml_per_h": str(amount)})
        elif what == "hold":
            log.add(Kind.HELD, minute)
        else:
            log.add(Kind.BOLUS_GIVEN, minute, {"dose_mg": "1"})
    infusion = replay(log.events).infusion
    assert infusion is not None
    given = [infusion.given_ml(at(moment)) for moment in range(10, 121, 10)]
    assert given == sorted(given)
    assert given[-1] <= infusion.volume_ml
    history = infusion.history(at(120))
    pumped = sum((s.end_min - s.start_min) * s.rate_mg_per_h / 60 for s in history.segments)
    pushed = sum(bolus.dose_mg for bolus in history.boluses)
    if given[-1] < infusion.volume_ml:
        assert pumped + pushed == pytest.approx(float(given[-1] * infusion.mg_per_ml), abs=1e-6)


@pytest.mark.parametrize(
    ("kind", "payload", "field"),
    [
        (Kind.WEIGHT_TAKEN, {"weight_kg": "NaN"}, "weight_kg"),
        (Kind.WEIGHT_TAKEN, {}, "weight_kg"),
        (Kind.WEIGHT_TAKEN, {"weight_kg": "70", "colour": "red"}, "colour"),
        (Kind.STARTED, {"rate_ml_per_h": "0"}, "rate_ml_per_h"),
        (Kind.READING_ENTERED, {"reading": {"systolic_mmhg": "128"}}, "reading.systolic_mmhg"),
        (Kind.SCORE_TAKEN, {"instrument": "cadss-6", "total": 25}, "total"),
        (Kind.SCORE_TAKEN, {"instrument": "cadss-6", "total": 3, "answers": [1, 1]}, "answers"),
        (Kind.ADVERSE_EVENT_NOTED, {"term": "nausea", "grade": 6}, "grade"),
        (Kind.CHECKED_IN, {**CHECKED_IN, "limbs_present": 5}, "limbs_present"),
    ],
)
def test_a_malformed_entry_names_its_field(
    kind: Kind, payload: dict[str, object], field: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_payload(kind, payload)
    assert [finding.field for finding in refused.value.findings] == [field]


def test_every_payload_reads_back_as_it_was() -> None:
    for event in Log().running().events:
        assert read_payload(event.kind, plain_payload(event.payload)) == event.payload
        assert event.visit == VISIT
