"""The screen: each limit at it and one step past, every reason, and nothing unasked passed."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.screened import CLEAR, ON, having, said

from ebbtide.science.findings import Severity
from ebbtide.science.screening.contraindication import Part
from ebbtide.science.screening.contraindications import CATALOGUE
from ebbtide.science.screening.facts import (
    ChildPugh,
    Condition,
    Facts,
    HcgResult,
    Taken,
    Test,
    child_pugh_class,
)
from ebbtide.science.screening.gate import GATE_PRESETS
from ebbtide.science.screening.mme import Opioid, OpioidUse
from ebbtide.science.screening.policy import DEFAULT_SCREEN, FASTING_PRESETS, ScreenLimits
from ebbtide.science.screening.screen import screen
from ebbtide.science.screening.suicidality import SuicideScreen
from ebbtide.science.vitals.reading import Reading

BLOCK, OVERRIDE, NOTICE = "block", "override", "notice"
LEADS_ON = {"myocardial_infarction", "liver_disease", "cardiovascular_risk", "misuse_risk"}
BY_FACT = {entry.fact: entry for entry in CATALOGUE}


def with_limits(**limits):
    return replace(DEFAULT_SCREEN, limits=replace(ScreenLimits(), **limits))


def test_a_patient_with_nothing_against_it_passes():
    assert said() == set()


@pytest.mark.parametrize("condition", sorted(set(Condition) - LEADS_ON))
def test_each_condition_gives_its_entry_of_the_catalogue(condition):
    entry = BY_FACT[f"conditions.{condition}"]
    (finding,) = screen(replace(CLEAR, conditions=having(condition)), on=ON)
    assert (finding.code, finding.severity) == (entry.code, entry.severity)
    assert finding.message == entry.clinical
    assert (finding.field, finding.source) == (entry.fact, entry.reference)


@pytest.mark.parametrize("condition", Condition)
def test_each_condition_not_asked_is_said_and_weighs_what_a_yes_would(condition):
    known = {each: False for each in Condition if each is not condition}
    (finding,) = screen(replace(CLEAR, conditions=known), on=ON)
    assert finding.code == f"screen.{condition}_not_asked"
    assert finding.message == f"Not asked yet: {condition.label}."
    if condition not in LEADS_ON:
        assert finding.severity is BY_FACT[f"conditions.{condition}"].severity


def test_nothing_known_asks_for_everything():
    found = screen(Facts(), on=ON)
    assert {finding.field for finding in found if finding.code.startswith("screen.")} == {
        *(f"conditions.{condition}" for condition in Condition),
        *(f"hours_since.{taken}" for taken in Taken),
        *("age_years", "bmi_kg_per_m2", "medicines", "is_series", "can_be_pregnant"),
        *("has_consent", "has_escort", "suicide_screen"),
    }
    assert all("Not asked yet" in each.message for each in found if "not_asked" in each.code)
    assert sum(finding.code.endswith("_not_measured") for finding in found) == 7


@pytest.mark.parametrize(
    "name",
    sorted(
        {each.name for each in fields(Facts)}
        - {"myocardial_infarction_on", "child_pugh", "diazepam_equivalent_mg_per_day", "opioids"}
        - {"phq9_item9", "usual_systolic_mmhg", "usual_diastolic_mmhg", "signs"}
    ),
)
def test_each_fact_left_out_is_missed(name):
    blank = {field.name: getattr(Facts(), field.name) for field in fields(Facts)}[name]
    assert any(code.endswith("_not_asked") for code, _ in said(**{name: blank}))


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (17, {("under_age", OVERRIDE)}),
        (18, set()),
        (64, set()),
        (65, {("older_age", NOTICE)}),
        (None, {("age_years_not_asked", OVERRIDE)}),
    ],
)
def test_age(age, expected):
    assert said(age_years=age) == expected


@pytest.mark.parametrize(
    ("bmi", "expected"),
    [("39.99", set()), ("40", {("high_bmi", OVERRIDE)}), ("55", {("high_bmi", OVERRIDE)})],
)
def test_body_mass_index(bmi, expected):
    assert said(bmi_kg_per_m2=Decimal(bmi)) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, {("recent_myocardial_infarction", BLOCK)}),
        (41, {("recent_myocardial_infarction", BLOCK)}),
        (42, set()),
        (400, set()),
        (None, {("myocardial_infarction_on_not_asked", BLOCK)}),
    ],
)
def test_a_myocardial_infarction_is_recent_for_6_weeks(days, expected):
    day = None if days is None else ON - timedelta(days=days)
    found = said(
        conditions=having("myocardial_infarction"),
        myocardial_infarction_on=day,
        tests_done=CLEAR.tests_done | {Test.ECG: True},
    )
    assert found == expected


@pytest.mark.parametrize(
    ("grade", "expected"),
    [
        (ChildPugh.A, set()),
        (ChildPugh.B, {("moderate_hepatic_impairment", OVERRIDE)}),
        (ChildPugh.C, {("severe_hepatic_impairment", BLOCK)}),
        (None, {("child_pugh_not_asked", BLOCK)}),
    ],
)
def test_liver_disease_by_its_class(grade, expected):
    assert said(conditions=having("liver_disease"), child_pugh=grade) == expected


def test_a_class_or_a_day_counts_though_the_condition_was_denied():
    recent = ON - timedelta(days=1)
    denied = said(child_pugh=ChildPugh.C, myocardial_infarction_on=recent)
    assert denied == {
        ("severe_hepatic_impairment", BLOCK),
        ("recent_myocardial_infarction", BLOCK),
    }


@pytest.mark.parametrize(
    ("points", "grade"), [(5, "A"), (6, "A"), (7, "B"), (9, "B"), (10, "C"), (15, "C")]
)
def test_child_pugh_points_give_a_class(points, grade):
    assert child_pugh_class(points) == grade


@pytest.mark.parametrize("points", [4, 16])
def test_points_that_no_child_pugh_score_has_are_refused(points):
    with pytest.raises(ValueError, match=f"points: {points} .* 5 to 15"):
        child_pugh_class(points)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hcg": HcgResult.POSITIVE}, {("hcg_positive", BLOCK)}),
        ({"hcg": None}, {("hcg_not_asked", BLOCK)}),
        ({"hcg_on": None}, {("hcg_on_not_asked", BLOCK)}),
        ({"hcg_on": ON - timedelta(days=7)}, set()),
        ({"hcg_on": ON - timedelta(days=8)}, {("hcg_old", BLOCK)}),
        ({"can_be_pregnant": None}, {("can_be_pregnant_not_asked", BLOCK)}),
        ({"can_be_pregnant": False, "hcg": None, "hcg_on": None}, set()),
        ({"can_be_pregnant": False, "hcg": HcgResult.POSITIVE}, {("hcg_positive", BLOCK)}),
    ],
)
def test_pregnancy_test(changes, expected):
    assert said(**changes) == expected


@pytest.mark.parametrize(
    ("given_on", "on", "expected"),
    [
        (date(2025, 3, 31), date(2026, 3, 31), set()),
        (date(2025, 3, 30), date(2026, 3, 31), {("consent_old", BLOCK)}),
        (date(2024, 2, 29), date(2025, 2, 28), set()),
        (date(2024, 2, 29), date(2025, 3, 1), {("consent_old", BLOCK)}),
        (date(2024, 12, 31), date(2025, 12, 31), set()),
    ],
)
def test_consent_lasts_12_months(given_on, on, expected):
    assert said(on=on, consent_on=given_on, hcg_on=on) == expected


@pytest.mark.parametrize(
    ("on", "expected"), [(date(2025, 11, 30), set()), (date(2025, 12, 1), {("consent_old", BLOCK)})]
)
def test_consent_of_6_months_ends_with_a_shorter_month(on, expected):
    found = said(
        on=on,
        consent_on=date(2025, 5, 31),
        hcg_on=on,
        protocol=with_limits(consent_months=6),
    )
    assert found == expected


def test_medicines_not_asked_block():
    assert said(medicines=None) == {("medicines_not_asked", BLOCK)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"has_consent": False}, {("no_consent", BLOCK)}),
        ({"has_consent": None}, {("has_consent_not_asked", BLOCK)}),
        ({"consent_on": None}, {("consent_on_not_asked", BLOCK)}),
        ({"consent_covers_order": False}, {("consent_changed", BLOCK)}),
        ({"consent_covers_order": None}, {("consent_covers_order_not_asked", BLOCK)}),
        (
            {"has_consent": False, "consent_on": None, "consent_covers_order": None},
            {("no_consent", BLOCK)},
        ),
        ({"has_escort": False}, {("no_escort", BLOCK)}),
        ({"has_escort": False, "escort_years": None}, {("no_escort", BLOCK)}),
        ({"has_escort": None}, {("has_escort_not_asked", BLOCK)}),
        ({"escort_years": 17}, {("escort_minor", BLOCK)}),
        ({"escort_years": 18}, set()),
        ({"escort_years": None}, {("escort_years_not_asked", BLOCK)}),
    ],
)
def test_consent_and_escort(changes, expected):
    assert said(**changes) == expected


@pytest.mark.parametrize(
    ("preset", "taken", "hours"),
    [
        ("asa", "clear_liquid", "2"),
        ("asa", "light_meal", "6"),
        ("asa", "fatty_meal", "8"),
        ("clinic-4-2", "clear_liquid", "2"),
        ("clinic-4-2", "light_meal", "4"),
        ("clinic-4-2", "fatty_meal", "4"),
        ("spravato", "clear_liquid", "0.5"),
        ("spravato", "light_meal", "2"),
        ("spravato", "fatty_meal", "2"),
    ],
)
def test_each_fast_at_its_limit_and_just_short_of_it(preset, taken, hours):
    protocol = with_limits(fasting=FASTING_PRESETS[preset])
    enough = CLEAR.hours_since | {Taken(taken): Decimal(hours)}
    short = CLEAR.hours_since | {Taken(taken): Decimal(hours) - Decimal("0.01")}
    assert said(protocol=protocol, hours_since=enough) == set()
    assert said(protocol=protocol, hours_since=short) == {("not_fasted", BLOCK)}


def test_each_fast_broken_is_said_on_its_own():
    found = screen(replace(CLEAR, hours_since=dict.fromkeys(Taken, Decimal(1))), on=ON)
    assert [finding.message for finding in found] == [
        "Not fasted: wait, or another day (1 h since the last clear liquid, under 2 h).",
        "Not fasted: wait, or another day (1 h since the last light meal, under 6 h).",
        "Not fasted: wait, or another day (1 h since the last fatty meal, under 8 h).",
    ]


@pytest.mark.parametrize(
    ("item9", "expected"),
    [
        (None, {("suicide_screen_not_asked", BLOCK)}),
        (0, set()),
        (1, {("suicide_screen_due", BLOCK)}),
        (3, {("suicide_screen_due", BLOCK)}),
    ],
)
def test_item_9_of_phq9_calls_for_a_suicide_screen(item9, expected):
    assert said(suicide_screen=None, phq9_item9=item9) == expected


def test_a_suicide_screen_done_settles_item_9():
    assert said(phq9_item9=2) == set()
    acute = SuicideScreen(instrument="asq", result="acute positive")
    assert said(phq9_item9=2, suicide_screen=acute) == {("suicide.divert", BLOCK)}


def test_medicines_are_held_to_the_interactions():
    assert said(medicines=("Theo-24", "atorvastatin")) == {
        ("interaction.theophyllines", BLOCK),
        ("interaction.not_in_list", NOTICE),
    }


@pytest.mark.parametrize(
    ("load", "expected"),
    [
        (None, {("diazepam_equivalent_mg_per_day_not_asked", OVERRIDE)}),
        ("8", set()),
        ("8.01", {("interaction.benzodiazepine_dose", OVERRIDE)}),
    ],
)
def test_a_benzodiazepine_asks_for_its_dose(load, expected):
    load = None if load is None else Decimal(load)
    found = said(medicines=("Klonopin",), diazepam_equivalent_mg_per_day=load)
    assert found - {("interaction.benzodiazepines", OVERRIDE)} == expected


def test_a_dose_counts_even_where_no_benzodiazepine_is_named():
    assert said(diazepam_equivalent_mg_per_day=Decimal(9)) == {
        ("interaction.benzodiazepine_dose", OVERRIDE)
    }


@pytest.mark.parametrize("opioids", [None, ()])
def test_an_opioid_named_without_its_dose_is_missed(opioids):
    assert ("opioids_not_asked", OVERRIDE) in said(medicines=("Percocet",), opioids=opioids)


def test_opioids_are_summed():
    use = OpioidUse(drug=Opioid.MORPHINE, mg_per_day=Decimal(90))
    assert {code for code, _ in said(opioids=(use,))} == {
        "mme.reassess",
        "mme.high",
        "mme.caution",
    }


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ("cardiovascular_risk", "ecg"),
        ("misuse_risk", "urine_drug_screen"),
    ],
)
@pytest.mark.parametrize(
    ("done", "expected"), [(None, "not_asked"), (False, "missing"), (True, None)]
)
def test_a_risk_calls_for_its_test(condition, test, done, expected):
    tests = CLEAR.tests_done | ({} if done is None else {Test(test): done})
    found = said(conditions=having(condition), tests_done=tests)
    assert found == ({(f"{test}_{expected}", OVERRIDE)} if expected else set())


@pytest.mark.parametrize(
    ("is_series", "conditions", "is_asked"),
    [(True, (), True), (False, (), False), (False, ("liver_disease",), True)],
)
def test_a_series_or_a_liver_disease_calls_for_liver_tests(is_series, conditions, is_asked):
    found = said(
        is_series=is_series,
        conditions=having(*conditions),
        child_pugh=ChildPugh.A,
        tests_done={Test.LIVER_TESTS: False},
    )
    assert found == ({("liver_tests_missing", OVERRIDE)} if is_asked else set())


def test_todays_signs_are_held_to_the_gate_of_the_protocol():
    high = replace(CLEAR.signs, systolic_mmhg=150)
    assert said(signs=high) == {("gate.systolic_recheck", OVERRIDE)}
    strict = replace(DEFAULT_SCREEN, gate=GATE_PRESETS["strict-140-90"])
    assert said(signs=high, protocol=strict) == {("gate.systolic_hold", BLOCK)}


def test_a_gate_by_percent_takes_the_usual_pressure():
    protocol = replace(DEFAULT_SCREEN, gate=GATE_PRESETS["rise-20"])
    known = {"usual_systolic_mmhg": Decimal(100), "usual_diastolic_mmhg": Decimal(70)}
    assert said(protocol=protocol, **known) == {("gate.systolic_rise", OVERRIDE)}


def test_before_a_day_is_set_only_the_history_is_asked():
    found = screen(Facts(), on=ON, parts=(Part.HISTORY,))
    spoken = {finding.code for finding in found}
    assert "screen.aneurysm_not_asked" in spoken
    assert not {code for code in spoken if code.startswith(("gate.", "screen.alcohol"))}
    assert "screen.has_consent_not_asked" not in spoken


def test_on_the_day_alone_the_medicines_are_asked_still():
    spoken = {finding.code for finding in screen(Facts(), on=ON, parts=(Part.TODAY,))}
    assert {"screen.medicines_not_asked", "gate.systolic_not_measured"} <= spoken
    assert not {"screen.aneurysm_not_asked", "screen.is_series_not_asked"} & spoken


def test_all_reasons_are_given_at_once_and_the_worst_first():
    found = screen(
        replace(
            CLEAR,
            conditions=having("aneurysm", "glaucoma", "frailty", "alcohol_today"),
            age_years=70,
            medicines=("theophylline",),
            signs=Reading(),
        ),
        on=ON,
    )
    codes = [finding.code for finding in found]
    assert {"screen.aneurysm", "screen.glaucoma", "screen.alcohol_today"} <= set(codes)
    assert {"screen.frailty", "screen.older_age", "interaction.theophyllines"} <= set(codes)
    severities = [list(Severity).index(finding.severity) for finding in found]
    assert severities == sorted(severities, reverse=True)


@pytest.mark.parametrize("name", ["myocardial_infarction_on", "hcg_on", "consent_on"])
def test_a_day_to_come_is_refused(name):
    with pytest.raises(ValueError, match=f"{name}: 2026-04-01 is not allowed; up to 2026-03-31"):
        screen(replace(CLEAR, **{name: ON + timedelta(days=1)}), on=ON)


def test_limits_are_the_protocols_own():
    protocol = with_limits(min_age_years=60)
    (finding,) = screen(CLEAR, on=ON, protocol=protocol)
    assert finding.message.endswith("the clinic's policy decides (age 54 years, under 60).")


@pytest.mark.parametrize(
    ("changes", "said_of_it"),
    [
        ({"age_years": 65}, "(age 65 years, 65 or more)."),
        ({"bmi_kg_per_m2": Decimal("41.50")}, "(BMI 41.5 kg/m², 40 or more)."),
        ({"hcg_on": ON - timedelta(days=8)}, "(8 days old, more than 7)."),
        ({"consent_on": date(2024, 1, 2)}, "(given on 2024-01-02, over 12 months ago)."),
        ({"escort_years": 17}, "(17 years, under 18)."),
        ({"suicide_screen": None, "phq9_item9": 2}, "(answered 2)."),
        (
            {"conditions": having("liver_disease"), "child_pugh": ChildPugh.B},
            "(Child-Pugh B).",
        ),
        (
            {"conditions": having("liver_disease"), "child_pugh": ChildPugh.C},
            "(Child-Pugh C).",
        ),
        (
            {
                "conditions": having("myocardial_infarction"),
                "myocardial_infarction_on": ON - timedelta(days=30),
                "tests_done": CLEAR.tests_done | {Test.ECG: True},
            },
            "(30 days ago, less than 6 weeks).",
        ),
    ],
)
def test_a_finding_tells_the_value_and_its_limit(changes, said_of_it):
    (finding,) = screen(replace(CLEAR, **changes), on=ON)
    assert finding.message.endswith(said_of_it)


def test_what_is_known_comes_before_what_was_not_asked():
    asked = {Condition.ANEURYSM: None, Condition.MANIA: True}
    conditions = {key: value for key, value in (having() | asked).items() if value is not None}
    codes = [finding.code for finding in screen(replace(CLEAR, conditions=conditions), on=ON)]
    assert codes == ["screen.mania", "screen.aneurysm_not_asked"]


def test_a_benzodiazepine_dose_is_told_with_its_limit():
    facts = replace(CLEAR, diazepam_equivalent_mg_per_day=Decimal("8.5"))
    assert "8.5 mg diazepam a day, over 8 mg" in screen(facts, on=ON)[0].message


ANSWERS = st.dictionaries(st.sampled_from(Condition), st.booleans())


@given(ANSWERS, st.sampled_from(Condition))
def test_one_condition_more_takes_away_nothing_but_its_own_question(answers, condition):
    before = screen(replace(CLEAR, conditions=answers | {condition: False}), on=ON)
    after = screen(replace(CLEAR, conditions=answers | {condition: True}), on=ON)
    assert set(before) <= set(after)
    unasked = {key: value for key, value in answers.items() if key is not condition}
    asking = set(screen(replace(CLEAR, conditions=unasked), on=ON))
    lost = {finding.code for finding in asking - set(after)}
    assert lost <= {f"screen.{condition}_not_asked"}


KNOWN = {each.name: getattr(CLEAR, each.name) for each in fields(Facts)}
UNASKED = {each.name: getattr(Facts(), each.name) for each in fields(Facts)}
WAITING_FOR = {
    "signs": ("gate.",),
    "hours_since": tuple(f"screen.{taken}_" for taken in Taken),
    "tests_done": ("screen.liver_tests_", "screen.ecg_", "screen.urine_drug_screen_"),
    "phq9_item9": ("screen.suicide_screen_",),
    "conditions": tuple(f"screen.{condition}_" for condition in Condition),
}


@given(st.sets(st.sampled_from(sorted(KNOWN))), st.sampled_from(sorted(KNOWN)))
def test_learning_a_fact_takes_away_nothing_but_its_own_question(known, learned):
    some = UNASKED | {name: KNOWN[name] for name in known - {learned}}
    before = screen(Facts(**some), on=ON)
    after = screen(Facts(**(some | {learned: KNOWN[learned]})), on=ON)
    lost = [finding.code for finding in set(before) - set(after)]
    own = WAITING_FOR.get(learned, (f"screen.{learned}_not_asked",))
    assert [code for code in lost if not code.startswith(own)] == []
    assert all("_not_" in code for code in lost)
