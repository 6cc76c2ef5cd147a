"""`ebbtide population` gives the same figures for the same seed, and refuses in one line."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.science_command import ebbtide, is_well_behaved

SCENARIO = {
    "model": "kamp2020",
    "weight_kg": 70,
    "events": [{"at_min": 0, "rate_mg_per_h": 52.5}, {"at_min": 40, "rate_mg_per_h": 0}],
    "times_min": [0, 40, 80.5, 120],
}


def run(scenario: dict, *more: str) -> tuple[int, str, str]:
    return ebbtide("population", "-", *more, stdin=json.dumps(scenario).encode())


def told(scenario: dict, *more: str) -> dict:
    code, out, err = run(scenario, "--json", *more)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_same_seed_gives_the_same_figures_whatever_the_workers():
    one = told(SCENARIO, "--patients", "600", "--seed", "3", "--workers", "1")
    assert one == told(SCENARIO, "--patients", "600", "--seed", "3", "--workers", "3")
    assert one != told(SCENARIO, "--patients", "600", "--seed", "4")


def test_the_median_patient_is_near_the_typical_one():
    found = told(SCENARIO, "--patients", "1000")
    at_40 = found["times_min"].index(40)
    band = np.array(found["plasma_band_ng_per_ml"])
    assert band[2, at_40] == pytest.approx(253, rel=0.03)
    assert (np.diff(band, axis=0) >= 0).all()
    assert len(found["plasma"]["cmax_ng_per_ml"]) == 1000


def test_adults_weigh_what_they_weigh_and_are_given_in_proportion():
    found = told(SCENARIO, "--who", "adults", "--patients", "300")
    weight = np.array(found["weight_kg"])
    assert len(set(found["weight_kg"])) == 300
    # Clearance grows more slowly than weight: with the same per kg the heavy have more.
    area = np.array(found["plasma"]["auc_inf_ng_h_per_ml"])
    assert np.corrcoef(np.log(weight), np.log(area))[0, 1] > 0.1
    assert set(told(SCENARIO, "--patients", "3")["weight_kg"]) == {70}


def test_the_table_has_the_scenarios_own_moments():
    code, out, err = run(SCENARIO, "--patients", "50", "--above", "100,200")
    assert (code, err) == (0, "")
    rows = out.split("Levels, ng/mL")[1].split("\n\n")[0].splitlines()[2:]
    assert [row.split()[0] for row in rows] == ["0", "40", "120"]  # 80.5 is not on the grid
    assert "plasma above 100 ng/mL, min" in out
    found = told(SCENARIO, "--patients", "50")
    at_40 = found["times_min"].index(40)
    bands = (*found["plasma_band_ng_per_ml"][::2], *found["effect_band_ng_per_ml"][::2])
    assert rows[1].split()[1:] == [f"{band[at_40]:.1f}" for band in bands]
    assert "never an instruction" in out


def test_the_spread_is_said_to_be_borrowed():
    assert any("orrowed" in note for note in told(SCENARIO, "--patients", "10")["notes"])


def test_a_long_run_says_how_far_it_is_and_a_short_one_nothing():
    code, _, err = run(SCENARIO, "--patients", "5000")
    assert code == 0
    assert err.splitlines()[-1].endswith("5,000 of 5,000 patients")
    assert len(err.splitlines()) <= 11
    assert run(SCENARIO, "--patients", "4999")[2] == ""


def test_a_band_is_drawn(tmp_path):
    pytest.importorskip("vl_convert")
    path = tmp_path / "band.svg"
    assert run(SCENARIO, "--patients", "50", "--plot", str(path))[0] == 0
    assert "50 patients" in path.read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--patients", "0"], "--patients"),
        (["--patients", "1e3"], "--patients"),
        (["--patients", "2000000"], "1,000,000"),
        (["--seed", "-1"], "--seed"),
        (["--workers", "0"], "--workers"),
        (["--who", "children"], "--who"),
        (["--above", "100,x"], "--above"),
        (["--above", "100,,200"], "--above"),
        (["--every", "0.333"], "--every"),
        (["--every", "0"], "--every"),
        (["--dask", "127.0.0.1:1"], "127.0.0.1:1"),
    ],
)
def test_options_that_cannot_be_used_are_one_line(more, said, monkeypatch):
    if "--dask" in more:
        pytest.importorskip("distributed")
        monkeypatch.setattr("distributed.Client", unreachable)
    code, out, err = run(SCENARIO, *more)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def unreachable(address: str, **how: object) -> None:
    raise OSError(f"Timed out trying to connect\nto {address}")


def test_without_the_extra_for_clusters_its_name_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    code, out, err = run(SCENARIO, "--dask", "127.0.0.1:1")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "ebbtide[cluster]" in err


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"site": "venous"}, "site must be arterial"),
        ({"metabolites": ["norketamine"]}, "metabolites"),
        ({"weight_kg": 300}, "30 to 200 kg"),
        ({"times_min": [30_000]}, "20,160"),
        ({"enantiomer": "S"}, "racemic"),
    ],
)
def test_a_scenario_for_one_patient_alone_is_one_line(fields, said):
    code, out, err = run(SCENARIO | fields)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_a_number_too_long_is_refused_for_its_length():
    _, _, err = run(SCENARIO, "--patients", "1000000000")
    assert "9 digits at most" in err


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["--patients", "--seed", "--workers", "--above", "--every", "--who", "--x"]),
    st.integers(-2, 40).map(str) | st.text(max_size=5),
)
def test_whatever_is_asked_it_answers_or_refuses_in_one_line(option, value):
    few = [] if option == "--patients" else ["--patients", "2"]
    assert is_well_behaved(run(SCENARIO, *few, option, value))
