"""What is due next: by the timetable, at its minute and one step past its grace."""

import pytest
from tests.science.visit_log import Log, at
from tests.science.visit_rounds import prepared, read, recovered, running, signed, state_of

from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.due import Due, due_items
from ebbtide.science.visit.events import Kind

STEP = 0.001  # minutes past a limit


def due(log: Log, minute: float) -> dict[str, Due]:
    items = due_items(state_of(log), protocol=DEFAULT_PROTOCOL, at=at(minute))
    assert list(items) == sorted(items, key=lambda item: item.at)
    return {item.what: item for item in items}


@pytest.mark.parametrize("log", [Log(), prepared(), signed()])
def test_nothing_is_due_before_the_start_and_after_the_hand_over(log):
    assert due(log, 12) == {}


class TestWhileItRuns:
    @pytest.mark.parametrize(("minute", "is_late"), [(15, False), (18, False), (18 + STEP, True)])
    def test_the_cuff_is_due_every_five_minutes_with_three_of_grace(self, minute, is_late):
        item = due(running(), minute)["bp"]
        assert (item.at, item.is_late, item.note) == (at(15), is_late, "every 5 min")

    def test_a_reading_moves_it_on(self):
        log = running()
        read(log, 16)
        assert due(log, 16)["bp"].at == at(21)

    def test_a_reading_without_pressure_does_not(self):
        log = running()
        log.add(Kind.READING_ENTERED, 14, {"reading": {"spo2_percent": 97}})
        assert due(log, 14)["bp"].at == at(15)

    @pytest.mark.parametrize(
        ("kind", "payload"),
        [
            (Kind.RATE_CHANGED, {"rate_ml_per_h": "120"}),
            (Kind.BOLUS_GIVEN, {"dose_mg": "1"}),
            (
                Kind.RESCUE_GIVEN,
                {"drug": "ondansetron", "dose": "4", "unit": "mg", "route": "IV", "trigger": "n"},
            ),
        ],
    )
    def test_a_change_asks_for_one_five_minutes_later_at_the_latest(self, kind, payload):
        from dataclasses import replace

        schedule = replace(DEFAULT_PROTOCOL.schedule, infusion_bp_minutes=15)
        protocol = replace(DEFAULT_PROTOCOL, schedule=schedule)
        log = running()
        log.add(kind, 13, payload)
        log.add(kind, 14, payload)
        items = due_items(state_of(log), protocol=protocol, at=at(14))
        item = next(item for item in items if item.what == "bp")
        assert (item.at, item.note) == (at(18), "5 min after a change")
        late = due_items(state_of(log), protocol=DEFAULT_PROTOCOL, at=at(14))
        assert next(item for item in late if item.what == "bp").at == at(15)

    def test_a_change_that_was_retracted_asks_for_nothing(self):
        from dataclasses import replace

        schedule = replace(DEFAULT_PROTOCOL.schedule, infusion_bp_minutes=15)
        protocol = replace(DEFAULT_PROTOCOL, schedule=schedule)
        log = running()
        change = log.add(Kind.RATE_CHANGED, 13, {"rate_ml_per_h": "120"})
        told = {"event": str(change.id), "reason": "other room", "is_retracted": True}
        log.add(Kind.AMENDED, 14, told)
        items = due_items(state_of(log), protocol=protocol, at=at(14))
        assert next(item for item in items if item.what == "bp").at == at(25)

    def test_pain_is_asked_every_quarter_of_an_hour(self):
        log = running()
        assert due(log, 12)["pain"].at == at(25)
        log.add(Kind.READING_ENTERED, 20, {"reading": {"residual_limb_pain_nrs": 2}})
        assert due(log, 20)["pain"].at == at(35)
        log.add(Kind.READING_ENTERED, 22, {"reading": {"phantom_pain_nrs": 0}})
        assert due(log, 22)["pain"].at == at(37)
        assert not due(log, 40)["pain"].is_late
        assert due(log, 40 + STEP)["pain"].is_late

    def test_pain_asked_before_the_start_counts_from_the_start(self):
        log = prepared()
        log.add(Kind.READING_ENTERED, 9, {"reading": {"phantom_pain_nrs": 3}})
        log.add(Kind.STARTED, 10, {"rate_ml_per_h": "150"})
        assert due(log, 12)["pain"].at == at(25)

    def test_cadss_is_taken_once_at_forty_minutes(self):
        log = running()
        assert due(log, 12)["cadss-6"].at == at(50)
        log.add(Kind.SCORE_TAKEN, 49, {"instrument": "pain-nrs", "total": 2})
        assert "cadss-6" in due(log, 49)
        log.add(Kind.SCORE_TAKEN, 49, {"instrument": "cadss-6", "total": 2})
        assert "cadss-6" not in due(log, 49)

    def test_the_bag_ends_when_it_ends(self):
        item = due(running(), 20)["bag"]
        assert (item.at, item.is_late, item.note) == (at(50), False, "at 150 mL/h")

    def test_an_empty_bag_asks_for_stop(self):
        item = due(running(), 51)["bag"]
        assert (item.label, item.is_late) == ("Bag is empty: press STOP", True)

    def test_a_held_bag_does_not_end(self):
        log = running()
        log.add(Kind.HELD, 20)
        assert "bag" not in due(log, 21)
        assert "bp" in due(log, 21)


RESCUE = {"drug": "ondansetron", "dose": "4", "unit": "mg", "route": "IV", "trigger": "nausea"}


class TestAfterARescueDrug:
    def answers(self, log: Log, minute: float) -> list[Due]:
        items = due_items(state_of(log), protocol=DEFAULT_PROTOCOL, at=at(minute))
        return [item for item in items if item.what == "rescue"]

    @pytest.mark.parametrize("log", [running, recovered])
    def test_its_answer_is_due_after_five_and_fifteen_minutes(self, log):
        log = log()
        log.add(Kind.RESCUE_GIVEN, 130, RESCUE)
        found = self.answers(log, 131)
        assert [(item.at, item.label) for item in found] == [
            (at(135), "Answer to ondansetron"),
            (at(145), "Answer to ondansetron"),
        ]

    @pytest.mark.parametrize(("minute", "left"), [(132.99, 2), (133, 1), (142.99, 1), (143, 0)])
    def test_a_reading_up_to_two_minutes_early_answers(self, minute, left):
        log = running()
        log.add(Kind.RESCUE_GIVEN, 130, RESCUE)
        read(log, minute)
        assert len(self.answers(log, 144)) == left


class TestInRecovery:
    def test_a_set_is_due_every_quarter_of_an_hour_from_the_stop(self):
        log = running()
        log.add(Kind.STOPPED, 50)
        assert due(log, 51)["recovery"].at == at(65)
        read(log, 66, Kind.RECOVERY_READING_ENTERED)
        assert due(log, 67)["recovery"].at == at(81)
        assert not due(log, 84)["recovery"].is_late
        assert due(log, 84 + STEP)["recovery"].is_late

    @pytest.mark.parametrize(("minute", "is_due"), [(129, True), (130, False)])
    def test_the_earliest_leaving_is_told_until_it_comes(self, minute, is_due):
        log = running()
        log.add(Kind.STOPPED, 50)
        found = due(log, minute)
        assert ("leave" in found) is is_due
        if is_due:
            assert found["leave"].at == at(130)

    def test_after_a_late_stop_it_is_half_an_hour_from_there(self):
        log = running()
        log.add(Kind.STOPPED, 125)
        assert due(log, 126)["leave"].at == at(155)
