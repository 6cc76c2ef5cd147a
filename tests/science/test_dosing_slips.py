"""Which slips of typing the rules stop, for a grid of ordinary orders: the list is the claim.

A slip is stopped when it gives a finding that blocks or needs a reason. Whatever is
not stopped is named here too, so that nobody believes in a net that is not there.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.dosing.products import US_STOCK, Stock
from ebbtide.science.dosing.pump import DoseOrder, Pump, pump_sheet
from ebbtide.science.dosing.rate import check_bolus, check_rate
from ebbtide.science.dosing.weight import check_weight
from ebbtide.science.findings import Severity
from ebbtide.science.units import KG_PER_LB

DOSE, WEIGHT = DoseLimits(), WeightLimits()
PUMP = Pump(max_rate_ml_per_h=Decimal(999))
STOPPING = (Severity.OVERRIDE, Severity.BLOCK)
WEIGHTS_KG = [Decimal(kg) for kg in ("45", "58.5", "70", "83.9", "104", "140")]
DOSES = [Decimal(dose) for dose in ("0.2", "0.4", "0.5", "0.75", "1.0")]


def is_stopped(findings) -> bool:
    return any(finding.severity in STOPPING for finding in findings)


def weigh(typed, last):
    return check_weight(typed, last_weight_kg=last, height_cm=None, limits=WEIGHT)


def order(mg_per_kg, stock=US_STOCK[1], minutes=Decimal(60), bag_ml=Decimal(100)):
    return DoseOrder(mg_per_kg=mg_per_kg, minutes=minutes, stock=stock, bag_ml=bag_ml)


def work_out(ordered, weight_kg):
    return pump_sheet(ordered, weight_kg=weight_kg, pump=PUMP, limits=DOSE)


SLIPS: dict[str, Callable[[Decimal], Decimal]] = {
    "ten times": lambda value: value * 10,
    "a tenth": lambda value: value / 10,
    "pounds for kilograms": lambda value: value / KG_PER_LB,
    "converted twice": lambda value: value * KG_PER_LB,
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("weight_kg", WEIGHTS_KG)
def test_every_slip_in_a_weight_is_stopped_once_the_patient_was_weighed_before(slip, weight_kg):
    assert not is_stopped(weigh(weight_kg, weight_kg))
    assert is_stopped(weigh(SLIPS[slip](weight_kg), weight_kg))


@pytest.mark.parametrize("slip", ["ten times", "a tenth"])
@pytest.mark.parametrize("weight_kg", WEIGHTS_KG)
def test_a_slip_of_ten_in_a_first_weight_is_stopped(slip, weight_kg):
    assert is_stopped(weigh(SLIPS[slip](weight_kg), None))


def test_pounds_in_a_first_weight_without_height_are_stopped_only_above_the_usual_range():
    missed = [
        kg for kg in WEIGHTS_KG if not is_stopped(weigh(SLIPS["pounds for kilograms"](kg), None))
    ]
    assert missed == [Decimal(45), Decimal("58.5")]


def test_ten_times_the_dose_is_always_stopped():
    for mg_per_kg, weight_kg in product(DOSES, WEIGHTS_KG):
        assert is_stopped(work_out(order(mg_per_kg * 10), weight_kg).findings)


def test_a_tenth_of_the_dose_is_stopped_below_one_mg_per_kg():
    missed = {
        dose
        for dose, kg in product(DOSES, WEIGHTS_KG)
        if not is_stopped(work_out(order(dose / 10), kg).findings)
    }
    assert missed == {Decimal("1.0")}


@pytest.mark.parametrize("slip", ["ten times", "a tenth"])
@pytest.mark.parametrize("stock", US_STOCK, ids=str)
def test_a_slip_of_ten_in_the_strength_is_always_stopped(slip, stock):
    typed = Stock(mg_per_ml=SLIPS[slip](stock.mg_per_ml), vial_ml=stock.vial_ml)
    assert is_stopped(work_out(order(Decimal("0.5"), typed), Decimal(70)).findings)


def test_a_tenth_of_the_minutes_is_stopped_from_forty_minutes_down():
    for mg_per_kg, weight_kg in product(DOSES[1:], WEIGHTS_KG):
        ordered = order(mg_per_kg, minutes=Decimal(4))
        assert is_stopped(work_out(ordered, weight_kg).findings)


def test_ten_times_the_minutes_is_stopped():
    assert is_stopped(work_out(order(Decimal("0.5"), minutes=Decimal(400)), Decimal(70)).findings)


@pytest.mark.parametrize("bag_ml", ["50", "100", "250"])
def test_ten_times_a_running_rate_is_stopped(bag_ml):
    worked = work_out(order(Decimal("0.5"), bag_ml=Decimal(bag_ml)), Decimal(70)).rounded
    typed = worked.rate_ml_per_h * 10
    assert is_stopped(
        check_rate(
            typed,
            pump=PUMP,
            final_mg_per_ml=worked.final_mg_per_ml,
            weight_kg=Decimal(70),
            limits=DOSE,
            current_rate_ml_per_h=worked.rate_ml_per_h,
        )
    )


def test_ten_times_a_bolus_is_stopped():
    for weight_kg in WEIGHTS_KG:
        usual_mg = weight_kg / 10
        assert is_stopped(
            check_bolus(
                usual_mg * 10,
                minutes=Decimal(10),
                weight_kg=weight_kg,
                given_mg=Decimal(0),
                left_mg=Decimal(200),
                limits=DOSE,
            )
        )


def test_a_slip_of_ten_in_the_bag_is_not_stopped_because_the_dose_stays_right():
    """The drug in the bag and its time are unchanged; only a pump's range stops it."""
    small = replace(order(Decimal("0.5")), bag_ml=Decimal(10))
    assert not is_stopped(work_out(small, Decimal(70)).findings)
    assert is_stopped(work_out(replace(small, bag_ml=Decimal(1000)), Decimal(70)).findings)
