"""Opioids as morphine equivalents: exact, never for a drug without a factor, never to convert."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.screening.mme import (
    CAUTION,
    FACTORS,
    MmeLimits,
    Opioid,
    OpioidUse,
    is_objective_gain,
    mme,
    percent_change,
)


def daily(drug, mg):
    return OpioidUse(drug=Opioid(drug), mg_per_day=Decimal(mg))


def patch(mcg_per_h):
    return OpioidUse(drug=Opioid.FENTANYL_PATCH, mcg_per_h=Decimal(mcg_per_h))


def codes(*uses):
    return [finding.code.removeprefix("mme.") for finding in mme(uses).findings]


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ([daily("hydrocodone", 5 * 4)], "20"),
        ([daily("oxycodone", 10 * 2)], "30"),
        ([patch(25)], "60"),
        ([patch(12)], "28.8"),
        ([daily("methadone", 30)], "141"),
        ([daily("tramadol", 50 * 4)], "40"),
        ([daily("hydromorphone", 4 * 3)], "60"),
        ([daily("tapentadol", 100 * 2)], "80"),
        ([daily("codeine", 30 * 4)], "18"),
        ([daily("oxymorphone", 10 * 2)], "60"),
        ([daily("oxycodone", 20 * 2), daily("oxycodone", 5 * 3)], "82.5"),
        ([daily("morphine", 15)], "15"),
        ([], "0"),
    ],
)
def test_the_published_examples_come_out_exactly(uses, expected):
    assert mme(uses).mme_per_day == Decimal(expected)


def test_a_fall_from_82_5_to_60_is_27_percent_and_counts_as_a_gain():
    change = percent_change(Decimal("82.5"), after=Decimal(60))
    assert change.quantize(Decimal("0.01")) == Decimal("-27.27")
    assert is_objective_gain(Decimal("82.5"), after=Decimal(60))


def test_a_total_below_1_can_change_too():
    assert percent_change(Decimal("0.5"), after=Decimal(1)) == 100


@pytest.mark.parametrize(("after", "expected"), [("80", True), ("80.01", False), ("120", False)])
def test_a_gain_is_a_fall_of_a_fifth_or_more(after, expected):
    assert is_objective_gain(Decimal(100), after=Decimal(after)) is expected


@pytest.mark.parametrize("before", [0, -1])
def test_a_change_needs_something_to_change_from(before):
    with pytest.raises(ValueError, match=r"before: .* above 0"):
        percent_change(Decimal(before), after=Decimal(10))


@pytest.mark.parametrize(
    ("mg", "flags"),
    [
        ("49.99", {"caution"}),
        ("50", {"reassess", "caution"}),
        ("89.99", {"reassess", "caution"}),
        ("90", {"reassess", "high", "caution"}),
    ],
)
def test_totals_are_flagged_from_50_and_from_90(mg, flags):
    assert set(codes(daily("morphine", mg))) == flags


def test_a_flag_asks_for_a_reason_and_a_caution_is_shown():
    uses = [daily("methadone", 30), daily("buprenorphine", 8), patch(25)]
    found = {finding.code.removeprefix("mme."): finding for finding in mme(uses).findings}
    assert {code for code, each in found.items() if each.severity is Severity.OVERRIDE} == {
        "reassess",
        "high",
    }
    assert {code for code, each in found.items() if each.severity is Severity.NOTICE} == {
        "not_calculable",
        "methadone_caution",
        "fentanyl_caution",
        "caution",
    }
    assert found["high"].message.startswith("201 MME a day, 90 or more")


def test_a_total_is_told_to_one_place():
    assert mme([daily("oxycodone", "55.03")]).findings[0].message.startswith("82.5 MME a day")


def test_a_total_never_reads_as_the_limit_it_is_under():
    assert mme([daily("morphine", "89.99")]).findings[0].message.startswith("89.99 MME a day, 50")
    assert mme([daily("morphine", "49.99")]).findings[0].message.startswith("49.99 MME a day.")


def test_the_total_is_told_though_nothing_is_flagged():
    (caution,) = mme([daily("hydrocodone", 20)]).findings
    assert caution.message.startswith("20 MME a day. Morphine equivalents show risk.")
    partial = mme([daily("morphine", 20), daily("buprenorphine", 8)]).findings[-1]
    assert partial.message.startswith("20 MME a day without buprenorphine. ")


def test_limits_are_a_protocols_own():
    findings = mme([daily("morphine", 20)], limits=MmeLimits(reassess_from=Decimal(20))).findings
    assert findings[0].code == "mme.reassess"
    assert "20 MME a day, 20 or more" in findings[0].message
    assert findings[0].severity is Severity.OVERRIDE


def test_buprenorphine_is_not_calculable_but_hides_no_flag():
    total = mme([daily("buprenorphine", 8), daily("oxycodone", 40)])
    assert total.mme_per_day is None
    assert total.counted_per_day == 60
    assert total.not_calculable == (Opioid.BUPRENORPHINE,)
    assert codes(daily("buprenorphine", 8), daily("oxycodone", 40)) == [
        "reassess",
        "not_calculable",
        "caution",
    ]


def test_methadone_and_fentanyl_ask_for_extra_caution():
    assert codes(daily("methadone", 1), patch(1)) == [
        "methadone_caution",
        "fentanyl_caution",
        "caution",
    ]


def test_the_caution_against_conversion_is_always_there():
    assert mme([daily("codeine", 1)]).findings[-1].message.endswith(CAUTION)
    assert "Never use them to convert one opioid to another" in CAUTION


def test_as_needed_and_not_taken_is_nothing():
    assert mme([OpioidUse(drug=Opioid.OXYCODONE, mg_last_7_days=Decimal(0))]).mme_per_day == 0


def test_as_needed_is_what_was_really_taken_over_7_days():
    use = OpioidUse(drug=Opioid.OXYCODONE, mg_last_7_days=Decimal(35))
    assert mme([use]).mme_per_day == Decimal("7.5")


@pytest.mark.parametrize(
    ("drug", "amounts", "said"),
    [
        ("oxycodone", {}, "no amount"),
        ("oxycodone", {"mg_per_day": 1, "mg_last_7_days": 1}, "exactly one of"),
        ("oxycodone", {"mcg_per_h": 25}, "mg_per_day, mg_last_7_days"),
        ("fentanyl patch", {"mg_per_day": 1}, "exactly one of mcg_per_h"),
        ("morphine", {"mg_per_day": "-0.1"}, "mg_per_day: -0.1 is not allowed"),
        ("morphine", {"mg_per_day": "NaN"}, "mg_per_day: NaN is not allowed"),
        ("morphine", {"mg_per_day": "Infinity"}, "Infinity"),
    ],
)
def test_an_amount_is_given_once_in_its_drugs_unit(drug, amounts, said):
    amounts = {name: Decimal(amount) for name, amount in amounts.items()}
    with pytest.raises(ValueError, match=said):
        OpioidUse(drug=Opioid(drug), **amounts)


def test_every_opioid_but_buprenorphine_has_a_factor():
    assert set(Opioid) - set(FACTORS) == {Opioid.BUPRENORPHINE}


USES = st.builds(
    daily,
    st.sampled_from([drug for drug in Opioid if drug is not Opioid.FENTANYL_PATCH]),
    st.decimals(0, 500, places=2),
)


@given(st.lists(USES, max_size=6))
def test_one_opioid_more_never_takes_a_finding_away(uses):
    growing = [set(codes(*uses[:count])) for count in range(len(uses) + 1)]
    assert all(fewer <= more for fewer, more in pairwise(growing))


@given(st.lists(USES, max_size=6))
def test_the_total_is_the_sum_of_its_parts(uses):
    parts = sum((mme([use]).counted_per_day for use in uses), Decimal(0))
    assert mme(uses).counted_per_day == parts
