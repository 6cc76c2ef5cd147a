"""A dose follows the last one by steps, within what the indication was treated with."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.dosing.titration import (
    INDICATIONS,
    LastVisit,
    check_indication,
    check_step,
    highest_next_dose,
)
from ebbtide.science.findings import Severity

HALF = LastVisit(mg_per_kg=Decimal("0.5"))


def step(mg_per_kg, last=HALF):
    found = check_step(Decimal(mg_per_kg), last=last)
    return {finding.code: finding.severity for finding in found}


@pytest.mark.parametrize(
    ("last", "most"), [("0.2", "0.3"), ("0.4", "0.5"), ("0.5", "0.625"), ("0.8", "1.0")]
)
def test_one_step_is_a_tenth_of_a_milligram_or_a_quarter_whichever_is_more(last, most):
    visit = LastVisit(mg_per_kg=Decimal(last))
    assert highest_next_dose(visit) == Decimal(most)
    assert step(most, visit) == {}
    assert step(Decimal(most) + Decimal("0.001"), visit) == {"step.steep": Severity.OVERRIDE}


def test_no_step_follows_an_amber_or_red_visit():
    unsteady = replace(HALF, was_steady=False)
    assert step("0.5", unsteady) == {}
    assert step("0.51", unsteady) == {"step.steep": Severity.OVERRIDE}
    (finding,) = check_step(Decimal("0.51"), last=unsteady)
    assert "above 0.5 mg/kg after an amber or red reading it needs a reason" in finding.message


POOR = LastVisit(mg_per_kg=Decimal("0.5"), visits_at_dose=3, response_percent=Decimal("49.9"))


def test_after_three_poor_visits_the_known_larger_step_is_open():
    assert step("0.75", POOR) == {}
    assert step("0.76", POOR) == {"step.steep": Severity.OVERRIDE}


@pytest.mark.parametrize(
    "change",
    [
        {"visits_at_dose": 2},
        {"response_percent": Decimal(50)},
        {"response_percent": None},
        {"was_steady": False},
        {"mg_per_kg": Decimal("0.49")},
    ],
)
def test_the_larger_step_is_open_only_then(change):
    assert step("0.75", replace(POOR, **change)) == {"step.steep": Severity.OVERRIDE}


@pytest.mark.parametrize("typed", ["5", "0.05", "50", "0.005"])
def test_ten_times_or_a_tenth_of_the_last_dose_is_a_slip(typed):
    assert step(typed) == {"step.slip": Severity.BLOCK}


@pytest.mark.parametrize(
    ("typed", "is_named"),
    [
        ("0.224", False),
        ("0.2268", True),
        ("0.22906414685", True),  # 1% above 0.226796185
        ("0.22906414686", False),
        ("0.23", False),
    ],
)
def test_the_last_dose_by_the_pound_is_named(typed, is_named):
    assert step(typed) == ({"step.pounds": Severity.OVERRIDE} if is_named else {})


def test_a_last_visit_was_the_first_at_its_dose_and_steady_unless_said():
    assert (HALF.visits_at_dose, HALF.was_steady, HALF.response_percent) == (1, True, None)


@given(st.decimals("0.051", "0.5", places=3))
def test_a_lower_dose_needs_no_reason(lower):
    assert set(step(lower)) <= {"step.pounds"}


def test_four_times_the_dose_is_steep_and_no_slip():
    assert step("4.99") == {"step.steep": Severity.OVERRIDE}
    assert step("0.051") == {}


def test_the_doses_in_use_are_those_of_the_table():
    """Typed again from the published ranges, not read from the code."""
    table = {
        "depression": ("0.5-0.5", "0.1-1.0", "2-100"),
        "suicidality": ("0.5-0.5", "0.2-0.5", None),
        "ptsd": ("0.5-0.5", "0.2-0.5", None),
        "anxiety": ("0.25-0.5", "0.25-1.0", None),
        "phantom-limb-pain": ("0.4-0.5", "0.38-0.5", "45-60"),
        "neuropathic-pain": ("0.7-1.4", "0.7-1.4", "120-240"),
    }
    assert set(INDICATIONS) == set(table)
    for name, ranges in table.items():
        known = INDICATIONS[name]
        figures = (known.start_mg_per_kg, known.range_mg_per_kg, known.range_minutes)
        for pair, typed in zip(figures, ranges, strict=True):
            assert pair == (typed and tuple(Decimal(end) for end in typed.split("-")))


@pytest.mark.parametrize("name", INDICATIONS)
def test_every_indications_first_dose_and_range_stand_at_their_ends(name):
    known = INDICATIONS[name]
    low, high = known.range_minutes or (Decimal(40), Decimal(40))
    for dose in (*known.start_mg_per_kg, *known.range_mg_per_kg):
        for minutes in (low, high):
            assert check_indication(dose, minutes=minutes, indication=name) == ()


@pytest.mark.parametrize("name", INDICATIONS)
def test_a_dose_or_time_past_the_range_needs_a_reason(name):
    known = INDICATIONS[name]
    low, high = known.range_mg_per_kg
    bit = Decimal("0.001")
    minutes = known.range_minutes or (Decimal(40), Decimal(40))
    for dose in (low - bit, high + bit):
        (finding,) = check_indication(dose, minutes=minutes[0], indication=name)
        assert (finding.code, finding.severity) == ("dose.unusual_amount", Severity.OVERRIDE)
    outside = check_indication(low, minutes=minutes[0] - 1, indication=name)
    outside += check_indication(low, minutes=minutes[1] + 1, indication=name)
    assert len(outside) == (2 if known.range_minutes else 0)


def test_every_reason_is_given_at_once():
    found = check_indication(Decimal(2), minutes=Decimal(30), indication="phantom-limb-pain")
    assert [finding.code for finding in found] == ["dose.unusual_amount", "dose.unusual_time"]
    assert "0.38 to 0.5 mg/kg that phantom limb pain is treated with" in found[0].message


def test_no_indication_is_held_to_nothing_and_an_unknown_one_is_refused():
    assert check_indication(Decimal(9), minutes=Decimal(1), indication="") == ()
    with pytest.raises(ValueError, match=r"indication must be one of anxiety, .* not 'gout'"):
        check_indication(Decimal(1), minutes=Decimal(40), indication="gout")


@pytest.mark.parametrize("broken", [{"mg_per_kg": Decimal(0)}, {"visits_at_dose": 0}])
def test_a_last_visit_that_cannot_be_is_refused(broken):
    with pytest.raises(ValueError, match="mg_per_kg must be above 0"):
        replace(HALF, **broken)
