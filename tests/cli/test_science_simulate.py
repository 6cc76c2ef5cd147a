"""`ebbtide simulate` keeps its promised arrays, labels them, and refuses in one line."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.science_command import ebbtide, is_well_behaved

from ebbtide.cli import pictures
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.models import Covariates
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.pk.simulate import simulate

SCENARIO = {
    "model": "kamp2020",
    "weight_kg": 70,
    "ke0_half_life_min": 6.1,
    "site": "arterial",
    "events": [
        {"at_min": 0, "rate_mg_per_h": 52.5},
        {"at_min": 40, "rate_mg_per_h": 0},
        {"at_min": 300, "bolus_mg": 5},
    ],
    "times_min": [0, 20, 40, 299.5, 300, 360],
}


def run(scenario: object, *more: str) -> tuple[int, str, str]:
    text = scenario if isinstance(scenario, str) else json.dumps(scenario)
    return ebbtide("simulate", "-", *more, stdin=text.encode("utf-8", "surrogatepass"))


def told(scenario: object, *more: str) -> dict:
    code, out, err = run(scenario, "--json", *more)
    assert (code, err) == (0, "")
    return json.loads(out)


def refused(scenario: object, *said: str) -> None:
    code, out, err = run(scenario)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    for words in said:
        assert words in err


def test_the_promised_arrays_are_those_of_the_science():
    found = told(SCENARIO)
    direct = simulate(
        KAMP2020,
        covariates=Covariates(weight_kg=70),
        history=PumpHistory(segments=(Segment(0, 40, 52.5),), boluses=(Bolus(300, 5),)),
        times_min=SCENARIO["times_min"],
        ke0_half_life_min=6.1,
    )
    assert found["times_min"] == SCENARIO["times_min"]
    assert found["plasma_ng_per_ml"] == direct.plasma_ng_per_ml.tolist()
    assert found["effect_ng_per_ml"] == direct.effect_ng_per_ml.tolist()
    assert found["plasma_ng_per_ml"][2] == pytest.approx(253, abs=0.5)


def test_metabolites_are_given_when_asked_for():
    assert "norketamine_ng_per_ml" not in told(SCENARIO)
    found = told(SCENARIO | {"metabolites": ["norketamine"]})
    assert len(found["norketamine_ng_per_ml"]) == len(SCENARIO["times_min"])
    assert found["norketamine_ng_per_ml"][2] == pytest.approx(75, abs=1)


def test_a_venous_level_says_that_it_is_an_approximation():
    found = told(SCENARIO | {"site": "venous"})
    assert found["site"] == "venous"
    assert any("approximation" in note for note in found["notes"])


def test_the_table_says_site_patient_and_that_it_is_no_instruction():
    code, out, err = run(SCENARIO)
    assert (code, err) == (0, "")
    for words in ("arterial", "typical, 70 kg", "253.05", "never an instruction", "40 mg given"):
        assert words in out
    assert "Highest plasma 253.05 ng/mL, at 40 min" in out


def test_every_gives_a_grid_from_the_first_event_to_the_last_moment():
    found = told(SCENARIO, "--every", "60")
    assert found["times_min"] == [0, 60, 120, 180, 240, 300, 360]


def test_without_moments_a_grid_is_asked_for():
    scenario = {key: value for key, value in SCENARIO.items() if key != "times_min"}
    refused(scenario, "times_min is missing", "--every")
    assert told(scenario, "--every", "0.5")["times_min"][-1] == 540  # 4 h after the last event


def test_a_pump_that_no_event_stops_goes_on_to_the_last_moment_and_says_so():
    scenario = SCENARIO | {"events": SCENARIO["events"][:1], "times_min": [600, 1200]}
    found = told(scenario)
    assert found["plasma_ng_per_ml"][1] > found["plasma_ng_per_ml"][0] > 400
    assert any("still runs" in note for note in found["notes"])


def test_a_covariate_outside_the_model_passes_with_a_reason_that_is_told():
    heavy = SCENARIO | {"weight_kg": 230}
    refused(heavy, "weight_kg", "30 to 200 kg")
    found = told(heavy | {"override": "no other model"})
    assert any("no other model" in note for note in found["notes"])


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_is_drawn_as_its_name_ends(tmp_path, suffix):
    pytest.importorskip("vl_convert")
    path = tmp_path / f"levels.{suffix}"
    assert run(SCENARIO, "--plot", str(path))[0] == 0
    if suffix == "svg":
        svg = ET.fromstring(path.read_text())
        words = " ".join(text for node in svg.iter() for text in [node.text] if text)
        assert "arterial" in words
        assert "effect site" in words
    else:
        assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_says_which_ketamine_its_levels_are_of(tmp_path):
    pytest.importorskip("vl_convert")
    path = tmp_path / "levels.svg"
    for fields, words in (
        ({}, "Ketamine, ng/mL"),
        ({"model": "otto2021", "enantiomer": "S", "site": "venous"}, "S-ketamine, ng/mL"),
    ):
        assert run(SCENARIO | fields, "--plot", str(path))[0] == 0
        texts = [node.text or "" for node in ET.fromstring(path.read_text()).iter()]
        assert any(text.startswith(words) for text in texts)


def test_the_same_scenario_draws_the_same_bytes(tmp_path):
    pytest.importorskip("vl_convert")
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    for path in (first, second):
        run(SCENARIO, "--plot", str(path))
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes()) < 60_000


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("picture.gif", "an .svg or a .png"),
        ("picture", "an .svg or a .png"),
        ("nowhere/picture.svg", "no folder"),
    ],
)
def test_a_picture_that_cannot_be_made_is_refused_before_anything_is_done(tmp_path, name, said):
    code, out, err = run(SCENARIO, "--plot", str(tmp_path / name))
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_without_the_extra_for_pictures_its_name_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, out, err = run(SCENARIO, "--plot", "picture.svg")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "ebbtide[plot]" in err


def changed(**fields: object) -> dict:
    return SCENARIO | fields


def with_event(**fields: object) -> dict:
    return SCENARIO | {"events": [SCENARIO["events"][0] | fields], "times_min": [50]}


def test_nobody_is_told_to_halve_a_dose_for_a_racemic_model():
    code, out, err = run(changed(enantiomer="S"))
    assert (code, out) == (2, "")
    assert "half" not in err


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (changed(model="kamp"), ["model", "'kamp'", "kamp2020"]),
        (changed(weight_kg=7), ["weight_kg", "30 to 200 kg"]),
        (changed(weight_kg=-70), ["weight_kg"]),
        (changed(weight_kg="70 kg"), ["weight_kg"]),
        (changed(weight_kg=True), ["weight_kg"]),
        (changed(weight_kg=None), ["weight_kg"]),
        (changed(weight_lb=154), ["weight_lb"]),
        (changed(ke0_half_life_min=0), ["ke0_half_life_min"]),
        (changed(site="capillary"), ["site", "venous"]),
        (changed(enantiomer="S"), ["kamp2020", "racemic"]),
        (changed(model="otto2021"), ["otto2021", '"enantiomer": "S"', "half of a racemic dose"]),
        (changed(metabolites=["water"]), ["'water'", "norketamine"]),
        (changed(times_min=[-1, 5]), ["times_min.0", "before the first event"]),
        (changed(times_min=[5, 4]), ["times_min.1", "order"]),
        (changed(times_min=[]), ["times_min"]),
        (changed(times_min=["x"]), ["times_min.0"]),
        (changed(times_min=[1e9]), ["times_min", "525600"]),
        (changed(events=[]), ["events"]),
        (changed(events=SCENARIO["events"][::-1]), ["events.1.at_min", "order"]),
        (changed(events=[SCENARIO["events"][0]] * 2), ["events.1", "second rate at 0 min"]),
        (with_event(rate_mg_per_h=-1), ["events.0", "rate_mg_per_h"]),
        (with_event(rate_mg_per_h=1e6), ["events.0", "rate_mg_per_h"]),
        (with_event(bolus_mg=5), ["events.0", "either"]),
        (with_event(rate_mg_per_h=None), ["events.0", "either"]),
        (with_event(at_min=-5), ["events.0", "at_min"]),
        (with_event(at_min=60), ["times_min.0", "before the first event"]),
        (with_event(rate_ml_per_h=5), ["events.0.rate_ml_per_h"]),
        ([], ["set of named values"]),
        ("", ["not JSON"]),
        ("{", ["not JSON", "line 1"]),
        ("nul\0l", ["not JSON"]),
        ('{"model": "kamp2020", "model": "kamp2020"}', ["'model'", "twice"]),
        ('{"weight_kg": NaN}', ["NaN"]),
        ('{"weight_kg": -Infinity}', ["-Infinity"]),
        ('{"weight_kg": 1e400, "model": "kamp2020", "events": []}', ["weight_kg"]),
        ('{"weight_kg": ' + "9" * 5000 + "}", ["4300"]),
        ("[" * 100_000, ["nested"]),
    ],
)
def test_a_scenario_that_cannot_be_used_is_one_line_that_says_why(scenario, said):
    refused(scenario, *said)


def test_too_many_moments_are_refused():
    code, _, err = run(SCENARIO, "--every", "0.00001")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "at most" in err


keys = st.sampled_from([*SCENARIO, "age_years", "metabolites", "override", "colour", "at_min"])
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("arterial")
)
plain = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)


@settings(deadline=None)
@given(st.dictionaries(keys, plain, max_size=4))
def test_whatever_the_scenario_says_it_answers_or_refuses_in_one_line(fields):
    assert is_well_behaved(run(json.dumps(SCENARIO | fields)))


@settings(deadline=None)
@given(
    st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
)
def test_whatever_the_bytes_it_refuses_in_one_line(content):
    told = ebbtide("simulate", "-", stdin=content)
    assert told[0] == 2
    assert is_well_behaved(told)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=6),
    st.lists(st.integers(0, 1000), min_size=1, max_size=6),
)
def test_no_level_is_ever_negative_or_not_a_number(rates, times):
    events = [{"at_min": at, "rate_mg_per_h": rate} for at, rate in sorted(dict(rates).items())]
    first = events[0]["at_min"]
    found = told(SCENARIO | {"events": events, "times_min": sorted(first + at for at in times)})
    levels = np.array([found["plasma_ng_per_ml"], found["effect_ng_per_ml"]])
    assert np.isfinite(levels).all()
    assert (levels >= 0).all()


def test_pushes_close_together_are_named_together():
    history = PumpHistory(boluses=(Bolus(5, 3), Bolus(8, 3.25), Bolus(10, 4), Bolus(1400, 0.5)))
    curves = pictures.Curves(
        title="", times_min=np.array([0.0, 1440.0]), lines={"a": np.zeros(2)}, history=history
    )
    words = pictures.levels(curves)["vconcat"][1]["layer"][2]["data"]["values"]
    assert [row["n"] for row in words] == ["3 pushes, 10.25 mg", "0.5 mg"]
