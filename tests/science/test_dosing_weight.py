"""A typed weight is doubted for every reason at once, at each limit and not before."""

from decimal import Decimal

import pytest

from ebbtide.science.dosing.limits import WeightLimits
from ebbtide.science.dosing.weight import check_weight
from ebbtide.science.findings import Severity

LIMITS = WeightLimits()


def findings(weight, *, last=None, height=None):
    return check_weight(
        Decimal(weight),
        last_weight_kg=None if last is None else Decimal(last),
        height_cm=None if height is None else Decimal(height),
        limits=LIMITS,
    )


def codes(weight, **known):
    return {
        finding.code.removeprefix("weight."): finding.severity
        for finding in findings(weight, **known)
    }


@pytest.mark.parametrize("weight", ["0", "-70"])
def test_a_weight_that_is_not_positive_is_blocked(weight):
    assert codes(weight, last="70") == {"not_positive": Severity.BLOCK}


@pytest.mark.parametrize("weight", ["0.5", "7", "700", "19.99", "350.01"])
def test_a_weight_no_adult_has_is_blocked(weight):
    assert codes(weight) == {"implausible": Severity.BLOCK}


@pytest.mark.parametrize("weight", ["20", "39.99", "150.01", "350"])
def test_an_unusual_weight_needs_a_reason(weight):
    assert codes(weight) == {"unusual": Severity.OVERRIDE}


@pytest.mark.parametrize("weight", ["40", "150"])
def test_the_usual_range_includes_its_ends(weight):
    assert codes(weight) == {}


@pytest.mark.parametrize(
    ("weight", "last", "is_flagged"),
    [
        ("84", "80", False),  # exactly 5%
        ("84.01", "80", True),
        ("76", "80", False),
        ("75.99", "80", True),
        ("125", "120", False),  # exactly 5 kg
        ("125.01", "120", True),
        ("115", "120", False),
        ("114.99", "120", True),
    ],
)
def test_a_change_of_more_than_five_percent_or_five_kilograms_needs_a_reason(
    weight, last, is_flagged
):
    expected = {"changed": Severity.OVERRIDE} if is_flagged else {}
    assert codes(weight, last=last) == expected


def test_pounds_typed_for_kilograms_are_named_and_blocked_with_every_other_reason():
    found = {finding.code: finding for finding in findings("165", last="74.8")}
    assert set(found) == {"weight.unusual", "weight.changed", "weight.pounds"}
    assert found["weight.pounds"].severity is Severity.BLOCK
    assert found["weight.pounds"].message == (
        "165 looks like pounds: 165 lb = 74.8 kg (last time 74.8 kg)."
    )
    assert all(finding.field == "weight_kg" for finding in found.values())


@pytest.mark.parametrize(
    ("last", "is_doubted"), [("70", True), ("69.94", False), ("80.4", True), ("80.5", False)]
)
def test_the_unit_is_doubted_within_seven_percent_of_the_last_weight(last, is_doubted):
    # 165 lb is 74.843 kg: 6.92% over 70, 7.01% over 69.94, 6.91% under 80.4, 7.03% under 80.5.
    assert ("pounds" in codes("165", last=last)) is is_doubted


def test_kilograms_taken_for_pounds_are_named_and_blocked():
    found = {finding.code: finding for finding in findings("33.9", last="74.8")}
    assert found["weight.converted_twice"].severity is Severity.BLOCK
    assert "33.9 kg = 74.7 lb" in found["weight.converted_twice"].message


def test_an_unchanged_heavy_weight_is_never_taken_for_pounds():
    assert codes("165", last="165") == {"unusual": Severity.OVERRIDE}


