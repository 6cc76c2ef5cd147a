"""What each finding of the dose sheet says, word for word: its figures are part of the rule.

The sentences are recorded, for regression; their figures were checked by hand.
"""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.science.dosing_vectors import CASES, PUMP, sheet_of
from tests.science.findings_told import told

from ebbtide.science.dosing.body_size import Body, LimbSegment, Sex, WeightPolicy
from ebbtide.science.dosing.confirm import check_drawn, check_infused, check_set
from ebbtide.science.dosing.delivery import Segment
from ebbtide.science.dosing.limits import DoseLimits
from ebbtide.science.dosing.mixing import check_mixture_age, check_vial_age
from ebbtide.science.dosing.orders import bolus_and_infusion, hourly, total_over
from ebbtide.science.dosing.rate import check_rate
from ebbtide.science.dosing.sheet import Terms, dose_sheet
from ebbtide.science.dosing.site import DEFAULT_SITE
from ebbtide.science.dosing.titration import LastVisit, check_step

FILE = Path(__file__).parents[1] / "data" / "dosing" / "sentences.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
SHEET = sheet_of(CASES["V2"]["inputs"])
HALF = LastVisit(mg_per_kg=Decimal("0.5"))
RAN = [Segment(rate_ml_per_h=Decimal(150), minutes=Decimal("10.5"))]


def sheet(weight_kg="77.7", **changes):
    order = {
        "weight_kg": weight_kg,
        "mg_per_kg": "0.5",
        "stock_mg_per_ml": 50,
        "vial_ml": 10,
        "bag_ml": 100,
        "minutes": 40,
        **changes,
    }
    return dose_sheet(**order).findings


def slower(typed):
    return check_rate(
        Decimal(typed),
        pump=PUMP,
        final_mg_per_ml=Decimal("0.35"),
        weight_kg=Decimal(70),
        limits=DoseLimits(),
        current_rate_ml_per_h=Decimal(150),
    )


CASES_IN_WORDS = {
    "the vial that looks like a weaker one": lambda: sheet(stock_mg_per_ml=100),
    "a bag nobody has": lambda: sheet(bag_ml="12.5"),
    "a syringe nobody has, too small": lambda: sheet(
        bag_ml="35.5", terms=Terms(syringe_ml=Decimal(30))
    ),
    "a site's hard and soft limits": lambda: sheet(mg_per_kg="0.0799", minutes="9.99", bag_ml=500),
    "a slow infusion": lambda: sheet(mg_per_kg="0.1", minutes="51.5"),
    "a line that holds drug": lambda: sheet(site=replace(DEFAULT_SITE, line_ml=Decimal("1.25"))),
    "an unusual dose and time": lambda: sheet(
        minutes="61.5", mg_per_kg="0.51", terms=Terms(indication="phantom-limb-pain")
    ),
    "a slip against the last dose": lambda: check_step(Decimal(5), last=HALF),
    "the last dose by the pound": lambda: check_step(Decimal("0.2268"), last=HALF),
    "a steep step": lambda: check_step(Decimal("0.626"), last=HALF),
    "a step after an amber visit": lambda: check_step(
        Decimal("0.51"), last=replace(HALF, was_steady=False)
    ),
    "ideal weight of a small, slender patient": lambda: sheet(
        "52.5",
        body=Body(height_cm=Decimal("150.5"), sex=Sex.FEMALE),
        terms=Terms(weight_policy=WeightPolicy.IDEAL),
    ),
    "inches for centimetres": lambda: sheet(body=Body(height_cm=Decimal("69.5"))),
    "an unusual height": lambda: sheet("45.5", body=Body(height_cm=Decimal("139.5"))),
    "a missing leg counted": lambda: sheet(
        "122.5", body=Body(height_cm=Decimal("190.5"), missing=(LimbSegment.LEG,))
    ),
    "another draw": lambda: check_drawn("0.71", sheet=SHEET),
    "the dose for the draw": lambda: check_drawn(35, sheet=SHEET),
    "another rate": lambda: check_set("149.5", sheet=SHEET),
    "mg/h for the rate": lambda: check_set("52.5", sheet=SHEET),
    "another volume infused": lambda: check_infused(
        "30.5", segments=RAN, final_mg_per_ml=Decimal("0.35")
    ),
    "mg for the volume infused": lambda: check_infused(
        "9.19", segments=RAN, final_mg_per_ml=Decimal("0.35")
    ),
    "mg/h for a slower rate": lambda: slower("52.5"),
    "a mixture too old": lambda: check_mixture_age("4.25"),
    "a vial too old": lambda: check_vial_age(29),
    "a bolus too small and slow": lambda: (
        bolus_and_infusion(
            weight_kg="77.7",
            bolus_mg_per_kg="0.0445",
            bolus_minutes="15.5",
            mcg_per_kg_per_min="1.95",
            minutes="45.5",
        ).findings
    ),
    "a ceiling by the hour": lambda: (
        hourly(weight_kg="77.7", mg_per_kg_per_h="0.35", max_mg_per_h="25.5", hours="2.5").findings
    ),
    "far too much in all": lambda: (
        total_over(weight_kg="50.5", dose_mg="205.5", minutes="240.5").findings
    ),
}


@pytest.mark.parametrize("name", CASES_IN_WORDS)
def test_each_finding_says_what_it_means_where_and_by_which_limit(name):
    assert told(CASES_IN_WORDS[name]()) == GOLDEN[name]


def test_every_recorded_case_is_tried():
    assert set(GOLDEN) == set(CASES_IN_WORDS)
