"""What was drawn, set and infused is held against what was worked out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.dosing_vectors import CASES, sheet_of

from ebbtide.science.dosing.confirm import check_drawn, check_infused, check_set
from ebbtide.science.dosing.delivery import Segment, delivered, elapsed_minutes, infused_ml
from ebbtide.science.findings import Severity

SHEET = sheet_of(CASES["V2"]["inputs"])  # 0.7 mL, 35 mg, 150 mL/h, 52.5 mg/h


def ran(*pieces):
    return [Segment(rate_ml_per_h=Decimal(rate), minutes=Decimal(time)) for rate, time in pieces]


def test_only_the_sheets_own_draw_stands():
    assert check_drawn("0.70", sheet=SHEET) == ()
    for typed in ("0.69", "0.71", "7", "0.07"):
        (finding,) = check_drawn(typed, sheet=SHEET)
        assert finding.severity is Severity.BLOCK
        assert "0.7 mL (35 mg)." in finding.message


def test_the_dose_typed_for_the_draw_is_named():
    (finding,) = check_drawn(35, sheet=SHEET)
    assert "35 mL is not the draw worked out, 0.7 mL (35 mg): 35 is the dose in mg." in (
        finding.message
    )


@pytest.mark.parametrize(
    ("typed", "severity"),
    [
        ("1500", Severity.BLOCK),
        ("1499", Severity.OVERRIDE),
        ("15", Severity.BLOCK),
        ("15.1", Severity.OVERRIDE),
        ("52.5", Severity.BLOCK),
        ("53.025", Severity.BLOCK),  # 1% off 52.5 mg/h
        ("53.026", Severity.OVERRIDE),
        ("149.9", Severity.OVERRIDE),
    ],
)
def test_another_rate_than_the_sheets_needs_a_reason_and_a_slip_is_refused(typed, severity):
    (finding,) = check_set(typed, sheet=SHEET)
    assert finding.severity is severity
    assert ("52.5 is the drug in mg/h" in finding.message) is (typed in {"52.5", "53.025"})


def test_the_sheets_own_rate_stands():
    assert check_set("150.0", sheet=SHEET) == ()


@pytest.mark.parametrize(
    ("typed", "severity"),
    [
        ("25", None),
        ("26.25", None),  # 5% of 25 mL
        ("26.26", Severity.OVERRIDE),
        ("23.75", None),
        ("23.74", Severity.OVERRIDE),
        ("250", Severity.BLOCK),
        ("2.5", Severity.BLOCK),
        ("8.75", Severity.BLOCK),  # the mg
    ],
)
def test_an_infused_volume_is_held_to_the_rates_that_ran(typed, severity):
    found = check_infused(typed, segments=ran((150, 10)), final_mg_per_ml=Decimal("0.35"))
    assert [finding.severity for finding in found] == ([severity] if severity else [])


def test_early_on_a_millilitre_is_let_pass():
    early = {"segments": ran((150, "1.2")), "final_mg_per_ml": Decimal("0.35")}  # 3 mL
    assert check_infused("4", **early) == ()
    (finding,) = check_infused("4.01", **early)
    assert "4.01 mL is not what the rates make, 3 mL; read the pump again." in finding.message


def test_nothing_can_have_been_infused():
    assert check_infused(0, segments=[], final_mg_per_ml=Decimal("0.35")) == ()


@pytest.mark.parametrize("typed", ["NaN", "-1", "Infinity", "25 mL", "", True, None])
def test_what_is_no_number_is_refused_by_name(typed):
    with pytest.raises(ValueError, match=r"volume_ml must be 0 or a number from .* not "):
        check_infused(typed, segments=[], final_mg_per_ml=Decimal(1))
    with pytest.raises(ValueError, match=r"drawn_ml must be a number from .* not "):
        check_drawn(typed, sheet=SHEET)
    with pytest.raises(ValueError, match=r"rate_ml_per_h must be a number from .* not "):
        check_set(typed, sheet=SHEET)


@pytest.mark.parametrize("broken", [("-1", "5"), ("5", "-1"), ("NaN", "5"), ("5", "Infinity")])
def test_a_piece_no_pump_can_have_run_is_refused(broken):
    with pytest.raises(ValueError, match="must be 0 or a number"):
        ran(broken)


PIECES = st.lists(
    st.tuples(st.decimals("0", "150", places=1), st.decimals("0", "8", places=1)), max_size=5
)


@given(PIECES, st.decimals("0", "1", places=2))
def test_splitting_a_piece_in_two_changes_nothing(pieces, share):
    whole = ran(*pieces, (120, 10))
    first = 10 * share
    split = ran(*pieces, (120, first), (120, 10 - first))
    assert infused_ml(split) == infused_ml(whole)
    assert elapsed_minutes(split) == elapsed_minutes(whole)


@given(PIECES)
def test_a_hold_gives_nothing_and_every_piece_gives_no_less(pieces):
    before = infused_ml(ran(*pieces))
    assert infused_ml(ran(*pieces, (0, 30))) == before
    assert infused_ml(ran(*pieces, (10, 1))) > before


@given(PIECES)
def test_what_is_given_and_what_is_left_make_up_the_dose(pieces):
    parts = delivered(SHEET, infused_ml=infused_ml(ran(*pieces)))
    assert parts.given_mg + parts.left_mg == SHEET.rounded.dose_mg
    assert parts.given_ml + parts.left_ml == SHEET.rounded.volume_ml
    assert parts.waste_mg + parts.given_mg == 500
