"""What each finding says, word for word: the figures a nurse reads are part of the rule.

The sentences are recorded, for regression; their figures were checked by hand.
"""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.science.findings_told import told

from ebbtide.science.dosing.limits import DoseLimits, WeightLimits
from ebbtide.science.dosing.products import Stock, check_stock
from ebbtide.science.dosing.pump import BagPolicy, DoseOrder, Pump, pump_sheet
from ebbtide.science.dosing.rate import check_bolus, check_rate
from ebbtide.science.dosing.weight import check_weight
from ebbtide.science.screening.bands import BandLimits, judge_reading
from ebbtide.science.screening.discharge import (
    Aldrete,
    DischargeCheck,
    DischargeLimits,
    Escort,
    discharge_gate,
)
from ebbtide.science.screening.gate import GATE_PRESETS, start_gate
from ebbtide.science.vitals.baseline import Baseline
from ebbtide.science.vitals.reading import Reading, Symptom, check_reading

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "data" / "dosing" / "words.json").read_text(encoding="utf-8")
)["cases"]
PUMP = Pump(
    max_rate_ml_per_h=Decimal(999),
    rate_step_ml_per_h=Decimal("0.01"),
    min_rate_ml_per_h=Decimal("0.55"),
)
BASELINE = Baseline(
    systolic_mmhg=Decimal(385) / 3, diastolic_mmhg=Decimal(78), spo2_percent=Decimal("97.5")
)
UNWELL = {
    "systolic_mmhg": 155,
    "diastolic_mmhg": 95,
    "pulse_per_min": 101,
    "spo2_percent": 93,
    "oxygen_l_per_min": Decimal("2.5"),
    "resp_per_min": 25,
    "temperature_c": Decimal("38.45"),
    "rass": -1,
}


def sheet(
    weight_kg,
    *,
    mg_per_kg="0.5",
    minutes="40",
    bag="100",
    policy="replace",
    stock=("50", "10"),
    most=None,
):
    order = DoseOrder(
        mg_per_kg=Decimal(mg_per_kg),
        minutes=Decimal(minutes),
        stock=Stock(mg_per_ml=Decimal(stock[0]), vial_ml=Decimal(stock[1])),
        bag_ml=Decimal(bag),
        bag_policy=BagPolicy(policy),
        max_dose_mg=None if most is None else Decimal(most),
    )
    return pump_sheet(order, weight_kg=Decimal(weight_kg), pump=PUMP, limits=DoseLimits()).findings


def rate(typed, *, current=None):
    return check_rate(
        Decimal(typed),
        pump=PUMP,
        final_mg_per_ml=Decimal("0.5"),
        weight_kg=Decimal(60),
        limits=DoseLimits(),
        current_rate_ml_per_h=None if current is None else Decimal(current),
    )


def bolus(typed, *, minutes, given, left):
    return check_bolus(
        Decimal(typed),
        minutes=Decimal(minutes),
        weight_kg=Decimal(60),
        given_mg=Decimal(given),
        left_mg=Decimal(left),
        limits=DoseLimits(),
    )


def weight(typed, *, last=None, height=None):
    return check_weight(
        Decimal(typed),
        last_weight_kg=None if last is None else Decimal(last),
        height_cm=None if height is None else Decimal(height),
        limits=WeightLimits(),
    )


def gate():
    earlier, now = Reading(**{**UNWELL, "systolic_mmhg": 165}), Reading(**UNWELL)
    usual = Baseline(systolic_mmhg=Decimal(385) / 3)
    return start_gate((earlier, now), limits=GATE_PRESETS["rise-20"], usual=usual)


def band(baseline=BASELINE, **changes):
    reading = Reading(**{**UNWELL, **changes})
    return judge_reading(reading, baseline=baseline, limits=BandLimits()).reasons


def leave(baseline=BASELINE, **changes):
    check = {
        "readings": (Reading(**{**UNWELL, "systolic_mmhg": 160, "moaas": 4}),),
        "aldrete": Aldrete.of((0, 2, 2, 2, 2)),
        "minutes_from_start": Decimal("119.9"),
        "minutes_from_end": Decimal("29.5"),
        "cadss6": 5,
        "cadss6_before": 1,
        "answers": {"line_out": False},
        "escort": Escort(name=" ", is_driver_alone=True),
    }
    return discharge_gate(
        DischargeCheck(**{**check, **changes}),
        baseline=baseline,
        items=("line_out", "oriented"),
        limits=DischargeLimits(),
    )


