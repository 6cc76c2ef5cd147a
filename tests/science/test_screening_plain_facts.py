"""Facts from JSON: strict, and every refusal names the field, the value and what is allowed."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.screening.facts import ChildPugh, Condition, Facts, HcgResult, Taken, Test
from ebbtide.science.screening.mme import Opioid, OpioidUse
from ebbtide.science.screening.plain_facts import facts_from, template
from ebbtide.science.screening.suicidality import SuicideScreen
from ebbtide.science.vitals.reading import Reading, Symptom

FULL = """{
  "conditions": {"aneurysm": false, "glaucoma": true, "mania": null},
  "age_years": 54, "bmi_kg_per_m2": 31.5, "myocardial_infarction_on": "2025-11-03",
  "child_pugh": "B", "medicines": ["Xanax 0.5 mg"], "diazepam_equivalent_mg_per_day": 8.5,
  "opioids": [{"drug": "oxycodone", "mg_per_day": 30}, {"drug": "fentanyl patch", "mcg_per_h": 25},
              {"drug": "tramadol", "mg_last_7_days": 350}],
  "is_series": true, "tests_done": {"ecg": true}, "can_be_pregnant": true, "hcg": "negative",
  "hcg_on": "2026-03-30", "has_consent": true, "consent_on": "2026-01-02",
  "consent_covers_order": true, "has_escort": true, "escort_years": 40,
  "hours_since": {"clear_liquid": 2.5}, "phq9_item9": 1,
  "suicide_screen": {"instrument": "c-ssrs", "result": "low"},
  "signs": {"systolic_mmhg": 128, "diastolic_mmhg": 78, "temperature_c": 36.8,
            "symptoms": ["vomiting"]},
  "usual_systolic_mmhg": 124.5, "usual_diastolic_mmhg": 80
}"""


def test_every_kind_of_fact_is_read():
    assert facts_from(json.loads(FULL)) == Facts(
        conditions={Condition.ANEURYSM: False, Condition.GLAUCOMA: True},
        age_years=54,
        bmi_kg_per_m2=Decimal("31.5"),
        myocardial_infarction_on=date(2025, 11, 3),
        child_pugh=ChildPugh.B,
        medicines=("Xanax 0.5 mg",),
        diazepam_equivalent_mg_per_day=Decimal("8.5"),
        opioids=(
            OpioidUse(drug=Opioid.OXYCODONE, mg_per_day=Decimal(30)),
            OpioidUse(drug=Opioid.FENTANYL_PATCH, mcg_per_h=Decimal(25)),
            OpioidUse(drug=Opioid.TRAMADOL, mg_last_7_days=Decimal(350)),
        ),
        is_series=True,
        tests_done={Test.ECG: True},
        can_be_pregnant=True,
        hcg=HcgResult.NEGATIVE,
        hcg_on=date(2026, 3, 30),
        has_consent=True,
        consent_on=date(2026, 1, 2),
        consent_covers_order=True,
        has_escort=True,
        escort_years=40,
        hours_since={Taken.CLEAR_LIQUID: Decimal("2.5")},
        suicide_screen=SuicideScreen(instrument="c-ssrs", result="low"),
        phq9_item9=1,
        signs=Reading(
            systolic_mmhg=128,
            diastolic_mmhg=78,
            temperature_c=Decimal("36.8"),
            symptoms=(Symptom.VOMITING,),
        ),
        usual_systolic_mmhg=Decimal("124.5"),
        usual_diastolic_mmhg=Decimal(80),
    )


def test_a_blank_template_is_nothing_asked():
    assert facts_from(template()) == facts_from({}) == Facts()
    assert json.loads(json.dumps(template())) == template()


def test_the_template_has_every_key():
    assert set(template()) == set(Facts.__dataclass_fields__)
    assert set(template()["conditions"]) == set(Condition)


def test_a_day_may_be_a_day_already():
    assert facts_from({"hcg_on": date(2026, 3, 30)}).hcg_on == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("plain", "field", "value", "allowed"),
    [
        ({"bmi": 30}, "bmi", "30", "did you mean bmi_kg_per_m2"),
        ({"age": 54}, "age", "54", "did you mean age_years"),
        ({"conditions": {"aneurism": True}}, "conditions.aneurism", "True", "mean aneurysm"),
        ({"zzz": 1}, "zzz", "1", "allowed: conditions, age_years"),
        ({1: 1}, "1", "1", "allowed: conditions"),
        ({"age_years": "54"}, "age_years", "'54'", "a whole number from 0 to 120 years"),
        ({"age_years": 54.0}, "age_years", "54.0", "a whole number"),
        ({"age_years": True}, "age_years", "True", "a whole number"),
        ({"age_years": -1}, "age_years", "-1", "0 to 120"),
        ({"age_years": 121}, "age_years", "121", "0 to 120"),
        ({"bmi_kg_per_m2": 7.9}, "bmi_kg_per_m2", "7.9", "from 8 to 120 kg/m²"),
        ({"bmi_kg_per_m2": 120.1}, "bmi_kg_per_m2", "120.1", "from 8 to 120 kg/m²"),
        ({"bmi_kg_per_m2": "30"}, "bmi_kg_per_m2", "'30'", "a number"),
        ({"bmi_kg_per_m2": True}, "bmi_kg_per_m2", "True", "a number"),
        ({"bmi_kg_per_m2": float("nan")}, "bmi_kg_per_m2", "nan", "a number"),
        ({"bmi_kg_per_m2": float("inf")}, "bmi_kg_per_m2", "inf", "a number"),
        ({"has_escort": 1}, "has_escort", "1", "true or false"),
        ({"has_escort": "yes"}, "has_escort", "'yes'", "true or false"),
        ({"hcg_on": "31.3.2026"}, "hcg_on", "'31.3.2026'", "a day such as"),
        ({"hcg_on": 20260331}, "hcg_on", "20260331", "a day such as"),
        ({"hcg_on": datetime(2026, 3, 31, 9)}, "hcg_on", "datetime", "a day"),  # noqa: DTZ001
        ({"hcg": "pos"}, "hcg", "'pos'", "one of negative, positive"),
        ({"hcg": 1}, "hcg", "1", "one of negative, positive"),
        ({"child_pugh": "D"}, "child_pugh", "'D'", "one of A, B, C"),
        ({"conditions": []}, "conditions", "[]", "an object of named values"),
        ({"conditions": {"mania": "no"}}, "conditions.mania", "'no'", "true or false"),
        ({"medicines": "Xanax"}, "medicines", "'Xanax'", "a list"),
        ({"medicines": [""]}, "medicines.0", "''", "a name"),
        ({"medicines": ["x", 3]}, "medicines.1", "3", "a name"),
        ({"hours_since": {"light_meal": -1}}, "hours_since.light_meal", "-1", "0 to 1000 hours"),
        ({"phq9_item9": 4}, "phq9_item9", "4", "a whole number from 0 to 3"),
        ({"opioids": [{"mg_per_day": 3}]}, "opioids.0.drug", "None", "one of codeine"),
        ({"opioids": [{"drug": "morphine"}]}, "opioids.0", "no amount", "mg_per_day"),
        ({"opioids": [{"drug": "heroin"}]}, "opioids.0.drug", "'heroin'", "one of codeine"),
        (
            {"opioids": [{"drug": "fentanyl patch", "mg_per_day": 3}]},
            "opioids.0",
            "fentanyl patch",
            "exactly one of mcg_per_h",
        ),
        ({"suicide_screen": {"instrument": "asq"}}, "suicide_screen", "asq", "asq: negative"),
        ({"suicide_screen": {"result": "low"}}, "suicide_screen", "low", "c-ssrs: low"),
        ({"signs": {"pulse_per_min": 9}}, "signs.pulse_per_min", "9", "from 10 to 350 /min"),
        ({"signs": {"temperature_c": 98.6}}, "signs.temperature_c", "98.6", "20 to 45 °C"),
        ({"signs": {"spo2_percent": 97.5}}, "signs.spo2_percent", "97.5", "a whole number"),
        ({"signs": {"symptoms": ["hiccups"]}}, "signs.symptoms.0", "'hiccups'", "chest_pain"),
        ({"signs": {"systolic_mmhg": 80, "diastolic_mmhg": 120}}, "signs", "80", "swapped"),
        ({"signs": {"systolic_mmhg": 120}}, "signs", "120", "Diastolic pressure is missing"),
        ({"usual_systolic_mmhg": 16}, "usual_systolic_mmhg", "16", "from 40 to 270 mmHg"),
    ],
)
def test_what_is_wrong_is_named_with_its_value_and_what_is_allowed(plain, field, value, allowed):
    with pytest.raises(ValueError) as refused:
        facts_from(plain)
    message = str(refused.value)
    assert message.startswith(f"{field}: ")
    assert value in message
    assert allowed in message


@pytest.mark.parametrize(
    ("field", "low", "high", "step"),
    [
        ("age_years", 0, 120, 1),
        ("bmi_kg_per_m2", 8, 120, 0.1),
        ("diazepam_equivalent_mg_per_day", 0, 1000, 0.1),
        ("escort_years", 0, 120, 1),
        ("hours_since.light_meal", 0, 1000, 0.1),
        ("phq9_item9", 0, 3, 1),
        ("opioids.mg_per_day", 0, 10_000, 0.1),
        ("opioids.mg_last_7_days", 0, 10_000, 0.1),
        ("usual_systolic_mmhg", 40, 270, 0.1),
        ("usual_diastolic_mmhg", 10, 225, 0.1),
    ],
)
def test_a_number_is_taken_from_end_to_end_of_its_range_and_no_further(field, low, high, step):
    def facts(value):
        name, _, key = field.partition(".")
        if name == "opioids":
            return {name: [{"drug": "morphine", key: value}]}
        return {name: {key: value} if key else value}

    for value in (low, high):
        facts_from(facts(value))
    for value in (low - step, high + step):
        with pytest.raises(ValueError, match=f"from {low} to {high}"):
            facts_from(facts(value))


def test_a_patch_is_taken_up_to_1000_mcg_per_h():
    patch = {"drug": "fentanyl patch"}
    facts_from({"opioids": [patch | {"mcg_per_h": 1000}]})
    with pytest.raises(ValueError, match="from 0 to 1000 mcg/h"):
        facts_from({"opioids": [patch | {"mcg_per_h": 1000.1}]})


def test_something_that_is_no_object_is_refused():
    with pytest.raises(ValueError, match="facts: 3 is not allowed; an object of named values"):
        facts_from(3)


@pytest.mark.parametrize("name", ["signs", "suicide_screen"])
def test_an_object_with_nothing_in_it_is_not_asked(name):
    assert getattr(facts_from({name: {}}), name) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(template())), JSON, max_size=4))
def test_whatever_is_typed_is_read_or_refused_and_never_breaks(plain):
    try:
        facts = facts_from(plain)
    except ValueError as error:
        assert str(error).partition(":")[0].partition(".")[0] in plain  # noqa: PT017
    else:
        assert isinstance(facts, Facts)
