"""`ebbtide score` scores, says what to look at, and refuses in one line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.science_command import ebbtide, is_well_behaved

from ebbtide.cli import pictures
from ebbtide.science.instruments import INSTRUMENTS


def told(*arguments: str) -> dict:
    code, out, err = ebbtide("score", *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_promised_fields_are_there_by_name():
    found = told("phq-9", "2,3,2,2,2,1,1,0,1")
    assert (found["score"], found["band"]) == (14, "moderate")
    assert "safety" in found["flags"]


def test_a_blank_is_an_item_not_answered():
    found = told("phq-9", "2,2,2,2,,2,2,2,0")
    assert (found["score"], found["prorated"]) == (16, True)
    assert told("phq-9", ",,,2,2,2,2,2,2")["score"] is None


def test_the_table_says_what_to_look_at():
    code, out, err = ebbtide("score", "phq-9", "2,3,2,2,2,1,1,0,1")
    assert (code, err) == (0, "")
    for words in ("14 of 0 to 27", "moderate", "item 9"):
        assert words in out


def test_a_negative_answer_is_an_answer_not_an_option():
    assert told("rass", "-2")["score"] == -2
    assert "−2 of −5 to 4" in ebbtide("score", "rass", "-2")[1]


def test_with_semicolons_a_comma_is_a_decimal_comma():
    points = told("news2", "18;96;air;120;80;A;39,5;1")
    assert points == told("news2", "18,96,air,120,80,A,39.5,1")
    assert points["score"] == 2


def test_the_list_names_every_instrument():
    code, out, _ = ebbtide("score", "--list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == list(INSTRUMENTS)
    assert list(told("--list")) == list(INSTRUMENTS)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_each_instrument_says_what_it_takes(name):
    code, out, _ = ebbtide("score", "--list", name)
    assert code == 0
    assert "scoring" in out
    assert len(told("--list", name)["items"]) == len(INSTRUMENTS[name].items)


def test_a_score_is_drawn_on_its_scale(tmp_path):
    pytest.importorskip("vl_convert")
    path = tmp_path / "score.svg"
    assert ebbtide("score", "phq-9", "2,3,2,2,2,1,1,0,1", "--plot", str(path))[0] == 0
    assert "moderately severe" in path.read_text()


def test_what_has_no_score_is_told_with_its_findings_and_not_drawn(tmp_path):
    pytest.importorskip("vl_convert")
    code, out, err = ebbtide("score", "asq", "yes,no,no,no,", "--plot", str(tmp_path / "a.svg"))
    assert (code, len(err.splitlines())) == (2, 1)
    assert "thoughts right now, has no answer" in out
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--list"),
        (["phq-9"], "--list"),
        (["phq-8", "1"], "phq-8"),
        (["phq-9", "2,3"], "item 3 is missing"),
        (["phq-9", "2,3,2,2,2,1,1,0,1,1"], "too many"),
        (["phq-9", "2,3,2,2,2,1,1,0,4"], "item 9: 4"),
        (["phq-9", "-1,3,2,2,2,1,1,0,0"], "item 1: -1"),
        (["phq-9", "1.5,3,2,2,2,1,1,0,0"], "item 1: 1.5"),
        (["phq-9", "nan,3,2,2,2,1,1,0,0"], "item 1: nan"),
        (["peg", "7;6,5;8"], "item 2: 6.5"),
        (["--list", "phq-9", "1"], "--list takes no answers"),
    ],
)
def test_what_cannot_be_scored_is_one_line_that_names_it(arguments, said):
    code, out, err = ebbtide("score", *arguments)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


@settings(deadline=None)
@given(
    st.sampled_from(list(INSTRUMENTS)) | st.text(max_size=8),
    st.lists(
        st.sampled_from(["", "0", "1", "3", "-1", "yes", "9.5", "x", " 2 "]) | st.text(max_size=3),
        max_size=23,
    ).map(",".join),
)
def test_whatever_is_answered_it_scores_or_refuses_in_one_line(name, answers):
    assert is_well_behaved(ebbtide("score", "--", name, answers))


@settings(deadline=None)
@given(st.data())
def test_whatever_an_item_allows_is_scored(data):
    instrument = INSTRUMENTS[data.draw(st.sampled_from(list(INSTRUMENTS)))]
    answers = [
        data.draw(st.sampled_from([option.code for option in item.options] or [str(item.low)]))
        for item in instrument.items
    ]
    code, out, err = ebbtide("score", instrument.id, ",".join(answers))
    assert (code, err) == (0, "")
    assert "band" in out


def test_no_name_of_a_band_leaves_the_picture_or_lies_on_the_next():
    for instrument in INSTRUMENTS.values():
        if instrument.bands is None or instrument.low is None:
            continue
        shown = pictures.Scale(
            title="",
            score=instrument.low,
            least=float(instrument.low),
            most=float(instrument.high),
            bands=[(float(low), name) for low, name in instrument.bands.steps],
        )
        boxes, _, names, _ = (layer["data"]["values"] for layer in pictures.scale(shown)["layer"])
        least, px = boxes[0]["a"], pictures.WIDTH / (boxes[-1]["b"] - boxes[0]["a"])
        assert all(box["a"] < box["b"] for box in boxes), instrument.id
        spans = [(row["y"], (row["m"] - least) * px, len(row["n"]) * 5.5 / 2) for row in names]
        for number, (line, middle, half) in enumerate(spans):
            assert middle - half >= -0.5, instrument.id
            assert middle + half <= pictures.WIDTH + 0.5, instrument.id
            for other, place, wide in spans[number + 1 :]:
                assert other != line or place - wide >= middle + half, instrument.id


def test_a_score_below_0_has_a_real_minus_on_its_picture():
    shown = pictures.Scale(title="RASS", score=-3, least=-5, most=4, bands=[(-5, "a"), (0, "b")])
    assert pictures.scale(shown)["description"] == "RASS: −3"
