"""What changes on purpose showed that no other test noticed, in the instruments."""

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.instruments import score

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
