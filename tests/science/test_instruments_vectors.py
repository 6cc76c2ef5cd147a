"""Every published example is scored to its last digit, by name, order and number of item."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from ebbtide.science.instruments import INSTRUMENTS, change, score

DATA = Path(__file__).parents[1] / "data/instruments"
SCORES = json.loads((DATA / "scores.json").read_text())["cases"]
CHANGES = json.loads((DATA / "changes.json").read_text())["cases"]


def agrees(got, expected, tolerance):
    if expected is None:
        return got is None
    places = len(expected.partition(".")[2]) if tolerance.startswith("half a unit") else None
    step = 0 if places is None else Fraction(1, 2 * 10**places)
    return got is not None and abs(Fraction(got) - Fraction(Decimal(expected))) <= step


@pytest.mark.parametrize("case", SCORES, ids=lambda case: case["id"])
def test_the_published_score_is_reproduced(case):
    got = score(case["inputs"]["instrument"], case["inputs"]["answers"])
    expected = case["expected"]
    assert agrees(got.exact, expected["score"], case["tolerance"])
    assert got.band == expected["band"]
    assert sorted(got.flags) == sorted(expected["flags"])
    for name, value in expected.get("subscales", {}).items():
        assert agrees(got.subscales[name], value, "exact"), name


@pytest.mark.parametrize("case", SCORES, ids=lambda case: case["id"])
def test_answers_by_number_and_as_text_score_alike(case):
    name, answers = case["inputs"]["instrument"], case["inputs"]["answers"]
    got = score(name, answers)
    by_number = dict(zip([item.link_id for item in INSTRUMENTS[name].items], answers, strict=False))
    assert score(name.upper().replace("-", ""), by_number) == got
    assert score(name, ",".join("" if answer is None else str(answer) for answer in answers)) == got


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case["id"])
def test_the_published_change_is_reproduced(case):
    name = case["inputs"]["instrument"]
    before, after = (compared(name, case["inputs"][when]) for when in ("before", "after"))
    got, expected = change(name, before, after), case["expected"]
    assert agrees(got.percent, expected["percent"], case["tolerance"])
    assert {name: got.met[name] for name in expected["met"]} == expected["met"]
    assert got.is_worse is expected["is_worse"]


def compared(name, value):
    return score(name, value) if isinstance(value, list) else Fraction(value)