@pytest.mark.parametrize(
    ("weight", "height", "expected"),
    [
        ("165", "175", {"unusual", "pounds"}),  # 53.9 as kilograms, 24.4 as pounds
        ("128", "160", {"body_mass_index"}),  # exactly 50
        ("128.1", "160", {"pounds"}),
        ("102.4", "160", {"body_mass_index"}),  # exactly 40
        ("102.3", "160", set()),
        ("300", "160", {"unusual", "body_mass_index"}),  # 117 as kilograms, 53.2 as pounds
        ("34", "175", {"unusual", "converted_twice"}),  # 11.1 as kilograms, 24.5 converted back
        ("38.4", "160", {"unusual"}),  # exactly 15
        ("38.3", "160", {"unusual", "converted_twice"}),
        ("20", "175", {"unusual", "body_mass_index"}),  # 14.4 even when converted back
        ("75", "175", set()),
    ],
)
def test_without_a_last_weight_the_height_shows_the_wrong_unit(weight, height, expected):
    assert set(codes(weight, height=height)) == expected


@pytest.mark.parametrize(
    ("weight", "bmi_low", "bmi_high", "code"),
    [
        # At 100 cm the index is the weight; 100 kg is 45.359237 as pounds, and back.
        ("100", "45.359237", "50", "weight.pounds"),
        ("100", "45.359238", "50", "weight.body_mass_index"),
        ("100", "15", "45.359237", "weight.pounds"),
        ("100", "15", "45.359236", "weight.body_mass_index"),
        ("45.359237", "100", "200", "weight.converted_twice"),
        ("45.359237", "100.1", "200", "weight.body_mass_index"),
        ("45.359237", "50", "100", "weight.converted_twice"),
        ("45.359237", "50", "99.9", "weight.body_mass_index"),
    ],
)
def test_the_other_unit_is_named_only_where_it_is_plausible(weight, bmi_low, bmi_high, code):
    limits = WeightLimits(bmi_low=Decimal(bmi_low), bmi_high=Decimal(bmi_high))
    (finding,) = check_weight(
        Decimal(weight), last_weight_kg=None, height_cm=Decimal(100), limits=limits
    )
    assert finding.code == code


def test_a_last_weight_counts_more_than_the_height():
    assert codes("128.1", last="128.1", height="160") == {}


def test_a_slip_of_the_decimal_point_is_hinted_at():
    assert "is the decimal point right" in findings("7", last="70")[0].message
    assert "is the decimal point right" in findings("700", last="70")[0].message
    assert "decimal" not in findings("7", last="90")[0].message
    assert "decimal" in findings("7.49", last="70")[0].message  # 7% off
    assert "decimal" not in findings("7.5", last="70")[0].message
    assert "decimal" in findings("6.51", last="70")[0].message
    assert "decimal" not in findings("6.5", last="70")[0].message


@pytest.mark.parametrize("known", [{"last": "0"}, {"height": "-1"}])
def test_known_figures_must_be_positive(known):
    with pytest.raises(ValueError, match="positive"):
        findings("70", **known)


def test_every_limit_comes_from_the_protocol():
    strict = WeightLimits(min_kg=Decimal(60), max_change_kg=Decimal(1))
    found = check_weight(Decimal(59), last_weight_kg=Decimal(61), height_cm=None, limits=strict)
    assert {finding.code for finding in found} == {"weight.unusual", "weight.changed"}
    assert {finding.source for finding in found} == {"weight.min_kg", "weight.max_change_percent"}


@pytest.mark.parametrize(
    ("typed", "is_named"),
    [("165", True), ("180", True), ("146", True), ("145", False), ("700", False)],
)
def test_a_change_that_pounds_would_explain_names_them(typed: str, *, is_named: bool) -> None:
    findings = check_weight(
        Decimal(typed), last_weight_kg=Decimal(88), height_cm=None, limits=WeightLimits()
    )
    changed = next(finding for finding in findings if finding.code == "weight.changed")
    assert ("If it was read in pounds" in changed.message) is is_named


def test_a_known_weight_however_small_is_no_contract_broken():
    assert codes("70", last="0.5") == {"changed": Severity.OVERRIDE}
