"""A patient with nothing against an infusion, for the tests of the screen."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ebbtide.science.screening.facts import Condition, Facts, HcgResult, Taken, Test
from ebbtide.science.screening.policy import DEFAULT_SCREEN
from ebbtide.science.screening.screen import screen
from ebbtide.science.screening.suicidality import SuicideScreen
from ebbtide.science.vitals.reading import Reading

ON = date(2026, 3, 31)
CLEAR = Facts(
    conditions=dict.fromkeys(Condition, False),
    age_years=54,
    bmi_kg_per_m2=Decimal(27),
    medicines=(),
    opioids=(),
    is_series=True,
    tests_done={Test.LIVER_TESTS: True},
    can_be_pregnant=True,
    hcg=HcgResult.NEGATIVE,
    hcg_on=ON,
    has_consent=True,
    consent_on=ON - timedelta(days=30),
    consent_covers_order=True,
    has_escort=True,
    escort_years=40,
    hours_since={Taken.CLEAR_LIQUID: Decimal(3), Taken.LIGHT_MEAL: Decimal(12),
                 Taken.FATTY_MEAL: Decimal(14)},
    suicide_screen=SuicideScreen(instrument="asq", result="negative"),
    signs=Reading(systolic_mmhg=128, diastolic_mmhg=78, pulse_per_min=72, spo2_percent=98,
                  resp_per_min=14, temperature_c=Decimal("36.8"), moaas=5),
)  # fmt: skip


def having(*conditions: str) -> dict[Condition, bool]:
    """Answers to all conditions, yes to those named."""
    return dict.fromkeys(Condition, False) | {Condition(name): True for name in conditions}


def said(facts=CLEAR, *, on=ON, protocol=DEFAULT_SCREEN, **changes):
    """Code and severity of every finding for the clear patient with some facts changed."""
    found = screen(replace(facts, **changes), on=on, protocol=protocol)
    return {(finding.code.removeprefix("screen."), finding.severity.value) for finding in found}
