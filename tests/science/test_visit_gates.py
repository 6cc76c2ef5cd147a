"""What stands between a visit and its next step, each reason alone and all at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.science.visit_log import CHECKED_IN, Log, at
from tests.science.visit_rounds import (
    AROUND,
    ESCORT,
    prepared,
    read,
    recovered,
    running,
    signed,
    state_of,
)

from ebbtide.science.findings import Severity
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import HandedOver, Kind


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


def before_start(log: Log, *, minute: float = 10, around=AROUND) -> list[str]:
    return codes(gates.start_blockers(state_of(log), around=around, at=at(minute)))


def before_leaving(log: Log, *, minute: float = 130, **leaving) -> list[str]:
    door = HandedOver(**ESCORT | leaving)
    return codes(gates.leave_blockers(state_of(log), around=AROUND, at=at(minute), leaving=door))


class TestStarting:
    def test_nothing_stands_in_the_way_of_a_prepared_visit(self):
        assert before_start(prepared()) == []

    # The record itself answers for the weight, the baseline and the second check.
    @pytest.mark.parametrize(
        "item",
        [
            item.id
            for item in DEFAULT_PROTOCOL.checklist
            if item.id not in ("weight", "baseline", "double_check")
        ],
    )
    def test_each_item_of_the_checklist_must_be_confirmed(self, item):
        assert before_start(prepared(without=item)) == ["checklist.open"]

    @pytest.mark.parametrize(
        ("answer", "found"), [("no", ["checklist.no"]), ("not_applicable", [])]
    )
    def test_an_item_answered_no_stops_and_one_that_does_not_apply_does_not(self, answer, found):
        log = prepared()
        log.add(Kind.GATE_CONFIRMED, 9, {"item": "escort", "answer": answer})
        assert before_start(log) == found

    def test_the_newest_answer_counts(self):
        log = prepared()
        log.add(Kind.GATE_CONFIRMED, 9, {"item": "escort", "answer": "no"})
        log.add(Kind.GATE_CONFIRMED, 9.5, {"item": "escort"})
        assert before_start(log) == []

    @pytest.mark.parametrize(
        ("without", "found"), [("check", "start.not_checked"), ("line_placed", "start.no_line")]
    )
    def test_what_must_be_done_first_is_named(self, without, found):
        assert before_start(prepared(without=without)) == [found]

    def test_an_empty_visit_is_told_everything_at_once(self):
        log = Log()
        log.add(Kind.CHECKED_IN, 0, CHECKED_IN)
        found = before_start(log)
        assert found.count("checklist.open") == len(DEFAULT_PROTOCOL.checklist)
        assert {"start.no_weight", "start.no_dose", "start.no_line"} <= set(found)
        assert "gate.systolic_not_measured" in found
        assert "start.not_checked" not in found

    def test_a_weight_with_the_prosthesis_on_does_not_answer_for_the_weighing(self):
        log = prepared(without="weight")
        log.add(Kind.WEIGHT_TAKEN, 4, {"weight_kg": "70", "prosthesis": "on"})
        assert before_start(log) == ["checklist.open"]
        assert "weight" not in gates.told_by_record(state_of(log))

    @pytest.mark.parametrize(
        ("weight_kg", "found"),
        [("70", []), ("70.0", []), ("71.1", ["start.other_draw"]), ("60", ["start.other_draw"])],
    )
    def test_the_draw_must_fit_the_weight_in_force(self, weight_kg, found):
        log = prepared()
        log.add(Kind.WEIGHT_TAKEN, 9, {"weight_kg": weight_kg})
        assert before_start(log) == found

    def test_a_weight_that_changes_no_figure_asks_for_no_other_draw(self):
        log = prepared()
        log.add(Kind.WEIGHT_TAKEN, 9, {"weight_kg": "70.2"})
        assert before_start(log) == []

    def test_without_a_pump_there_is_no_sheet_to_miss(self):
        assert before_start(prepared(), around=replace(AROUND, pump=None)) == []

    @pytest.mark.parametrize(
        ("until", "found"), [(date(2026, 3, 2), []), (date(2026, 3, 1), ["order.expired"])]
    )
    def test_an_order_holds_to_the_end_of_its_day(self, until, found):
        assert before_start(prepared(), around=replace(AROUND, order_valid_until=until)) == found

    def test_the_day_is_the_sites_own(self):
        # 09:10 UTC is 01:10 at the site; at 08:00 UTC its day changes.
        evening = replace(AROUND, order_valid_until=date(2026, 3, 1))
        state = state_of(prepared())
        before = gates.start_blockers(state, around=evening, at=at(-61))
        assert "order.expired" not in codes(before)

    @pytest.mark.parametrize(("minute", "found"), [(24, []), (24.01, ["gate.baseline_old"])])
    def test_a_baseline_is_fresh_for_a_quarter_of_an_hour(self, minute, found):
        assert before_start(prepared(), minute=minute) == found

    def test_an_old_baseline_says_its_age(self):
        (finding,) = gates.start_blockers(state_of(prepared()), around=AROUND, at=at(31))
        assert "22 min old" in finding.message

    def test_signs_outside_the_gate_are_named_by_the_gate(self):
        log = prepared()
        read(log, 9.5, systolic_mmhg=165)
        assert before_start(log) == ["gate.systolic_hold"]


class TestStock:
    def test_the_vial_that_was_ordered_is_right(self):
        state = state_of(prepared())
        assert gates.stock_findings(state, state.drawn) == ()

    def test_another_strength_needs_a_reason(self):
        state = state_of(prepared())
        drawn = replace(state.drawn, stock_mg_per_ml=Decimal(10))
        (finding,) = gates.stock_findings(state, drawn)
        assert (finding.code, finding.severity) == ("stock.not_as_ordered", Severity.OVERRIDE)
        assert "50 mg/mL; the vial in hand has 10 mg/mL" in finding.message

    def test_without_an_order_there_is_nothing_to_compare(self):
        state = state_of(prepared())
        assert gates.stock_findings(replace(state, terms=None), state.drawn) == ()


class TestTheSheet:
    def test_follows_the_order_the_weight_and_the_vial_in_hand(self):
        state = state_of(prepared())
        assert gates.sheet_of(state, around=AROUND).rounded.draw_ml == Decimal("0.70")
        weak = replace(gates.stock_of(state.drawn), mg_per_ml=Decimal(10))
        assert gates.sheet_of(state, around=AROUND, stock=weak).rounded.draw_ml == Decimal("3.5")

    @pytest.mark.parametrize("missing", ["terms", "weight", "pump"])
    def test_is_none_without_order_weight_or_pump(self, missing):
        state, around = state_of(prepared()), AROUND
        if missing == "pump":
            around = replace(around, pump=None)
        else:
            state = replace(state, **{missing: None})
        assert gates.sheet_of(state, around=around) is None


class TestLeaving:
    def test_nothing_keeps_a_patient_who_recovered(self):
        assert before_leaving(recovered()) == []

    @pytest.mark.parametrize(
        "without", ["cadss", "aldrete", *(item.id for item in DEFAULT_PROTOCOL.discharge_items)]
    )
    def test_what_is_not_recorded_keeps_them(self, without):
        (found,) = before_leaving(recovered(without=without))
        assert found.startswith(f"discharge.{without}")

    def test_without_recovery_readings_much_is_missing(self):
        assert len(before_leaving(recovered(without="readings"))) > 2

    def test_an_aldrete_total_without_its_items_is_none(self):
        log = recovered(without="aldrete")
        log.add(Kind.SCORE_TAKEN, 129, {"instrument": "aldrete", "total": 10})
        assert before_leaving(log) == ["discharge.aldrete_missing"]

    def test_an_aldrete_of_four_items_is_none(self):
        log = recovered(without="aldrete")
        four = {"instrument": "aldrete", "total": 8, "answers": [2] * 4}
        log.add(Kind.SCORE_TAKEN, 129, four)
        assert before_leaving(log) == ["discharge.aldrete_missing"]

    def test_an_item_answered_no_keeps_them(self):
        log = recovered()
        log.add(Kind.DISCHARGE_CONFIRMED, 129.5, {"item": "nausea", "answer": "no"})
        assert len(before_leaving(log)) == 1

    @pytest.mark.parametrize(("minute", "is_long_enough"), [(129.99, False), (130, True)])
    def test_two_hours_from_the_start(self, minute, is_long_enough):
        log = recovered()
        said = before_leaving(log, minute=minute)
        assert ("discharge.observation" not in said) is is_long_enough

    def test_half_an_hour_from_the_end(self):
        log = running()
        log.add(Kind.STOPPED, 125)
        assert "discharge.observation" in before_leaving(log, minute=154.99)
        assert "discharge.observation" not in before_leaving(log, minute=155)

    @pytest.mark.parametrize(
        ("leaving", "found"),
        [
            ({"escort_name": " "}, "discharge.escort_missing"),
            ({"is_adult": False}, "discharge.escort_minor"),
            ({"is_present": False}, "discharge.escort_absent"),
            ({"instructions_given": False}, "discharge.instructions"),
        ],
    )
    def test_at_the_door_escort_and_instructions_are_asked(self, leaving, found):
        assert before_leaving(recovered(), **leaving) == [found]

    def test_before_the_door_the_escort_is_not_asked_yet(self):
        state = state_of(recovered())
        assert gates.leave_blockers(state, around=AROUND, at=at(130), leaving=None) == ()

    def test_dissociation_is_held_to_the_score_before_the_start(self):
        log = recovered()
        log.add(Kind.SCORE_TAKEN, 129.5, {"instrument": "cadss-6", "total": 3})
        assert len(before_leaving(log)) == 1


class TestTheNextStep:
    def test_is_the_start_before_it_and_the_door_after_the_stop(self):
        ready = gates.blockers(state_of(prepared()), around=AROUND, at=at(10))
        gone = gates.blockers(state_of(recovered()), around=AROUND, at=at(130))
        assert (ready, gone) == ((), ())
        assert gates.blockers(state_of(Log().drawn()), around=AROUND, at=at(10)) != ()
        assert gates.blockers(state_of(recovered()), around=AROUND, at=at(60)) != ()

    @pytest.mark.parametrize("log", [Log(), running(), signed()])
    def test_is_free_while_it_runs_before_and_after(self, log):
        assert gates.blockers(state_of(log), around=AROUND, at=at(11)) == ()


def test_the_baseline_is_of_the_readings_before_the_start():
    log = running()
    read(log, 20, systolic_mmhg=150)
    assert gates.baseline(state_of(log)).systolic_mmhg == 120
