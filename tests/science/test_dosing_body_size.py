"""Body size, missing limbs, and which weight an order is worked out on."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.dosing.body_size import (
    SEGMENT_SHARES,
    Body,
    LimbSegment,
    Sex,
    WeightPolicy,
    body_mass_index,
    dosing_weight,
    ideal_weight_kg,
    missing_share,
    weight_without,
    whole_body_kg,
)
from ebbtide.science.dosing.limits import WeightLimits
from ebbtide.science.dosing.weight import check_body
from ebbtide.science.findings import Severity

LARGE = Body(height_cm=Decimal("177.8"), sex=Sex.MALE)


def codes(findings):
    return {finding.code: finding.severity for finding in findings}


@pytest.mark.parametrize(
    ("policy", "used"),
    [("actual", "110"), ("ideal", "73"), ("adjusted", "87.8"), ("lesser-of", "73")],
)
def test_the_policy_chooses_the_weight(policy, used):
    weight = dosing_weight(Decimal(110), body=LARGE, policy=WeightPolicy(policy))
    assert weight.used_kg == Decimal(used)
    assert weight.actual_kg == 110
    assert weight.findings == ()


def test_the_lesser_of_two_is_the_measured_one_in_a_light_patient():
    light = dosing_weight(Decimal(60), body=LARGE, policy=WeightPolicy.LESSER_OF)
    assert light.used_kg == 60
    assert light.findings == ()


def test_without_height_and_sex_only_the_measured_weight_is_known():
    for body in (Body(), Body(height_cm=Decimal(170)), Body(sex=Sex.FEMALE)):
        weight = dosing_weight(Decimal(80), body=body)
        assert (weight.used_kg, weight.bmi, weight.ideal_kg) == (80, None, None)
        with pytest.raises(ValueError, match="'ideal' needs height_cm and sex"):
            dosing_weight(Decimal(80), body=body, policy=WeightPolicy.IDEAL)


def test_ideal_weight_below_sixty_inches_needs_a_reason():
    at, below = (
        dosing_weight(
            Decimal(80),
            body=Body(height_cm=Decimal(height), sex=Sex.FEMALE),
            policy=WeightPolicy.IDEAL,
        )
        for height in ("152.4", "152.3")
    )
    assert codes(at.findings) == {}
    assert codes(below.findings) == {"weight.short_for_ideal": Severity.OVERRIDE}
    assert "below 152.4 cm (152.3 cm here)" in below.findings[0].message


def test_ideal_weight_is_pointed_out_where_it_is_not_meant():
    # At 200 cm a body-mass index of 30 is 120 kg.
    tall = Body(height_cm=Decimal(200), sex=Sex.MALE)
    for policy in (WeightPolicy.IDEAL, WeightPolicy.ADJUSTED):
        at = dosing_weight(Decimal(120), body=tall, policy=policy)
        assert codes(at.findings) == {"weight.policy_not_meant": Severity.NOTICE}
        assert "above 30; it is 30." in at.findings[0].message
        above = dosing_weight(Decimal("120.1"), body=tall, policy=policy)
        assert above.findings == ()
    assert dosing_weight(Decimal(80), body=tall).findings == ()


def test_a_height_too_small_for_an_ideal_weight_is_refused():
    assert ideal_weight_kg(sex=Sex.FEMALE, height_cm=Decimal(103)) > 0
    with pytest.raises(ValueError, match=r"height_cm must be large enough .* not 102"):
        ideal_weight_kg(sex=Sex.FEMALE, height_cm=Decimal(102))


def test_a_missing_limb_changes_index_and_ideal_weight_but_never_the_measured_weight():
    body = Body(height_cm=Decimal(175), sex=Sex.MALE, missing=(LimbSegment.LEG,))
    assert dosing_weight(Decimal(75), body=body).used_kg == 75
    assert body_mass_index(Decimal(75), height_cm=Decimal(175), missing=body.missing) > 29


@pytest.mark.parametrize("segment", LimbSegment)
def test_two_of_a_limb_can_be_missing_and_three_cannot(segment):
    assert missing_share((segment, segment)) == 2 * SEGMENT_SHARES[segment]
    with pytest.raises(ValueError, match="at most two arms and two legs"):
        Body(missing=(segment,) * 3)


def test_the_shares_are_those_of_the_table():
    """Typed again from the dietitians' table, per mille."""
    assert {part.value: share * 1000 for part, share in SEGMENT_SHARES.items()} == {
        "hand": 7,
        "forearm-and-hand": 23,
        "whole-arm": 50,
        "foot": 15,
        "lower-leg-and-foot": 59,
        "whole-leg": 160,
    }


