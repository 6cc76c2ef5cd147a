"""The catalogue and the screening protocol: complete, sourced, changed only by a new version."""

import json
import re
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from tests.science.screened import CLEAR, ON

from ebbtide.science.findings import Severity
from ebbtide.science.screening.contraindication import SEVERITIES, Level, Part
from ebbtide.science.screening.contraindications import CATALOGUE
from ebbtide.science.screening.facts import Condition, Facts
from ebbtide.science.screening.policy import (
    DEFAULT_SCREEN,
    FASTING_PRESETS,
    TESTS,
    Fasting,
    ScreenLimits,
    ScreenProtocol,
)
from ebbtide.science.screening.screen import screen
from ebbtide.science.screening.suicidality import ROUTES, SuicideScreen

ROOT = Path(__file__).parents[2]
KEYS = set(
    re.findall(r"^@\w+\{([^,\s]+),", (ROOT / "docs/references.bib").read_text(), re.MULTILINE)
)
LEVELS = {
    Level.ABSOLUTE: """hypersensitivity aneurysm arterial_dissection arteriovenous_malformation
        intracerebral_haemorrhage pressure_hazard pregnancy active_psychosis
        schizophrenia_spectrum delirium mania uncontrolled_hypertension unstable_angina
        recent_myocardial_infarction decompensated_heart_failure severe_arrhythmia
        poorly_controlled_heart_disease severe_hepatic_impairment substance_use_disorder
        ketamine_misuse intoxication_today""",
    Level.RELATIVE_STRONG: """raised_intracranial_pressure recent_head_injury
        raised_intraocular_pressure glaucoma""",
    Level.RELATIVE: """moderate_hepatic_impairment untreated_hyperthyroidism porphyria
        phaeochromocytoma severe_sleep_apnoea severe_copd home_oxygen difficult_airway high_bmi""",
    Level.STOP_AND_EVALUATE: """ketamine_cystitis unexplained_dysuria unexplained_haematuria
        suicide_screen_due""",
    Level.HARD_STOP_TODAY: """alcohol_today cannabis_today sedatives_today no_escort escort_minor
        not_fasted no_consent consent_old consent_changed hcg_positive hcg_old""",
    Level.DIVERT: "imminent_suicide_risk",
    Level.SITE_POLICY: "breastfeeding under_age older_age frailty",
}


@pytest.mark.parametrize("level", Level)
def test_every_entry_stands_at_its_level(level):
    codes = {entry.code.removeprefix("screen.") for entry in CATALOGUE if entry.level is level}
    assert codes == set(LEVELS[level].split())


def test_an_entry_weighs_what_its_level_says_unless_the_site_decides():
    for entry in CATALOGUE:
        if entry.level is not Level.SITE_POLICY:
            assert entry.severity is SEVERITIES[entry.level], entry.code
    assert DEFAULT_SCREEN.entry("screen.under_age").severity is Severity.OVERRIDE
    assert DEFAULT_SCREEN.entry("screen.older_age").severity is Severity.NOTICE


def test_every_entry_names_a_source_both_wordings_and_a_fact_that_exists():
    facts = {each.name for each in fields(Facts)}
    conditions = {f"conditions.{condition}" for condition in Condition}
    for entry in CATALOGUE:
        assert entry.reference in KEYS, entry.code
        assert entry.fact in facts | conditions, entry.code
        assert entry.clinical.endswith("."), entry.code
        assert entry.plain.endswith("."), entry.code


def test_what_changes_from_day_to_day_is_asked_on_the_day():
    today = {entry.fact for entry in CATALOGUE if entry.part is Part.TODAY}
    assert today == {
        *(f"conditions.{name}_today" for name in ("intoxication", "alcohol", "cannabis")),
        *("conditions.sedatives_today", "conditions.imminent_suicide_risk", "phq9_item9"),
        *("hcg", "hcg_on", "has_escort", "escort_years", "hours_since", "has_consent"),
        *("consent_on", "consent_covers_order"),
    }


