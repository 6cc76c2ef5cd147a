"""Interactions: found by any name people write, and never "none" for a drug that is not listed."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebbtide.science.findings import Severity
from ebbtide.science.screening.drugs import BRANDS, plain_name
from ebbtide.science.screening.interactions import (
    CLASSES,
    NOT_IN_LIST,
    SEVERITIES,
    Advice,
    classes_of,
    interactions,
)

KEYS = set(
    re.findall(
        r"^@\w+\{([^,\s]+),",
        (Path(__file__).parents[2] / "docs/references.bib").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)
MEMBERS = sorted({member for each in CLASSES for member in each.members})


def found(*names):
    return {finding.code.removeprefix("interaction."): finding for finding in interactions(names)}


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("Spravato 84 mg", "ketamines", Severity.OVERRIDE),
        ("ketamine troches", "ketamines", Severity.OVERRIDE),
        ("Theo-Dur", "theophyllines", Severity.BLOCK),
        ("moclobemide", "mao_inhibitors", Severity.OVERRIDE),
        ("Contrave", "naltrexone", Severity.NOTICE),
        ("diazepam", "benzodiazepines", Severity.OVERRIDE),
        ("zolpidem", "benzodiazepines", Severity.OVERRIDE),
        ("lamotrigine", "lamotrigine", Severity.NOTICE),
        ("oxycodone", "depressants", Severity.OVERRIDE),
        ("gabapentin", "depressants", Severity.OVERRIDE),
        ("alcohol", "depressants", Severity.OVERRIDE),
        ("clonidine", "pressure_lowering", Severity.NOTICE),
        ("tranylcypromine", "mao_inhibitors", Severity.OVERRIDE),
        ("theophylline", "theophyllines", Severity.BLOCK),
        ("aminophylline", "theophyllines", Severity.BLOCK),
        ("methylphenidate", "sympathomimetics", Severity.OVERRIDE),
        ("cocaine", "sympathomimetics", Severity.OVERRIDE),
        ("levothyroxine", "thyroid_hormones", Severity.OVERRIDE),
        ("clarithromycin", "cyp3a4_inhibitors", Severity.NOTICE),
        ("grapefruit", "cyp3a4_inhibitors", Severity.NOTICE),
        ("itraconazole", "itraconazole", Severity.NOTICE),
        ("ticlopidine", "cyp2b6_inhibitors", Severity.NOTICE),
        ("rifampin", "inducers", Severity.NOTICE),
        ("St John's wort", "inducers", Severity.NOTICE),
        ("clozapine", "antipsychotics", Severity.NOTICE),
        ("lithium", "lithium", Severity.NOTICE),
        ("naltrexone", "naltrexone", Severity.NOTICE),
        ("ondansetron", "qt_prolonging", Severity.OVERRIDE),
        ("sertraline", "ssris", Severity.NOTICE),
    ],
)
def test_each_class_of_the_table_is_found_with_its_severity(name, code, severity):
    assert found(name)[code].severity is severity


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("XANAX", "benzodiazepines"),
        ("Xanax 0.5 mg at night", "benzodiazepines"),
        ("  theo-24 ", "theophyllines"),
        ("Theophylline SR 300 mg", "theophyllines"),
        ("St. John’s Wort", "inducers"),
        ("hydrocodone/acetaminophen", "depressants"),
        ("Lithium carbonate", "lithium"),
        ("Suboxone", "depressants"),
    ],
)
def test_a_drug_is_found_however_it_is_written(typed, code):
    assert code in found(typed)


def test_a_drug_of_two_classes_gives_both():
    assert set(found("methadone")) == {"depressants", "qt_prolonging"}
    assert set(found("escitalopram")) == {"qt_prolonging", "ssris"}


@pytest.mark.parametrize("name", ["atorvastatin", "xanaxol", "theophyllin", "x"])
def test_a_drug_that_is_not_listed_is_never_called_free_of_interactions(name):
    (finding,) = interactions([name])
    assert finding.code == NOT_IN_LIST
    assert finding.severity is Severity.NOTICE
    assert f"{name} is not in the list" in finding.message
    assert "no interaction" not in finding.message


def test_what_is_worst_comes_first_and_a_name_given_twice_counts_once():
    severities = [
        finding.severity
        for finding in interactions(["lithium", "diazepam", "theophylline", "lithium"])
    ]
    assert severities == [Severity.BLOCK, Severity.OVERRIDE, Severity.NOTICE]


def test_no_drug_gives_no_finding():
    assert interactions([]) == ()


@pytest.mark.parametrize("name", ["", "  ", "---"])
def test_a_blank_name_is_refused(name):
    with pytest.raises(ValueError, match=r"medicines: .* is no name of a drug"):
        classes_of(name)


def test_a_message_says_effect_and_action():
    assert found("Xanax")["benzodiazepines"].message == (
        "Xanax (Benzodiazepines and Z-drugs): may shorten or blunt the effect on mood; more "
        "sedation. The prescriber may hold the night's and the morning's dose; never stop abruptly."
    )


def test_every_brand_stands_for_a_listed_drug_and_every_name_is_written_as_it_is_looked_up():
    assert set(BRANDS.values()) <= set(MEMBERS)
    assert [name for name in (*MEMBERS, *BRANDS) if plain_name(name) != name] == []


def test_every_class_has_its_own_code_a_source_and_an_effect():
    codes = [each.code for each in CLASSES]
    assert len(set(codes)) == len(codes) == 18
    assert {each.reference for each in CLASSES} <= KEYS
    assert all(each.effect and each.action and each.members for each in CLASSES)
    assert set(SEVERITIES) == set(Advice)


@given(st.lists(st.sampled_from([*MEMBERS, *BRANDS, "atorvastatin"]), max_size=8), st.data())
def test_one_drug_more_never_takes_a_finding_away(names, data):
    added = data.draw(st.sampled_from([*MEMBERS, "metformin"]))
    assert set(interactions(names)) <= set(interactions([*names, added]))


@given(st.sampled_from(MEMBERS), st.sampled_from([str.upper, str.title, str.casefold]))
def test_every_member_is_found_in_any_case(name, change):
    assert classes_of(change(name)) == classes_of(name) != ()
