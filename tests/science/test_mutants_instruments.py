"""What changes on purpose showed that no other test noticed, in the instruments."""

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.instruments import INSTRUMENTS, change, score

BSSA = {
    "past-weeks-ideation": "no",
    "current-ideation": "no",
    "has-plan": "no",
    "intent-scale": 0,
    "ever-self-harm": "no",
    "ever-attempt": "no",
    "needs-help-to-be-safe": "no",
    "disposition": "no-intervention",
}


def told(found):
    return [(one.code, one.severity, one.field) for one in found.findings]


@pytest.mark.parametrize(("item", "level"), [("1", "low"), ("3", "moderate"), ("4", "high")])
def test_any_level_of_the_c_ssrs_asks_for_a_clinician_and_names_the_level(item, level):
    answers = dict.fromkeys(("1", "2", "3", "4", "5", "6"), "no") | {"2": "yes", item: "yes"}
    found = score("c-ssrs", {**answers, "6-recent": None})
    assert told(found) == [("score.safety", Severity.OVERRIDE, "")]
    assert f"{level} risk" in found.findings[0].message


def test_a_question_of_the_c_ssrs_left_open_is_asked_for_by_its_number():
    found = score("c-ssrs", ["no", "no", None, None, None, None])
    assert told(found) == [("score.safety_unknown", Severity.OVERRIDE, "6")]
    assert "item 6 not answered" in found.findings[0].message


def test_no_risk_and_no_blank_in_the_c_ssrs_says_nothing():
    assert score("c-ssrs", ["no", "no", None, None, None, "no"]).findings == ()


@pytest.mark.parametrize("item", ["current-ideation", "has-plan", "needs-help-to-be-safe"])
def test_a_question_of_the_bssa_left_open_is_asked_for_by_its_name(item):
    found = score("bssa", {**BSSA, item: None})
    assert told(found) == [("score.safety_unknown", Severity.OVERRIDE, item)]
    assert f"{item} not answered" in found.findings[0].message


def test_a_disposition_not_chosen_is_asked_for():
    assert told(score("bssa", {**BSSA, "disposition": None})) == [
        ("score.safety_unknown", Severity.OVERRIDE, "disposition")
    ]


def test_a_calm_bssa_says_nothing():
    assert score("bssa", BSSA).findings == ()


@pytest.mark.parametrize("item", ["current-ideation", "has-plan", "needs-help-to-be-safe"])
def test_thoughts_a_plan_or_a_need_for_help_right_now_are_acute_and_named(item):
    found = score("bssa", {**BSSA, item: "yes"})
    assert told(found) == [("score.acute", Severity.OVERRIDE, item)]


def test_an_emergency_evaluation_is_acute_by_itself():
    found = score("bssa", {**BSSA, "disposition": "emergency-psychiatric-evaluation"})
    assert told(found) == [("score.acute", Severity.OVERRIDE, "disposition")]


@pytest.mark.parametrize("level", [["yes", "no"], ["yes", "yes"]])
def test_the_same_risk_again_is_no_rise(level):
    again = score("c-ssrs", [*level, "no", "no", "no", "no"])
    found = change("c-ssrs", again, again)
    assert found.is_worse is False
    assert found.findings == ()


@pytest.mark.parametrize(
    ("answers", "flag"),
    [
        ("2,3,2,2,1,1,1,0,1", "algorithm_major"),  # item 9 is the fifth, from several days on
        ("2,3,2,2,1,1,1,0,0", "algorithm_other"),
        ("2,2,0,0,0,0,0,0,0", "algorithm_other"),  # two are enough
        ("2,0,0,0,0,0,0,0,1", "algorithm_other"),
    ],
)
def test_symptoms_of_the_phq_9_are_counted_for_the_diagnosis(answers, flag):
    flags = score("phq-9", answers).flags
    assert [one for one in flags if one.startswith("algorithm")] == [flag]


@pytest.mark.parametrize("answers", ["2,1,1,1,1,1,1,1,0", "0,0,2,2,2,2,2,2,1"])
def test_one_symptom_or_none_of_the_first_two_is_no_syndrome(answers):
    assert not any(one.startswith("algorithm") for one in score("phq-9", answers).flags)


@pytest.mark.parametrize(("answer", "told_of"), [(0, 0), (1, 1)])
def test_no_such_event_scores_nothing_in_every_part_and_a_yes_beside_it_is_told(answer, told_of):
    found = score("pc-ptsd-5", ["no", 0, answer, 0, 0, 0])
    assert found.exact == 0
    assert found.subscales["total"] == 0
    assert len(found.findings) == told_of


def test_dispositions_are_in_order_of_urgency():
    (item,) = [one for one in INSTRUMENTS["bssa"].items if one.link_id == "disposition"]
    assert [int(option.value) for option in item.options] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("eight_answers", "total"), [("2,2,2,2,1,1,1,1", 14), ("2,2,2,2,2,1,1,1", 15)]
)
def test_a_prorated_half_goes_up_and_so_does_what_lies_above_it(eight_answers, total):
    """12 of eight items is 13.5 of nine, and 13 is 14.625."""
    answers = eight_answers.split(",")
    assert score("phq-9", [*answers[:4], None, *answers[4:]]).exact == total


def test_a_number_of_thirty_digits_is_read_and_one_of_more_is_not():
    assert score("nrs-11", ["7".zfill(30)]).exact == 7
    with pytest.raises(ValueError, match="not allowed"):
        score("nrs-11", ["7".zfill(31)])
