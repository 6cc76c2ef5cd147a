"""Whether an entry may be added: its place, its clock, its own rules, and all at once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.science.visit_log import CHECKED_IN, DRAWN, Log, at
from tests.science.visit_rounds import (
    AROUND,
    ESCORT,
    WELL,
    prepared,
    recovered,
    running,
    signed,
    state_of,
)

from ebbtide.science.findings import Severity
from ebbtide.science.visit.checks import CLOCK_SLACK, check_entry
from ebbtide.science.visit.events import Kind, read_payload
from ebbtide.science.visit.state import Status
from ebbtide.science.visit.transitions import ALLOWED

SLACK = CLOCK_SLACK.total_seconds() / 60
STEP = 0.001


def judge(
    log: Log,
    kind: Kind,
    payload: dict[str, Any],
    minute: float,
    *,
    told: float | None = None,
    actor: str = "nurse",
    around=AROUND,
):
    """Findings on an entry told to have happened at a minute and entered at another."""
    return check_entry(
        state_of(log),
        kind=kind,
        payload=read_payload(kind, payload),
        actor=actor,
        happened_at=at(minute if told is None else told),
        at=at(minute),
        around=around,
    )


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


LIGHT = {"what": "light", "setting": "low"}
PAYLOADS: dict[Kind, dict[str, Any]] = {
    Kind.CHECKED_IN: dict(CHECKED_IN),
    Kind.GATE_CONFIRMED: {"item": "escort"},
    Kind.WEIGHT_TAKEN: {"weight_kg": "70"},
    Kind.DOSE_DRAWN: dict(DRAWN),
    Kind.DOSE_CHECKED: {"drawn": str(UUID(int=3))},
    Kind.LINE_PLACED: {"limb": "right arm", "place": "hand"},
    Kind.STARTED: {"rate_ml_per_h": "150"},
    Kind.RATE_CHANGED: {"rate_ml_per_h": "140"},
    Kind.HELD: {},
    Kind.RESUMED: {"rate_ml_per_h": "150"},
    Kind.BOLUS_GIVEN: {"dose_mg": "2", "minutes": "5"},
    Kind.READING_ENTERED: {"reading": WELL},
    Kind.SCORE_TAKEN: {"instrument": "pain-nrs", "total": 1},
    Kind.COMFORT_CHANGED: LIGHT,
    Kind.ADVERSE_EVENT_NOTED: {"term": "Nausea", "grade": 1},
    Kind.RESCUE_GIVEN: {
        "drug": "ondansetron",
        "dose": "4",
        "unit": "mg",
        "route": "IV",
        "trigger": "n",
    },
    Kind.STOPPED: {},
    Kind.CALLED_OFF: {"reason": "fever"},
    Kind.RECOVERY_READING_ENTERED: {"reading": WELL},
    Kind.DISCHARGE_CONFIRMED: {"item": "nausea"},
    Kind.HANDED_OVER: ESCORT,
    Kind.SIGNED: {"name": "x", "role": "y", "head_hash": "0"},
    Kind.AMENDED: {"event": str(UUID(int=2)), "reason": "typed wrong"},
}


def held() -> Log:
    log = running()
    log.add(Kind.HELD, 20)
    return log


def called_off() -> Log:
    log = prepared()
    log.add(Kind.CALLED_OFF, 9.5, {"reason": "fever"})
    return log


def handed_over() -> Log:
    log = recovered()
    log.add(Kind.HANDED_OVER, 131, ESCORT)
    return log


STAGES = {
    Status.EXPECTED: Log,
    Status.CHECKED_IN: prepared,
    Status.RUNNING: running,
    Status.HELD: held,
    Status.RECOVERY: recovered,
    Status.CALLED_OFF: called_off,
    Status.HANDED_OVER: handed_over,
    Status.SIGNED: signed,
}


class TestPlace:
    @pytest.mark.parametrize("status", list(Status))
    @pytest.mark.parametrize("kind", list(Kind))
    def test_an_entry_stands_where_the_table_says_and_nowhere_else(self, status, kind):
        log = STAGES[status]()
        assert state_of(log).status is status
        minute = 10.5 if status in (Status.EXPECTED, Status.CHECKED_IN) else 20.5
        minute = max(minute, *((e.happened_at - at(0)).total_seconds() / 60 for e in log.events), 0)
        found = codes(judge(log, kind, PAYLOADS[kind], minute, actor="second nurse"))
        misplaced = {"visit.signed", "visit.out_of_place"} & set(found)
        assert bool(misplaced) is (kind not in ALLOWED[status]), found
        if misplaced:
            assert len(found) == 1
            assert found == ["visit.signed" if status is Status.SIGNED else "visit.out_of_place"]

    @pytest.mark.parametrize("status", [s for s in Status if s is not Status.EXPECTED])
    def test_an_ordinary_entry_in_its_place_is_let_through(self, status):
        kind = {
            Status.CHECKED_IN: Kind.COMFORT_CHANGED,
            Status.RUNNING: Kind.HELD,
            Status.HELD: Kind.RESUMED,
            Status.RECOVERY: Kind.RECOVERY_READING_ENTERED,
        }.get(status, Kind.AMENDED)
        assert judge(STAGES[status](), kind, PAYLOADS[kind], 141) == ()

    def test_the_refusal_says_where_the_visit_stands(self):
        (finding,) = judge(running(), Kind.WEIGHT_TAKEN, {"weight_kg": "70"}, 12)
        assert finding.message == "The visit is running: “weight taken” does not fit here."

    def test_after_the_signature_it_says_whose_and_what_to_do_instead(self):
        (finding,) = judge(signed(), Kind.HELD, {}, 150)
        assert "signed by Petra Sund (synthetic); add an amendment instead" in finding.message


class TestClock:
    @pytest.mark.parametrize(
        ("told", "found"),
        [
            (12, []),
            (12 + SLACK, []),
            (12 + SLACK + STEP, ["time.in_future"]),
            (0, []),
            (-SLACK, []),
            (-SLACK - STEP, ["time.before_check_in"]),
        ],
    )
    def test_a_moment_lies_between_the_check_in_and_now(self, told, found):
        findings = judge(running(), Kind.COMFORT_CHANGED, LIGHT, 12, told=told)
        assert codes(findings) == found
        assert all(finding.field == "happened_at" for finding in findings)

    def test_it_is_said_in_the_sites_time(self):
        (finding,) = judge(running(), Kind.COMFORT_CHANGED, LIGHT, 12, told=20)
        assert finding.message.startswith("01:20:00 has not come yet")

    @pytest.mark.parametrize(
        ("minute", "found"),
        [(10, []), (10 - SLACK, []), (10 - SLACK - STEP, ["time.clock_went_back"])],
    )
    def test_a_server_clock_that_went_back_is_noticed_and_no_more(self, minute, found):
        findings = judge(running(), Kind.COMFORT_CHANGED, LIGHT, minute)
        assert codes(findings) == found
        assert all(finding.severity is Severity.NOTICE for finding in findings)

    @pytest.mark.parametrize("kind", [Kind.RESUMED, Kind.BOLUS_GIVEN])
    @pytest.mark.parametrize(("told", "found"), [(20, []), (20 - STEP, ["time.before_last_step"])])
    def test_no_step_of_the_pump_lies_before_its_last(self, kind, told, found):
        findings = judge(held(), kind, PAYLOADS[kind], 25, told=told)
        assert codes(findings) == found

    def test_other_entries_may_be_told_late(self):
        assert judge(held(), Kind.COMFORT_CHANGED, LIGHT, 25, told=15) == ()

    def test_before_the_check_in_nothing_is_compared(self):
        payload = PAYLOADS[Kind.CHECKED_IN]
        assert judge(Log(), Kind.CHECKED_IN, payload, 12, told=-600) == ()


class TestWeight:
    @pytest.mark.parametrize(
        ("weight_kg", "found"),
        [("0", "weight.not_positive"), ("7", "weight.implausible"), ("700", "weight.implausible")],
    )
    def test_what_no_adult_weighs_is_refused(self, weight_kg, found):
        findings = judge(prepared(), Kind.WEIGHT_TAKEN, {"weight_kg": weight_kg}, 9)
        assert codes(findings) == [found]

    def test_it_is_held_to_the_last_weight_and_the_height(self):
        log = Log()
        log.add(Kind.CHECKED_IN, 0, {**CHECKED_IN, "last_weight_kg": "70", "height_cm": "170"})
        found = codes(judge(log, Kind.WEIGHT_TAKEN, {"weight_kg": "154"}, 2))
        assert "weight.pounds" in found

    def test_the_prosthesis_is_taken_off_or_a_reason_given(self):
        payload = {"weight_kg": "70", "prosthesis": "on"}
        (finding,) = judge(prepared(), Kind.WEIGHT_TAKEN, payload, 9)
        assert (finding.code, finding.severity) == ("weight.prosthesis_on", Severity.OVERRIDE)


class TestDraw:
    def test_the_sheets_figures_are_drawn(self):
        assert judge(prepared(), Kind.DOSE_DRAWN, dict(DRAWN), 9) == ()

    @pytest.mark.parametrize(
        "change",
        [{"dose_mg": "36"}, {"draw_ml": "0.72"}, {"volume_ml": "101"}, {"rate_ml_per_h": "151"}],
    )
    def test_other_figures_are_refused(self, change):
        found = judge(prepared(), Kind.DOSE_DRAWN, {**DRAWN, **change}, 9)
        assert codes(found) == ["draw.not_the_sheet"]

    def test_without_a_weight_there_is_no_dose(self):
        log = Log()
        log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
        assert codes(judge(log, Kind.DOSE_DRAWN, dict(DRAWN), 9)) == ["draw.no_weight"]

    @pytest.mark.parametrize("strength", ["5", "500"])
    def test_a_strength_ten_times_off_is_no_product(self, strength):
        found = judge(prepared(), Kind.DOSE_DRAWN, {**DRAWN, "stock_mg_per_ml": strength}, 9)
        (finding,) = [f for f in found if f.code == "stock.unknown_concentration"]
        assert finding.severity is Severity.BLOCK
        assert "did you mean 50 mg/mL" in finding.message

    def test_another_product_than_ordered_needs_a_reason(self):
        figures = {"dose_mg": "35", "draw_ml": "3.5", "stock_mg_per_ml": "10", "vial_ml": "20"}
        found = judge(prepared(), Kind.DOSE_DRAWN, {**DRAWN, **figures}, 9)
        assert {f.code: f.severity for f in found}["stock.not_as_ordered"] is Severity.OVERRIDE
        assert not any(f.severity is Severity.BLOCK for f in found)


class TestSecondCheck:
    @pytest.mark.parametrize(
        ("drawn", "actor", "found"),
        [
            (3, "second", []),
            (3, "nurse", ["check.same_person"]),
            (9, "second", ["check.other_draw"]),
            (9, "nurse", ["check.other_draw", "check.same_person"]),
        ],
    )
    def test_another_person_checks_the_newest_draw(self, drawn, actor, found):
        payload = {"drawn": str(UUID(int=drawn))}
        assert codes(judge(prepared(), Kind.DOSE_CHECKED, payload, 9, actor=actor)) == found


class TestPump:
    def start(self, rate="150", *, log=None, around=AROUND):
        return codes(
            judge(log or prepared(), Kind.STARTED, {"rate_ml_per_h": rate}, 10, around=around)
        )

    def test_a_prepared_visit_starts(self):
        assert self.start() == []

    def test_all_that_is_missing_and_all_that_is_wrong_with_the_rate_is_said_at_once(self):
        found = self.start("9999", log=prepared(without="escort"))
        assert {"checklist.open", "rate.beyond_pump"} <= set(found)

    def test_without_a_pump_nothing_starts(self):
        assert self.start(around=replace(AROUND, pump=None)) == ["pump.missing"]

    def test_an_unweighed_patient_is_said_once(self):
        log = Log()
        log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
        found = self.start(log=log)
        assert "start.no_weight" in found
        assert not [code for code in found if code.startswith("rate.")]

    @pytest.mark.parametrize(
        ("rate", "found"),
        [
            ("999", ["dose.fast", "dose.fast_by_weight", "rate.steep_rise"]),
            ("1000", ["rate.beyond_pump"]),
            ("150.05", ["rate.beyond_pump"]),
            ("140", []),
            ("1500", ["rate.ten_times"]),
        ],
    )
    def test_a_change_is_held_to_pump_protocol_and_the_rate_before(self, rate, found):
        said = codes(judge(running(), Kind.RATE_CHANGED, {"rate_ml_per_h": rate}, 12))
        assert set(found) <= set(said)
        assert bool(said) is bool(found)

    @pytest.mark.parametrize(
        ("bolus", "found"),
        [
            ({"dose_mg": "5", "minutes": "5"}, []),
            ({"dose_mg": "5", "minutes": "0.5"}, ["bolus.quick"]),
            ({"dose_mg": "36", "minutes": "9"}, ["bolus.not_in_bag", "bolus.too_high"]),
        ],
    )
    def test_a_bolus_is_held_to_the_bag_and_the_protocol(self, bolus, found):
        said = codes(judge(running(), Kind.BOLUS_GIVEN, bolus, 12))
        assert set(found) <= set(said)
        assert bool(said) is bool(found)

    @pytest.mark.parametrize("missing", ["infusion", "weight"])
    def test_a_bolus_without_bag_or_weight_is_refused(self, missing):
        state = replace(state_of(running()), **{missing: None})
        found = check_entry(
            state,
            kind=Kind.BOLUS_GIVEN,
            payload=read_payload(Kind.BOLUS_GIVEN, {"dose_mg": "500"}),
            actor="nurse",
            happened_at=at(12),
            at=at(12),
            around=AROUND,
        )
        assert codes(found) == ["bolus.no_weight"]


class TestOtherEntries:
    @pytest.mark.parametrize("kind", [Kind.READING_ENTERED, Kind.RECOVERY_READING_ENTERED])
    def test_a_reading_is_held_to_what_can_be(self, kind):
        log = recovered()
        assert codes(judge(log, kind, {"reading": {}}, 130)) == ["reading.empty"]
        swapped = {"reading": WELL | {"systolic_mmhg": 60}}
        assert codes(judge(log, kind, swapped, 130)) == ["reading.swapped"]

    def test_the_door_is_held_to_the_discharge_rules(self):
        assert judge(recovered(), Kind.HANDED_OVER, ESCORT, 130) == ()
        found = judge(recovered(), Kind.HANDED_OVER, ESCORT, 129.9)
        assert codes(found) == ["discharge.observation"]

    def test_one_signs_once_and_another_after(self):
        payload = PAYLOADS[Kind.SIGNED]
        twice = judge(signed(), Kind.SIGNED, payload, 150, actor="prescriber")
        assert codes(twice) == ["sign.twice"]
        assert judge(signed(), Kind.SIGNED, payload, 150, actor="nurse") == ()


def of(log: Log, kind: Kind) -> str:
    return str(next(event.id for event in log.events if event.kind is kind))


class TestAmending:
    def stopped(self) -> Log:
        log = running()
        log.add(Kind.HELD, 20)
        log.add(Kind.RESUMED, 25, {"rate_ml_per_h": "150"})
        log.add(Kind.STOPPED, 40)
        return log

    def amend(self, kind: Kind, *, log: Log | None = None, around=AROUND, **how) -> list[str]:
        log = log or self.stopped()
        payload = {"event": of(log, kind), "reason": "typed wrong"} | how
        return codes(judge(log, Kind.AMENDED, payload, 60, around=around))

    def test_an_entry_that_is_not_there_is_not_amended(self):
        assert self.amend(Kind.HELD, event=str(UUID(int=999))) == ["amend.unknown"]

    def test_a_stop_is_struck_out_while_the_patient_is_here_and_never_after(self):
        assert self.amend(Kind.STOPPED, is_retracted=True) == []
        log = signed()
        wrong = {"event": of(log, Kind.STOPPED), "reason": "other room", "is_retracted": True}
        assert codes(judge(log, Kind.AMENDED, wrong, 150)) == ["amend.stop_stands"]
        right = {"event": of(log, Kind.STOPPED), "reason": "said", "changes": '{"reason": "line"}'}
        assert codes(judge(log, Kind.AMENDED, right, 150)) == []

    @pytest.mark.parametrize("kind", [Kind.STARTED, Kind.DOSE_DRAWN, Kind.WEIGHT_TAKEN])
    def test_what_the_dose_rests_on_is_corrected_not_struck_out(self, kind):
        assert self.amend(kind, is_retracted=True) == ["amend.carries_dose"]

    @pytest.mark.parametrize("kind", [Kind.DOSE_DRAWN, Kind.WEIGHT_TAKEN])
    def test_before_the_start_a_draw_and_a_weight_may_be_struck_out(self, kind):
        log = prepared()
        payload = {"event": of(log, kind), "reason": "other patient", "is_retracted": True}
        assert codes(judge(log, Kind.AMENDED, payload, 10)) == []

    def test_amendments_signatures_and_the_check_in_stay(self):
        log = signed()
        log.add(Kind.AMENDED, 141, {"event": of(log, Kind.LINE_PLACED), "reason": "x"})
        for kind in (Kind.AMENDED, Kind.SIGNED, Kind.CHECKED_IN):
            payload = {"event": of(log, kind), "reason": "typed wrong"}
            assert codes(judge(log, Kind.AMENDED, payload, 150)) == ["amend.fixed"]

    @pytest.mark.parametrize(
        ("kind", "changes", "found"),
        [
            (Kind.WEIGHT_TAKEN, '{"weight_kg": "71"}', []),
            (Kind.WEIGHT_TAKEN, '{"weight_kg": "200"}', []),
            (Kind.WEIGHT_TAKEN, '{"weight_kg": "700"}', ["weight.implausible"]),
            (Kind.WEIGHT_TAKEN, '{"weight_kg": "x"}', ["entry.malformed"]),
            (Kind.WEIGHT_TAKEN, '{"weight_lb": "154"}', ["entry.malformed"]),
            (Kind.DOSE_DRAWN, '{"dose_mg": "34"}', []),
            (Kind.DOSE_DRAWN, '{"lot": 77}', []),
            (Kind.DOSE_DRAWN, '{"dose_mg": "0"}', ["entry.malformed"]),
            (Kind.DOSE_DRAWN, '{"vial_ml": "0"}', ["entry.malformed"]),
            (Kind.DOSE_DRAWN, '{"stock_mg_per_ml": "5"}', ["stock.unknown_concentration"]),
            (Kind.STARTED, '{"rate_ml_per_h": "149"}', []),
            (Kind.STARTED, '{"rate_ml_per_h": "1000"}', ["rate.beyond_pump"]),
            (Kind.RESUMED, '{"rate_ml_per_h": "150.05"}', ["rate.beyond_pump"]),
            (Kind.READING_ENTERED, '{"reading": {"pulse_per_min": 71}}', []),
            (Kind.READING_ENTERED, '{"reading": {"pulse_per_min": 900}}', ["reading.out_of_range"]),
            (Kind.LINE_PLACED, '{"gauge": "20 G"}', []),
        ],
    )
    def test_right_values_are_judged_by_the_rules_of_what_they_correct(self, kind, changes, found):
        assert self.amend(kind, changes=changes) == found

    def test_where_no_pump_stands_a_past_rate_is_not_held_to_one(self):
        around = replace(AROUND, pump=None)
        assert self.amend(Kind.STARTED, changes='{"rate_ml_per_h": "1000"}', around=around) == []

    @pytest.mark.parametrize(
        ("kind", "moment", "found"),
        [
            (Kind.LINE_PLACED, 60, []),
            (Kind.LINE_PLACED, 60 + STEP, ["time.in_future"]),
            (Kind.LINE_PLACED, 0, []),
            (Kind.LINE_PLACED, -STEP, ["time.before_check_in"]),
            (Kind.STOPPED, 25, []),
            (Kind.STOPPED, 25 - STEP, ["time.out_of_order"]),
            (Kind.STOPPED, 10 - STEP, ["time.before_start"]),
            (Kind.STOPPED, 60, []),
            (Kind.STOPPED, -STEP, ["time.before_check_in", "time.before_start"]),
            (Kind.STARTED, 9, []),
            (Kind.STARTED, 20, []),
            (Kind.STARTED, 20 + STEP, ["time.out_of_order"]),
            (Kind.HELD, 10, []),
            (Kind.HELD, 25, []),
            (Kind.HELD, 25 + STEP, ["time.out_of_order"]),
            (Kind.RESUMED, 20 - STEP, ["time.out_of_order"]),
            (Kind.RESUMED, 40 + STEP, ["time.out_of_order"]),
        ],
    )
    def test_a_right_moment_keeps_the_order_of_the_pump(self, kind, moment, found):
        assert self.amend(kind, happened_at=at(moment).isoformat()) == found

    def test_before_any_start_there_is_no_order_to_keep(self):
        log = Log()
        log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
        log.add(Kind.STOPPED, 3)
        assert self.amend(Kind.STOPPED, log=log, happened_at=at(2).isoformat()) == []


def test_moments_of_any_zone_are_understood():
    moment = datetime(2026, 3, 2, 9, 12, tzinfo=UTC).astimezone(AROUND.zone)
    assert moment == at(12)
    found = check_entry(
        state_of(running()),
        kind=Kind.HELD,
        payload=read_payload(Kind.HELD, {}),
        actor="nurse",
        happened_at=moment,
        at=at(12),
        around=AROUND,
    )
    assert found == ()
