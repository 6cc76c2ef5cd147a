"""Which slips of typing the rules stop, for a grid of ordinary orders and for every worked case.

The lists are the claim.

A slip is stopped when it gives a finding that blocks or needs a reason. Whatever is
not stopped is named here too, so that nobody believes in a net that is not there.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from tests.science.dosing_slips import KNOWN, entries, judged, shares, slips
from tests.science.dosing_vectors import CASES

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


def test_a_slip_of_ten_in_the_bag_is_stopped_on_the_pump_sheet_only_by_the_pumps_range():
    """The draw stays right, its time does not; the dose sheet stops it by the bags on the shelf."""
    small = replace(order(Decimal("0.5")), bag_ml=Decimal(10))
    assert not is_stopped(work_out(small, Decimal(70)).findings)
    assert is_stopped(work_out(replace(small, bag_ml=Decimal(1000)), Decimal(70)).findings)


WORKED = list(slips())
# What passes without a word, by input and slip, in each state of knowledge. A dose by the pound
# is an ordinary dose where no earlier dose is on file; so is a weight where no weight or height is.
BY_WEIGHT = {"V1", "V2", "V3", "V4", "V5", "V7", "V8", "V10"}
SEEN, MEASURED, NOTHING = KNOWN
ALWAYS_SILENT = {
    ("bag_ml", "a tenth"): {"V10"},
    ("then_ml_per_h", "mg/h"): {"V12"},
    # The order's ceiling holds before and after: as much is given.
    ("mg_per_kg_per_h", "pounds for kilograms"): {"V14 at 72 kg", "V14 at 90 kg"},
}
FIRST_VISIT_SILENT = {
    ("mg_per_kg", "pounds for kilograms"): {"V9"},
    ("mg_per_kg", "converted twice"): BY_WEIGHT,
}
NOTHING_KNOWN_SILENT = {
    ("weight_kg", "pounds for kilograms"): {"V4", "V9"},
    ("weight_kg", "converted twice"): {"V5", "V14 at 90 kg"},
}
SILENT = {
    SEEN: ALWAYS_SILENT,
    MEASURED: ALWAYS_SILENT | FIRST_VISIT_SILENT,
    NOTHING: ALWAYS_SILENT | FIRST_VISIT_SILENT | NOTHING_KNOWN_SILENT,
}


@pytest.mark.parametrize("known", KNOWN)
def test_what_passes_silently_is_named_here_and_nothing_else(known):
    silent: dict[tuple[str, str], set[str]] = {}
    for row in WORKED:
        if row.known == known and row.outcome == "silent":
            silent.setdefault((row.field, row.slip), set()).add(row.case)
    assert silent == SILENT[known]


@pytest.mark.parametrize("known", KNOWN)
def test_no_right_value_is_stopped(known):
    for entry in entries():
        assert judged(entry.judge, entry.right, known)[0] != "stopped", (entry.case, entry.field)


@pytest.mark.parametrize(
    ("kind", "stopped", "caught"),
    [
        ("ten times", "0.95", "1"),
        ("a tenth", "0.82", "0.96"),
        ("mL/mg", "0.96", "0.96"),
        ("min/h", "0.94", "1"),
        ("in/cm", "1", "1"),
    ],
)
@pytest.mark.parametrize("known", KNOWN)
def test_the_share_that_is_stopped_and_caught_does_not_fall(kind, stopped, caught, known):
    """Caught: stopped, or let on only with a reason."""
    outcomes = shares(WORKED)[kind, known]
    assert outcomes["stopped"] >= outcomes.total() * float(stopped)
    assert outcomes["stopped"] + outcomes["questioned"] >= outcomes.total() * float(caught)


@pytest.mark.parametrize(("known", "least"), [(SEEN, 20), (MEASURED, 17), (NOTHING, 0)])
def test_a_weight_in_the_wrong_unit_is_stopped_where_a_weight_or_height_is_known(known, least):
    weights = [
        row
        for row in WORKED
        if row.kind == "kg/lb" and row.known == known and row.field.startswith("weight")
    ]
    assert sum(row.outcome == "stopped" for row in weights) >= least
    if known == SEEN:
        assert {row.outcome for row in weights} <= {"stopped", "questioned"}


def test_every_input_of_every_case_is_mistyped():
    tried = {(row.case, row.field) for row in WORKED}
    for name, case in CASES.items():
        plain = {field for field, value in case["inputs"].items() if is_number(value)}
        same = {"mg_per_kg"} if case["call"] == "body" else set()  # tried in V1 to V10
        if case["call"] != "rounded sheet":  # the inputs of V1 to V10 again
            assert plain - same <= {field for of, field in tried if of == name}, name


def is_number(value):
    return isinstance(value, str) and value.replace(".", "").isdigit()
