"""What the page asks of a visit's state, and entries that come late or stand alone."""

from decimal import Decimal
from typing import Any

import pytest
from tests.science.visit_log import CHECKED_IN, DRAWN, Log, at
from tests.science.visit_rounds import prepared, running, state_of

from ebbtide.science.findings import RefusedError
from ebbtide.science.visit.events import Kind, read_payload
from ebbtide.science.visit.infusion import Infusion
from ebbtide.science.visit.state import Status

RESCUE = {"drug": "ondansetron", "dose": "4", "unit": "mg", "route": "IV", "trigger": "nausea"}


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        (Kind.CHECKED_IN, {"limbs_present": -1}, "limbs_present"),
        (Kind.CHECKED_IN, {"visit_number": 0}, "visit_number"),
        *((Kind.DOSE_DRAWN, {name: "0"}, name) for name in DRAWN),
        (Kind.BOLUS_GIVEN, {"dose_mg": "0"}, "dose_mg"),
        (Kind.STARTED, {"rate_ml_per_h": "-1"}, "rate_ml_per_h"),
        (Kind.SCORE_TAKEN, {"total": -1}, "total"),
        (Kind.SCORE_TAKEN, {"instrument": "aldrete", "total": 11}, "total"),
        (Kind.SCORE_TAKEN, {"total": 5, "answers": [5, 0]}, "answers"),
        (Kind.ADVERSE_EVENT_NOTED, {"grade": 0}, "grade"),
        (Kind.ADVERSE_EVENT_NOTED, {"term": " "}, "term"),
        (Kind.RESCUE_GIVEN, {"dose": "0"}, "dose"),
        (Kind.CALLED_OFF, {"reason": " "}, "reason"),
        (Kind.AMENDED, {"reason": ""}, "reason"),
        (Kind.AMENDED, {"changes": "{torn"}, "changes"),
        (Kind.AMENDED, {"changes": "[]"}, "changes"),
    ],
)
def test_a_malformed_entry_names_its_field(kind: Kind, change: dict[str, Any], field: str) -> None:
    whole: dict[Kind, dict[str, Any]] = {
        Kind.CHECKED_IN: dict(CHECKED_IN),
        Kind.DOSE_DRAWN: dict(DRAWN),
        Kind.BOLUS_GIVEN: {"dose_mg": "2"},
        Kind.STARTED: {"rate_ml_per_h": "150"},
        Kind.SCORE_TAKEN: {"instrument": "cadss-6", "total": 5},
        Kind.ADVERSE_EVENT_NOTED: {"term": "Nausea", "grade": 1},
        Kind.RESCUE_GIVEN: RESCUE,
        Kind.CALLED_OFF: {"reason": "fever"},
        Kind.AMENDED: {"event": "11111111-0000-4000-8000-000000000000", "reason": "typed wrong"},
    }
    read_payload(kind, whole[kind])
    with pytest.raises(RefusedError) as refused:
        read_payload(kind, whole[kind] | change)
    (finding,) = refused.value.findings
    assert (finding.code, finding.field) == ("entry.malformed", field)


@pytest.mark.parametrize(
    ("instrument", "top", "answers"),
    [("cadss-6", 24, [4] * 6), ("pain-nrs", 10, [10]), ("aldrete", 10, [2] * 5)],
)
def test_a_scale_takes_its_whole_range(instrument: str, top: int, answers: list[int]) -> None:
    for total, given in ((0, []), (top, []), (top, answers)):
        payload = {"instrument": instrument, "total": total, "answers": given}
        assert read_payload(Kind.SCORE_TAKEN, payload).total == total  # type: ignore[union-attr]


def test_it_lists_what_happened_by_kind_without_what_was_retracted() -> None:
    log = running()
    log.add(Kind.ADVERSE_EVENT_NOTED, 12, {"term": "Nausea", "grade": 1})
    log.add(Kind.RESCUE_GIVEN, 13, RESCUE)
    log.add(Kind.COMFORT_CHANGED, 13, {"what": "light", "setting": "low"})
    log.add(Kind.COMFORT_CHANGED, 14, {"what": "light", "setting": "off"})
    wrong = log.add(Kind.ADVERSE_EVENT_NOTED, 15, {"term": "Rash", "grade": 1})
    log.add(Kind.AMENDED, 16, {"event": str(wrong.id), "reason": "x", "is_retracted": True})
    state = state_of(log)
    assert [payload.term for _, payload in state.adverse_events] == ["Nausea"]
    assert [payload.drug for _, payload in state.rescues] == ["ondansetron"]
    assert state.comfort == {"light": "off"}
    assert state.gate_answers["escort"][1].answer == "yes"
    assert state.discharge_answers == {}
    assert state.is_in_chair