CASES = {
    "an order far too high": lambda: sheet(
        "77.77", mg_per_kg="2.34567", most="170.25", minutes="33.3"
    ),
    "an order too high and too long": lambda: sheet("77.77", mg_per_kg="1.23456", minutes="150.5"),
    "an order too low, a strength nobody makes, a bag too small": lambda: sheet(
        "77.77", mg_per_kg="0.04567", stock=("5", "0.05"), bag="0.5"
    ),
    "the strong product undiluted": lambda: sheet(
        "77.77", stock=("100", "7"), bag="0.1", policy="add"
    ),
    "an order just within its speed": lambda: sheet("60.01", mg_per_kg="1.0", minutes="39.999"),
    "no rate": lambda: rate("0"),
    "a rate below the pump": lambda: rate("0.1234"),
    "a rate beyond the pump": lambda: rate("1000.123"),
    "a rate just too fast": lambda: rate("180.01"),
    "a rate off the grid": lambda: rate("190.1234"),
    "a steep rise": lambda: rate("181.25", current="55"),
    "ten times the rate": lambda: rate("550.5", current="55"),
    "a tenth of the rate": lambda: rate("5.5", current="55.05"),
    "no bolus": lambda: bolus("0", minutes="5", given="0", left="9"),
    "a bolus too high, not in the bag": lambda: bolus(
        "7.77", minutes="3", given="95.5", left="5.25"
    ),
    "a bolus far too high, too quick": lambda: bolus("31", minutes="0.5", given="40", left="200"),
    "no weight": lambda: weight("0"),
    "a tenth of the weight": lambda: weight("7", last="70.2"),
    "ten times the weight": lambda: weight("700", last="70"),
    "pounds": lambda: weight("165.25", last="74.84"),
    "converted twice": lambda: weight("33.9", last="74.8"),
    "changed by a hair more than allowed": lambda: weight("84.001", last="80"),
    "pounds by height": lambda: weight("165.25", height="175"),
    "converted twice by height": lambda: weight("33.9", height="175.5"),
    "a body-mass index to look at": lambda: weight("123.45", height="170.5"),
    "a strength nobody makes": lambda: check_stock(
        Stock(mg_per_ml=Decimal("0.12345"), vial_ml=Decimal(10))
    ),
    "a vial nobody makes": lambda: check_stock(
        Stock(mg_per_ml=Decimal(100), vial_ml=Decimal("7.5"))
    ),
    "an unwell patient at the gate": gate,
    "nothing measured at the gate": lambda: start_gate((), limits=GATE_PRESETS["standard"]),
    "an unwell patient in the session": band,
    "a very unwell patient in the session": lambda: band(
        systolic_mmhg=182, spo2_percent=91, symptoms=(Symptom.VOMITING, Symptom.CHEST_PAIN)
    ),
    "no baseline and little measured in the session": lambda: band(
        Baseline(), pulse_per_min=None, diastolic_mmhg=None, rass=None
    ),
    "an unwell patient leaving": leave,
    "nothing known of a patient leaving": lambda: leave(
        readings=(), aldrete=None, minutes_from_end=None, cadss6_before=None, escort=None
    ),
    "no baseline for a patient leaving": lambda: leave(
        Baseline(), cadss6=None, escort=Escort(name="Bo Example (synthetic)")
    ),
    "a reading out of range": lambda: check_reading(
        Reading(
            systolic_mmhg=300, diastolic_mmhg=296, mean_mmhg=310, temperature_c=Decimal("98.65")
        )
    ),
    "a reading swapped": lambda: check_reading(Reading(systolic_mmhg=80, diastolic_mmhg=120)),
    "an empty reading": lambda: check_reading(Reading()),
    "half a pressure": lambda: check_reading(Reading(systolic_mmhg=120)),
    "the other half of a pressure": lambda: check_reading(Reading(diastolic_mmhg=80)),
}


@pytest.mark.parametrize("name", CASES)
def test_each_finding_says_what_it_means_where_and_by_which_limit(name):
    assert told(CASES[name]()) == GOLDEN[name]


def test_every_recorded_case_is_tried():
    assert set(GOLDEN) == set(CASES)
