"""What is known about a patient when a screen is made; None is not asked yet, never no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ebbtide.science.screening.mme import OpioidUse
from ebbtide.science.screening.suicidality import SuicideScreen
from ebbtide.science.vitals.reading import Reading


class Condition(StrEnum):
    """What a patient may have, each asked by name."""

    HYPERSENSITIVITY = "hypersensitivity"
    ANEURYSM = "aneurysm"
    ARTERIAL_DISSECTION = "arterial_dissection"
    ARTERIOVENOUS_MALFORMATION = "arteriovenous_malformation"
    INTRACEREBRAL_HAEMORRHAGE = "intracerebral_haemorrhage"
    PRESSURE_HAZARD = "pressure_hazard"
    PREGNANCY = "pregnancy"
    BREASTFEEDING = "breastfeeding"
    ACTIVE_PSYCHOSIS = "active_psychosis"
    SCHIZOPHRENIA_SPECTRUM = "schizophrenia_spectrum"
    DELIRIUM = "delirium"
    MANIA = "mania"
    UNCONTROLLED_HYPERTENSION = "uncontrolled_hypertension"
    UNSTABLE_ANGINA = "unstable_angina"
    MYOCARDIAL_INFARCTION = "myocardial_infarction"
    DECOMPENSATED_HEART_FAILURE = "decompensated_heart_failure"
    SEVERE_ARRHYTHMIA = "severe_arrhythmia"
    POORLY_CONTROLLED_HEART_DISEASE = "poorly_controlled_heart_disease"
    LIVER_DISEASE = "liver_disease"
    RAISED_INTRACRANIAL_PRESSURE = "raised_intracranial_pressure"
    RECENT_HEAD_INJURY = "recent_head_injury"
    RAISED_INTRAOCULAR_PRESSURE = "raised_intraocular_pressure"
    GLAUCOMA = "glaucoma"
    SUBSTANCE_USE_DISORDER = "substance_use_disorder"
    KETAMINE_MISUSE = "ketamine_misuse"
    KETAMINE_CYSTITIS = "ketamine_cystitis"
    UNEXPLAINED_DYSURIA = "unexplained_dysuria"
    UNEXPLAINED_HAEMATURIA = "unexplained_haematuria"
    UNTREATED_HYPERTHYROIDISM = "untreated_hyperthyroidism"
    PORPHYRIA = "porphyria"
    PHAEOCHROMOCYTOMA = "phaeochromocytoma"
    SEVERE_SLEEP_APNOEA = "severe_sleep_apnoea"
    SEVERE_COPD = "severe_copd"
    HOME_OXYGEN = "home_oxygen"
    DIFFICULT_AIRWAY = "difficult_airway"
    FRAILTY = "frailty"
    CARDIOVASCULAR_RISK = "cardiovascular_risk"
    MISUSE_RISK = "misuse_risk"
    INTOXICATION_TODAY = "intoxication_today"
    ALCOHOL_TODAY = "alcohol_today"
    CANNABIS_TODAY = "cannabis_today"
    SEDATIVES_TODAY = "sedatives_today"
    IMMINENT_SUICIDE_RISK = "imminent_suicide_risk"

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return _LABELS.get(self.value, self.value.replace("_", " "))


_LABELS: Final = {
    "hypersensitivity": "hypersensitivity to ketamine or an excipient",
    "arterial_dissection": "dissection of an artery",
    "intracerebral_haemorrhage": "recent bleeding in the brain",
    "pressure_hazard": "another condition in which pressure must not rise",
    "schizophrenia_spectrum": "schizophrenia-spectrum disorder",
    "poorly_controlled_heart_disease": "other poorly controlled cardiovascular disease",
    "severe_copd": "severe COPD",
    "home_oxygen": "oxygen at home",
    "misuse_risk": "risk of misuse",
}


class ChildPugh(StrEnum):
    """Class of hepatic impairment, mildest first."""

    A = "A"
    B = "B"
    C = "C"


def child_pugh_class(points: int) -> ChildPugh:
    """Class for a Child-Pugh score: 5 and 6 A, 7 to 9 B, 10 to 15 C.

    Raises:
        ValueError: The score is not from 5 to 15.

    Source: pugh1973
    """
    if not 5 <= points <= 15:
        raise ValueError(f"points: {points} is not a Child-Pugh score; 5 to 15 is allowed")
    if points <= 6:
        return ChildPugh.A
    return ChildPugh.B if points <= 9 else ChildPugh.C


class HcgResult(StrEnum):
    """What a pregnancy test said."""

    NEGATIVE = "negative"
    POSITIVE = "positive"


class Taken(StrEnum):
    """What a fast is from."""

    CLEAR_LIQUID = "clear_liquid"
    LIGHT_MEAL = "light_meal"
    FATTY_MEAL = "fatty_meal"

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return self.value.replace("_", " ")


class Test(StrEnum):
    """A laboratory or bedside test that a risk calls for."""

    __test__ = False  # pytest takes the name for a class of tests

    ECG = "ecg"
    LIVER_TESTS = "liver_tests"
    URINE_DRUG_SCREEN = "urine_drug_screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was asked, measured and read. None, or a key that is not there, is not asked yet.

    Attributes:
        conditions: Each condition asked about: True is present.
        age_years: Age in whole years.
        bmi_kg_per_m2: Body-mass index, of the whole body where a limb is lost.
        myocardial_infarction_on: Day of the newest one.
        child_pugh: Class of a known liver disease.
        medicines: Everything taken, by generic or brand name; empty is none taken.
        diazepam_equivalent_mg_per_day: Benzodiazepines of a day as diazepam.
        opioids: Every opioid with its dose; empty is none taken.
        is_series: More than one infusion is planned.
        tests_done: Each test asked about: True is done and read.
        can_be_pregnant: Whether a pregnancy is possible.
        hcg: Newest pregnancy test.
        hcg_on: Its day.
        has_consent: Written consent is given and stands.
        consent_on: Its day.
        consent_covers_order: It covers today's dose, indication and prescriber.
        has_escort: A responsible adult takes the patient home.
        escort_years: The escort's age.
        hours_since: Hours since each was last taken.
        suicide_screen: What a suicide-risk instrument said.
        phq9_item9: Answer to item 9 of PHQ-9, 0 to 3.
        signs: Today's signs for the start gate.
        usual_systolic_mmhg: Usual systolic pressure in the clinic.
        usual_diastolic_mmhg: Usual diastolic pressure in the clinic.
    """

    conditions: Mapping[Condition, bool] = field(default_factory=dict)
    age_years: int | None = None
    bmi_kg_per_m2: Decimal | None = None
    myocardial_infarction_on: date | None = None
    child_pugh: ChildPugh | None = None
    medicines: tuple[str, ...] | None = None
    diazepam_equivalent_mg_per_day: Decimal | None = None
    opioids: tuple[OpioidUse, ...] | None = None
    is_series: bool | None = None
    tests_done: Mapping[Test, bool] = field(default_factory=dict)
    can_be_pregnant: bool | None = None
    hcg: HcgResult | None = None
    hcg_on: date | None = None
    has_consent: bool | None = None
    consent_on: date | None = None
    consent_covers_order: bool | None = None
    has_escort: bool | None = None
    escort_years: int | None = None
    hours_since: Mapping[Taken, Decimal] = field(default_factory=dict)
    suicide_screen: SuicideScreen | None = None
    phq9_item9: int | None = None
    signs: Reading | None = None
    usual_systolic_mmhg: Decimal | None = None
    usual_diastolic_mmhg: Decimal | None = None
