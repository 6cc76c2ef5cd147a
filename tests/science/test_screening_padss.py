"""PADSS: scored for the way this patient moves."""

from decimal import Decimal

import pytest

from ebbtide.science.findings import Severity
from ebbtide.science.screening.padss import (
    ModifiedPadss,
    Padss,
    check_padss,
    mobility_score,
    vitals_score,
)


def padss(*items):
    names = ("vitals", "activity", "pain_nausea", "bleeding", "intake_output")
    return Padss(**dict(zip(names, items, strict=True)))


@pytest.mark.parametrize(
    ("value", "score"),
    [("120", 2), ("144", 2), ("144.1", 1), ("168", 1), ("168.1", 0), ("96", 2), ("95.9", 1),
     ("72", 1), ("71.9", 0)],
)  # fmt: skip
def test_vital_signs_within_20_and_40_percent_of_baseline(value, score):
    assert vitals_score(Decimal(value), baseline=Decimal(120)) == score


def test_any_baseline_above_0_is_one():
    assert vitals_score(Decimal("0.5"), baseline=Decimal("0.5")) == 2


@pytest.mark.parametrize("baseline", [0, -1])
def test_a_baseline_is_above_0(baseline):
    with pytest.raises(ValueError, match=r"baseline: .* above 0"):
        vitals_score(Decimal(120), baseline=Decimal(baseline))


@pytest.mark.parametrize(
    ("is_oriented", "moves_as_usual", "score"),
    [(True, True, 2), (True, False, 1), (False, True, 1), (False, False, 0)],
)
def test_activity_is_orientation_and_the_patients_usual_way_of_moving(
    is_oriented, moves_as_usual, score
):
    assert mobility_score(is_oriented=is_oriented, moves_as_usual=moves_as_usual) == score


@pytest.mark.parametrize(
    ("items", "reasons"),
    [
        ((2, 2, 2, 2, 2), set()),
        ((2, 2, 1, 2, 2), set()),
        ((2, 1, 1, 2, 2), {"padss_low"}),
        ((2, 2, 2, 2, 0), {"padss_low", "padss_zero"}),
    ],
)
def test_nine_or_more_and_no_item_0(items, reasons):
    found = check_padss(padss(*items))
    assert {finding.code.removeprefix("discharge.") for finding in found} == reasons
    assert all(finding.severity is Severity.BLOCK for finding in found)


def test_an_item_of_0_keeps_a_patient_whatever_the_total_asked_for():
    (finding,) = check_padss(padss(2, 2, 2, 2, 0), least=8)
    assert finding.code == "discharge.padss_zero"


def test_the_modified_score_takes_pain_apart_from_nausea():
    score = ModifiedPadss(vitals=2, activity=1, nausea=1, pain=0, bleeding=2)
    assert (score.items, score.total) == ((2, 1, 1, 0, 2), 6)
    assert "PADSS 6 of 10; 9 or more is needed." in [each.message for each in check_padss(score)]


@pytest.mark.parametrize("item", [-1, 3])
def test_an_item_off_the_scale_is_refused(item):
    with pytest.raises(ValueError, match="each item is 0, 1 or 2"):
        padss(2, 2, item, 2, 2)