@pytest.mark.parametrize("log", [Log(), prepared()])
def test_before_a_start_nothing_was_given(log: Log) -> None:
    state = state_of(log)
    assert state.given_mg(at(60)) == 0
    if state.infusion:
        assert state.infusion.started_at is None
        assert state.infusion.empties_at(at(60)) is None
        assert state.infusion.history(at(60)).segments == ()


def test_a_draw_made_late_takes_the_pumps_steps_with_it() -> None:
    log = running()
    log.add(Kind.BOLUS_GIVEN, 12, {"dose_mg": "2"})
    log.add(Kind.DOSE_DRAWN, 15, {**DRAWN, "volume_ml": "200"})
    infusion = state_of(log).infusion
    assert infusion is not None
    assert infusion.volume_ml == 200
    assert [step.at for step in infusion.steps] == [at(10)]
    assert [bolus.at for bolus in infusion.boluses] == [at(12)]


def test_the_check_of_a_draw_that_no_longer_counts_is_none() -> None:
    log = Log().drawn()
    log.add(Kind.DOSE_CHECKED, 6, {"drawn": str(log.events[2].id)}, actor="second")
    again = log.add(Kind.DOSE_DRAWN, 7, DRAWN)
    log.add(Kind.DOSE_CHECKED, 8, {"drawn": str(again.id)}, actor="third")
    log.add(Kind.AMENDED, 9, {"event": str(again.id), "reason": "x", "is_retracted": True})
    state = state_of(log)
    assert (state.drawn_id, state.dose_checked_by) == (log.events[2].id, "second")


@pytest.mark.parametrize("kind", [Kind.STARTED, Kind.BOLUS_GIVEN, Kind.HELD])
def test_a_pump_that_has_no_bag_gives_nothing(kind: Kind) -> None:
    log = Log()
    log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
    payload = {Kind.STARTED: {"rate_ml_per_h": "150"}, Kind.BOLUS_GIVEN: {"dose_mg": "2"}}
    log.add(kind, 5, payload.get(kind, {}))
    state = state_of(log)
    assert (state.status, state.given_mg(at(60))) == (Status.CHECKED_IN, Decimal(0))


def test_a_visit_called_off_is_over_without_a_pump() -> None:
    log = prepared()
    log.add(Kind.CALLED_OFF, 9.5, {"reason": "fever"})
    log.add(Kind.STARTED, 10, {"rate_ml_per_h": "150"})
    state = state_of(log)
    assert (state.status, state.ended_at) == (Status.CALLED_OFF, at(9.5))
    assert not state.is_in_chair
    assert state.given_mg(at(60)) == 0


def test_a_rate_is_that_in_force_at_the_moment_asked_for() -> None:
    log = running()
    log.add(Kind.RATE_CHANGED, 20, {"rate_ml_per_h": "120"})
    infusion = state_of(log).infusion
    assert infusion is not None
    rates = [infusion.rate_ml_per_h(at(minute)) for minute in (5, 10, 19, 20, 21)]
    assert rates == [0, 150, 150, 120, 120]


def test_an_infusion_tells_its_runs() -> None:
    log = running()
    log.add(Kind.HELD, 20)
    log.add(Kind.RESUMED, 25, {"rate_ml_per_h": "60"})
    infusion = state_of(log).infusion
    assert infusion is not None
    runs = infusion.runs(at(30))
    assert [(run.start, run.end, run.volume_ml) for run in runs] == [
        (at(10), at(20), 25),
        (at(25), at(30), 5),
    ]
    assert infusion.started_at == at(10)
    assert Infusion(volume_ml=Decimal(100), mg_per_ml=Decimal(1)).started_at is None


def test_an_amendment_of_what_is_not_there_changes_nothing() -> None:
    log = running()
    nowhere = {"event": "99999999-0000-4000-8000-000000000000", "reason": "x"}
    log.add(Kind.AMENDED, 12, nowhere)
    assert state_of(log).status is Status.RUNNING
    assert state_of(log).pump_seq == state_of(running()).pump_seq
