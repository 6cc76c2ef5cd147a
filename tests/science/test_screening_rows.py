"""Findings as rows: each with severity, level, message, source, tag and grade."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from tests.science.screened import CLEAR, ON

from ebbtide.science.screening.facts import Condition, Facts
from ebbtide.science.screening.mme import Opioid, OpioidUse
from ebbtide.science.screening.parts import Grade, Tag
from ebbtide.science.screening.rows import rows
from ebbtide.science.screening.screen import screen
from ebbtide.science.screening.suicidality import SuicideScreen

KEYS = set(
    re.findall(
        r"^@\w+\{([^,\s]+),",
        (Path(__file__).parents[2] / "docs/references.bib").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
ALL = replace(
    CLEAR,
    conditions=dict.fromkeys(Condition, True),
    age_years=70,
    medicines=("theophylline", "Xanax", "atorvastatin"),
    diazepam_equivalent_mg_per_day=Decimal(10),
    opioids=(OpioidUse(drug=Opioid.METHADONE, mg_per_day=Decimal(30)),),
    tests_done={},
    suicide_screen=SuicideScreen(instrument="c-ssrs", result="high"),
    signs=replace(CLEAR.signs, systolic_mmhg=170),
)


def row(facts, code):
    (found,) = (each for each in rows(screen(facts, on=ON)) if each.code == code)
    return found


def test_every_finding_becomes_a_row_with_its_provenance():
    for facts in (Facts(), ALL):
        found = screen(facts, on=ON)
        made = rows(found)
        assert [each.message for each in made] == [finding.message for finding in found]
        assert {each.source for each in made} <= KEYS
        assert {each.tag for each in made} <= set(Tag)
        assert {each.grade for each in made} <= set(Grade)
        assert {each.severity for each in made} <= {"notice", "override", "block"}


def test_a_contraindication_tells_its_level_and_the_patients_words():
    found = row(ALL, "screen.unstable_angina")
    assert (found.level, found.source, found.tag) == ("absolute", "cohen2018", "R")
    assert found.plain.startswith("You have chest pain")


def test_a_question_still_open_carries_what_waits_for_it():
    found = row(Facts(), "screen.unstable_angina_not_asked")
    assert (found.level, found.source, found.tag) == ("absolute", "cohen2018", "R")
    assert found.plain == ""


def test_an_interaction_tells_its_advice():
    found = row(ALL, "interaction.theophyllines")
    assert (found.level, found.source, found.tag) == ("contraindicated", "openfda_ketamine", "F")


def test_a_sign_names_the_source_of_its_limit():
    found = row(ALL, "gate.systolic_hold")
    assert (found.source, found.tag, found.field) == ("spravato_label", "S", "systolic_mmhg")


def test_a_route_and_a_missing_test_name_theirs():
    assert row(ALL, "suicide.divert").source == "columbia_triage"
    found = row(replace(ALL, tests_done={"ecg": False}), "screen.ecg_missing")
    assert (found.source, found.tag) == ("cohen2018", "R")


def test_what_only_its_finding_knows_keeps_the_findings_source():
    assert row(ALL, "interaction.not_in_list").source == "pharmacology_texts"