def test_every_number_of_the_protocol_has_a_source_in_the_bibliography():
    named = {source.item: source for source in DEFAULT_SCREEN.sources}
    assert {f"screen.{each.name}" for each in fields(DEFAULT_SCREEN.limits)} <= set(named)
    cited = {source.reference for source in named.values()}
    cited |= {each.reference for each in (*TESTS, *ROUTES)}
    assert cited <= KEYS


def test_a_site_may_change_an_entry():
    older = DEFAULT_SCREEN.entry("screen.older_age")
    stricter = tuple(
        replace(entry, severity=Severity.OVERRIDE) if entry == older else entry
        for entry in CATALOGUE
    )
    protocol = replace(DEFAULT_SCREEN, contraindications=stricter, version=2)
    assert protocol.entry("screen.older_age").severity is Severity.OVERRIDE


@pytest.mark.parametrize("entries", [CATALOGUE[1:], (*CATALOGUE, CATALOGUE[0]), ()])
def test_a_site_may_not_drop_an_entry_or_name_it_twice(entries):
    with pytest.raises(ValueError, match="each entry of the catalogue stands once"):
        ScreenProtocol(contraindications=entries)


@pytest.mark.parametrize("routes", [ROUTES[1:], (*ROUTES, ROUTES[0]), ()])
def test_a_site_may_not_leave_a_result_without_a_route(routes):
    with pytest.raises(ValueError, match="each result of each instrument leads to one place"):
        ScreenProtocol(routes=routes)


def test_a_site_may_lead_a_result_elsewhere():
    high = SuicideScreen(instrument="c-ssrs", result="high")
    moved = tuple(
        replace(route, message="Call the crisis team.") if route.result == "high" else route
        for route in ROUTES
    )
    protocol = replace(DEFAULT_SCREEN, routes=moved)
    (finding,) = screen(replace(CLEAR, suicide_screen=high), on=ON, protocol=protocol)
    assert finding.message == "Call the crisis team."


def test_limits_without_a_source_are_refused():
    with pytest.raises(ValueError, match=r"no source is given for screen\.consent_months, screen"):
        ScreenProtocol(sources=DEFAULT_SCREEN.sources[:5])


def test_a_protocol_comes_back_unchanged():
    protocol = replace(
        DEFAULT_SCREEN, version=2, limits=ScreenLimits(fasting=FASTING_PRESETS["clinic-4-2"])
    )
    text = protocol.to_json()
    assert ScreenProtocol.from_json(text) == protocol
    assert ScreenProtocol.from_json(text).to_json() == text


def dropped(data):
    del data["contraindications"][0]


def unknown(data):
    data["limits"]["min_age"] = 21


def missing(data):
    del data["limits"]["consent_months"]


def fewer_sources(data):
    data["sources"] = []


def mistyped(data):
    data["limits"]["fasting"]["light_meal_hours"] = "six"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (dropped, "each entry of the catalogue stands once"),
        (unknown, "min_age"),
        (missing, r"screen\.limits\.consent_months is missing"),
        (fewer_sources, "no source is given"),
        (mistyped, r"limits\.fasting\.light_meal_hours"),
    ],
)
def test_a_protocol_that_was_tampered_with_is_not_read(change, named):
    data = json.loads(DEFAULT_SCREEN.to_json())
    change(data)
    with pytest.raises(ValueError, match=named):
        ScreenProtocol.from_json(json.dumps(data))


def test_an_entry_that_is_not_there_is_no_entry():
    with pytest.raises(KeyError):
        DEFAULT_SCREEN.entry("screen.hiccups")


def test_the_fasts_in_use():
    hours = {
        name: (fast.clear_liquid_hours, fast.light_meal_hours, fast.fatty_meal_hours)
        for name, fast in FASTING_PRESETS.items()
    }
    assert hours == {
        "asa": (2, 6, 8),
        "clinic-4-2": (2, 4, 4),
        "spravato": (Decimal("0.5"), 2, 2),
    }


def test_a_fast_may_be_none_at_all():
    assert Fasting(clear_liquid_hours=Decimal(0)).clear_liquid_hours == 0


def test_the_first_version_is_1():
    assert DEFAULT_SCREEN.version == 1


def test_a_fast_of_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        Fasting(light_meal_hours=Decimal("-0.1"))