def test_all_four_limbs_can_be_missing():
    all_limbs = (LimbSegment.ARM, LimbSegment.LEG, LimbSegment.ARM, LimbSegment.LEG)
    assert missing_share(all_limbs) == Decimal("0.42")


@given(
    weight=st.decimals("20", "300", places=1),
    missing=st.lists(st.sampled_from(LimbSegment), max_size=2),
)
def test_the_whole_body_weighs_no_less_and_gives_the_measured_weight_back(weight, missing):
    whole_kg = whole_body_kg(weight, missing=missing)
    assert whole_kg >= weight
    assert abs(whole_kg * (1 - missing_share(missing)) - weight) < Decimal("1e-20")


@given(
    weight=st.decimals("30", "250", places=1),
    height=st.decimals("150", "210", places=1),
    sex=st.sampled_from(Sex),
)
def test_adjusted_weight_lies_between_ideal_and_measured(weight, height, sex):
    known = dosing_weight(weight, body=Body(height_cm=height, sex=sex))
    low, high = sorted((weight, known.ideal_kg))
    assert low <= known.adjusted_kg <= high
    assert 0 < known.lean_kg < weight * 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("height_cm", "0"), ("height_cm", "-170"), ("height_cm", "NaN"), ("last_weight_kg", "0")],
)
def test_a_body_that_cannot_be_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a number from"):
        Body(**{name: Decimal(value)})


def test_a_sex_or_limb_that_is_no_choice_is_refused_and_never_taken_for_another():
    with pytest.raises(ValueError, match="sex must be one of 'female', 'male', not 'Male'"):
        Body(sex="Male")
    with pytest.raises(ValueError, match="sex must be one of 'female', 'male', not 'm'"):
        ideal_weight_kg(sex="m", height_cm=Decimal(180))
    with pytest.raises(ValueError, match=r"missing must be one of 'hand', .* not 'toe'"):
        Body(missing=("toe",))
    assert Body(missing=["hand"]) == Body(missing=(LimbSegment.HAND,))


def test_what_was_on_the_scales_besides_the_patient_is_taken_off():
    assert weight_without("82.5", prosthesis_kg="2.4") == Decimal("80.1")
    assert weight_without("20.5", chair_kg=20) == Decimal("0.5")
    assert weight_without(100, chair_kg=18, clothing_kg=1, prosthesis_kg=3) == 78
    with pytest.raises(ValueError, match="weighed_kg must be above the 20 kg taken off"):
        weight_without(20, chair_kg=20)
    with pytest.raises(ValueError, match="prosthesis_kg must be 0 or"):
        weight_without(80, prosthesis_kg=-1)


def checked(height, weight="75", **known):
    body = Body(height_cm=Decimal(height), **known)
    return check_body(Decimal(weight), body=body, limits=WeightLimits())


@pytest.mark.parametrize(
    ("height", "weight", "expected"),
    [
        ("99.9", "30", {"height.implausible": Severity.BLOCK}),
        ("100", "20", {"height.unusual": Severity.OVERRIDE}),
        ("139.9", "45", {"height.unusual": Severity.OVERRIDE}),
        ("140", "45", {}),
        ("210", "90", {}),
        ("210.1", "90", {"height.unusual": Severity.OVERRIDE}),
        ("250", "120", {"height.unusual": Severity.OVERRIDE}),
        ("250.1", "120", {"height.implausible": Severity.BLOCK}),
    ],
)
def test_a_height_is_held_to_an_adults(height, weight, expected):
    found = codes(checked(height, weight))
    found.pop("weight.unusual", None)
    assert found == expected


@pytest.mark.parametrize(
    ("inches", "is_named"), [("55.1", False), ("55.2", True), ("82.6", True), ("82.7", False)]
)
def test_inches_typed_as_centimetres_are_named(inches, is_named):
    message = checked(inches)[-1].message
    assert (" in = " in message) is is_named


def test_a_missing_leg_counts_in_the_index_a_weight_is_held_against():
    # 42.3 kg at 175 cm: 13.8 as measured, 16.4 of the whole body.
    assert codes(checked("175", "42.3")) == {"weight.converted_twice": Severity.BLOCK}
    assert codes(checked("175", "42.3", missing=(LimbSegment.LEG,))) == {}
