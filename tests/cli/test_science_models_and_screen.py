"""`ebbtide models` hides no doubt; `ebbtide screen` says every reason at once."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.science_command import ebbtide, is_well_behaved

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.screening.plain_facts import template

FACTS = {
    "age_years": 67,
    "conditions": {"glaucoma": True, "pregnancy": False},
    "medicines": ["lorazepam"],
    "opioids": [{"drug": "oxycodone", "mg_per_day": 40.5}],
}


def screened(facts: object, *more: str) -> tuple[int, str, str]:
    text = facts if isinstance(facts, str) else json.dumps(facts)
    return ebbtide("screen", "-", "--on", "2026-03-31", *more, stdin=text.encode())


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_every_model_is_listed(how):
    code, out, err = ebbtide("models", *how)
    assert (code, err) == (0, "")
    assert all(name in out for name in MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_shown_with_its_site_sources_and_doubts(name):
    code, out, err = ebbtide("models", name)
    assert (code, err) == (0, "")
    flat = " ".join(out.split())
    model = MODELS[name]
    for words in (model.analyte, model.population, *model.doubts):
        assert " ".join(words.split()) in flat.replace(" - ", " ")
    for source in model.sources:
        assert source in out
    shown = json.loads(ebbtide("models", name, "--json")[1])
    assert shown["site"] == model.site
    assert shown["enantiomer"] == model.enantiomer
    assert shown["parameters"]["v1"]["value"] == model.parameters["v1"].value


def test_an_unknown_model_is_one_line_that_lists_them():
    code, out, err = ebbtide("models", "kamp")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "kamp2020" in err


def test_every_reason_is_told_at_once_and_a_block_exits_1():
    code, out, err = screened(FACTS, "--json")
    assert (code, err) == (1, "")
    found = json.loads(out)
    codes = {finding["code"] for finding in found["findings"]}
    assert found["blocked"]
    assert {"screen.glaucoma", "screen.older_age", "mme.reassess"} <= codes
    assert "screen.aneurysm_not_asked" in codes
    assert all(row["source"] and row["tag"] and row["grade"] for row in found["findings"])


def test_the_text_keeps_what_was_found_apart_from_what_was_not_asked():
    _, out, _ = screened(FACTS)
    found, unasked = out.split("Not asked yet, block until it is", 1)
    assert "Glaucoma" in found
    assert "aneurysm" not in found
    assert "aneurysm" in unasked


def test_history_leaves_out_what_is_asked_on_the_day():
    assert "fatty meal" in screened(FACTS)[1]
    assert "fatty meal" not in screened(FACTS, "--history")[1]


def test_the_template_holds_every_question_and_can_be_screened():
    code, out, _ = ebbtide("screen", "--template")
    assert code == 0
    assert json.loads(out) == template()
    assert screened(out)[0] == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"age": 40}, "age"),
        ({"age_years": 400}, "age_years"),
        ({"age_years": "40"}, "age_years"),
        ({"conditions": {"glaucoma": "yes"}}, "conditions.glaucoma"),
        ({"conditions": {"gout": True}}, "conditions.gout"),
        ({"opioids": [{"drug": "oxycodone"}]}, "opioids.0"),
        ({"hcg_on": "31.3.2026"}, "hcg_on"),
        ({"consent_on": "2026-04-01"}, "consent_on"),
        ([], "object"),
        ('{"age_years": 40, "age_years": 41}', "twice"),
        ('{"bmi_kg_per_m2": Infinity}', "Infinity"),
        ('{"bmi_kg_per_m2": 1e999}', "bmi_kg_per_m2"),
    ],
)
def test_facts_that_cannot_be_used_are_one_line_that_names_them(facts, said):
    code, out, err = screened(facts)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize("more", [["--on", "tomorrow"], ["--on", "2026-02-30"]])
def test_a_day_that_is_none_is_one_line(more):
    code, out, err = ebbtide("screen", "-", *more, stdin=b"{}")
    assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_without_facts_the_template_is_pointed_to():
    code, _, err = ebbtide("screen")
    assert code == 2
    assert "--template" in err


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["drug", "glaucoma", "result", "x"]), inner, max_size=3)
    ),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*template(), "colour"]), plain, max_size=4))
def test_whatever_the_facts_it_screens_or_refuses_in_one_line(facts):
    assert is_well_behaved(screened(facts))
