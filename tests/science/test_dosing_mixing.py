"""What a mixture and an opened vial may be used for, and for how long."""

import pytest

from ebbtide.science.dosing.mixing import (
    HANDLING,
    Diluent,
    check_mixture_age,
    check_vial_age,
)
from ebbtide.science.dosing.products import KETAMINE_UNII, US_PRODUCTS
from ebbtide.science.findings import Severity


@pytest.mark.parametrize("hours", [0, 1, "3.99", 4])
def test_a_fresh_mixture_stands(hours):
    assert check_mixture_age(hours) == ()


@pytest.mark.parametrize("hours", ["4.01", 24])
def test_a_mixture_older_than_four_hours_is_refused(hours):
    (finding,) = check_mixture_age(hours)
    assert finding.severity is Severity.BLOCK
    assert f"stood for {hours} h; it is to be started within 4 h" in finding.message


def test_a_punctured_vial_is_kept_for_28_days():
    assert check_vial_age(28) == ()
    (finding,) = check_vial_age(29)
    assert (finding.code, finding.severity) == ("vial.too_old", Severity.BLOCK)
    assert "punctured 29 days ago; after 28 days" in finding.message


def test_a_label_may_say_sooner():
    assert check_vial_age(8, most_days=7)[0].severity is Severity.BLOCK


@pytest.mark.parametrize("broken", [-1, "NaN", "one"])
def test_an_age_that_is_no_number_is_refused(broken):
    with pytest.raises(ValueError, match="hours must be 0 or a number"):
        check_mixture_age(broken)
    with pytest.raises(ValueError, match="days must be 0 or a number"):
        check_vial_age(broken)


def test_every_fact_of_handling_has_its_words_and_source():
    assert len({fact.id for fact in HANDLING}) == len(HANDLING)
    assert all(fact.text.endswith(".") and fact.source for fact in HANDLING)


def test_the_products_are_the_marketed_strengths_and_vials():
    assert [
        (product.stock.mg_per_ml, product.stock.vial_ml, product.rxnorm_scd)
        for product in US_PRODUCTS
    ] == [(10, 20, "238082"), (50, 10, "238084"), (100, 5, "238083"), (100, 10, "238083")]
    assert KETAMINE_UNII == "O18YUO0I83"
    assert len(Diluent) == 3
