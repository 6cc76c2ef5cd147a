"""Scores agree with scorers written apart from them, and bad answers are named."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science import instruments_oracle as oracle

from ebbtide.science.findings import Severity
from ebbtide.science.instruments import INSTRUMENTS, Provenance, instrument_named, score
from ebbtide.science.instruments.scoring import band_of

NUMBERED = {
    name: instrument
    for name, instrument in INSTRUMENTS.items()
    if name in oracle.SCORERS and name != "paindetect"
}


# Each runs for every instrument; together they are many.
some = settings(max_examples=25)


def answers_to(name, *, blanks):
    """Lists of answers to an instrument whose items all allow the same."""
    items = INSTRUMENTS[name].items
    one = st.sampled_from([int(option.value) for option in items[0].options])
    return st.lists(st.none() | one if blanks else one, min_size=len(items), max_size=len(items))


@pytest.mark.parametrize("name", NUMBERED)
@some
@given(data=st.data())
def test_the_score_is_that_of_a_scorer_written_apart(name, data):
    answers = data.draw(answers_to(name, blanks=True))
    assert score(name, answers).exact == oracle.SCORERS[name](answers)


@given(
    st.lists(st.none() | st.integers(0, 5), min_size=7, max_size=7),
    st.none() | st.integers(-1, 1),
    st.none() | st.sampled_from(["yes", "no"]),
)
def test_paindetect_is_that_of_a_scorer_written_apart(sevenfold, course, radiation):
    answers = [*sevenfold, course, radiation]
    assert score("paindetect", answers).exact == oracle.pain_detect(answers)


SIGNS = {
    "resp": st.integers(5, 40),
    "spo2": st.integers(80, 100),
    "oxygen": st.sampled_from(["air", "oxygen"]),
    "systolic": st.integers(80, 230),
    "pulse": st.integers(35, 140),
    "consciousness": st.sampled_from("ACVPU"),
    "temperature": st.integers(340, 400).map(lambda tenths: Decimal(tenths) / 10),
    "scale": st.sampled_from([1, 2]),
}


@given(st.fixed_dictionaries(SIGNS))
def test_news2_is_that_of_a_scorer_written_apart(signs):
    points = oracle.news2(**signs)
    got = score("news2", signs)
    assert {name: got.subscales[name] for name in points} == points
    assert got.exact == sum(points.values())
    assert ("red_parameter" in got.flags) == (max(points.values()) == 3)


def test_every_value_of_every_sign_has_the_points_of_the_chart():
    normal = dict(zip(SIGNS, (16, 98, "air", 120, 72, "A", Decimal("36.8"), 1), strict=True))
    tried = {
        "resp": range(60),
        "systolic": range(60, 260),
        "pulse": range(25, 200),
        "temperature": [Decimal(tenths) / 10 for tenths in range(300, 430)],
        "consciousness": "ACVPU",
    }
    sets = [normal | {sign: value} for sign, values in tried.items() for value in values]
    sets += [
        normal | {"spo2": spo2, "oxygen": oxygen, "scale": scale}
        for spo2 in range(60, 101)
        for oxygen in ("air", "oxygen")
        for scale in (1, 2)
    ]
    for signs in sets:
        got = score("news2", signs).subscales
        assert {sign: got[sign] for sign in got if sign != "greatest_single"} == oracle.news2(
            **signs
        ), signs


@pytest.mark.parametrize("sign", ["resp", "spo2", "oxygen", "systolic", "pulse", "consciousness"])
def test_a_sign_not_measured_is_never_nought(sign):
    signs = dict(zip(SIGNS, (16, 98, "air", 120, 72, "A", "36.8", 1), strict=True))
    got = score("news2", signs | {sign: None})
    assert got.exact is None
    assert got.band is None
    assert got.subscales[sign] is None
    assert "incomplete" in got.flags
    assert sign in got.findings[-1].message


@pytest.mark.parametrize(
    ("signs", "total", "band"),
    [
        ("25,96,air,120,72,A,36.8", 3, "urgent review"),
        ("25,95,air,120,72,A,36.8", 4, "urgent review"),
        ("25,93,air,120,72,A,36.8", 5, "urgent"),
        ("25,91,air,120,72,A,36.8", 6, "urgent"),
        ("25,91,air,110,72,A,36.8", 7, "emergency"),
        ("21,93,air,120,72,A,36.8", 4, "low"),
    ],
)
def test_one_sign_of_three_points_lifts_a_low_score_and_no_other(signs, total, band):
    got = score("news2", signs)
    assert (got.exact, got.band) == (total, band)


def test_scale_1_is_taken_when_none_is_named():
    assert score("news2", "16,88,air,120,72,A,36.8").exact == 3
    assert score("news2", "16,88,air,120,72,A,36.8,2").exact == 0


def test_nothing_measured_is_no_news2():
    got = score("news2", [None] * 8)
    assert got.exact is None
    assert got.subscales["greatest_single"] is None


def test_news2_says_that_dissociation_is_not_by_itself_confusion():
    got = score("news2", "9,96,air,219,90,C,38.0,1")
    assert [finding.code for finding in got.findings] == ["score.confusion_or_dissociation"]
    assert score("news2", "9,96,air,219,90,V,38.0,1").findings == ()


@given(st.lists(st.sampled_from(["yes", "no"]), min_size=7, max_size=7))
def test_the_columbia_level_is_that_of_a_scorer_written_apart(answers):
    assert score("c-ssrs", answers).band == oracle.columbia(answers)
    assert score("c-ssrs", answers).score is None


@given(answers_to("pcl-5", blanks=False))
def test_provisional_ptsd_is_that_of_a_scorer_written_apart(answers):
    assert ("provisional_ptsd" in score("pcl-5", answers).flags) == oracle.ptsd_provisional(answers)


@given(answers_to("pcl-5", blanks=True))
def test_a_blank_leaves_provisional_ptsd_open_only_where_it_could_decide(answers):
    flags = score("pcl-5", answers).flags
    least = oracle.ptsd_provisional([answer or 0 for answer in answers])
    most = oracle.ptsd_provisional([4 if answer is None else answer for answer in answers])
    assert ("provisional_ptsd" in flags) == least
    assert ("provisional_ptsd_unknown" in flags) == (most and not least)


SUMMED = [name for name in NUMBERED if name not in {"pc-ptsd-5", "rass", "moaas", "pgic", "nrs-11"}]


@pytest.mark.parametrize("name", SUMMED)
@some
@given(data=st.data())
def test_a_worse_answer_never_lowers_the_score(name, data):
    answers = data.draw(answers_to(name, blanks=False))
    place = data.draw(st.integers(0, len(answers) - 1))
    worse = list(answers)
    worse[place] = data.draw(st.integers(answers[place], one_answer_limit(name, place)))
    assert score(name, worse).exact >= score(name, answers).exact


def one_answer_limit(name, place):
    return int(max(option.value for option in INSTRUMENTS[name].items[place].options))


@pytest.mark.parametrize("name", [n for n in SUMMED if n not in {"qids-sr16", "bpi-sf"}])
@some
@given(data=st.data())
def test_the_order_of_answers_does_not_change_a_total(name, data):
    answers = data.draw(answers_to(name, blanks=True))
    assert score(name, data.draw(st.permutations(answers))).exact == score(name, answers).exact


@pytest.mark.parametrize("name", [n for n, i in INSTRUMENTS.items() if i.low is not None])
def test_the_range_stated_is_reached_at_both_ends_and_the_bands_cover_it(name):
    instrument = INSTRUMENTS[name]
    if name != "news2":
        ends = [
            score(name, [end(item) for item in instrument.items]).exact
            for end in (least_answer, greatest_answer)
        ]
        assert ends == [instrument.low, instrument.high]
    if instrument.bands:
        starts = [least for least, _ in instrument.bands.steps]
        assert starts == sorted(set(starts))
        assert starts[0] == instrument.low
        assert starts[-1] <= instrument.high


def least_answer(item):
    return min((option.value for option in item.options), default=item.low)


def greatest_answer(item):
    return max((option.value for option in item.options), default=item.high)


def test_the_range_of_news2_is_reached_at_both_ends():
    assert score("news2", "16,98,air,120,72,A,36.8").exact == INSTRUMENTS["news2"].low
    assert score("news2", "25,91,oxygen,220,131,U,35.0").exact == INSTRUMENTS["news2"].high


def test_a_blank_gate_is_named_and_a_blank_screen_rules_nothing_out():
    (gate,) = score("pc-ptsd-5", [None, "yes", "no", "no", "no", "no"]).findings
    assert (gate.field, gate.message) == (
        "gate",
        "PC-PTSD-5: the gate question was not answered, no score. Ask it.",
    )
    (blank,) = score("c-ssrs", [None] * 6).findings
    assert blank.message.endswith("not answered. Ask it; no risk is ruled out.")


# What may be asked of the answers


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("phq-9", [0] * 8, "phq-9 takes 9 answers, 8 were given: item 9 is missing"),
        ("phq-9", [0] * 10, "phq-9 takes 9 answers, 10 were given: 0 answers no item"),
        ("phq-9", [0] * 9 + [None], "10 were given: a blank answers no item"),
        ("phq-9", [], "item 1 is missing"),
        (
            "phq-9",
            [0, 0, 4, 0, 0, 0, 0, 0, 0],
            "phq-9 item 3: 4 is not allowed; it takes 0, 1, 2, 3",
        ),
        ("phq-9", [0, 0, -1, 0, 0, 0, 0, 0, 0], "item 3: -1 is not allowed"),
        ("phq-9", [0, 0, 1.5, 0, 0, 0, 0, 0, 0], "item 3: 1.5 is not allowed"),
        ("phq-9", [0, 0, float("nan"), 0, 0, 0, 0, 0, 0], "item 3: nan is not allowed"),
        ("phq-9", [0, 0, "inf", 0, 0, 0, 0, 0, 0], "item 3: inf is not allowed"),
        ("phq-9", [0, 0, "1_0", 0, 0, 0, 0, 0, 0], "item 3: 1_0 is not allowed"),
        ("phq-9", [0, 0, "often", 0, 0, 0, 0, 0, 0], "item 3: often is not allowed"),
        ("phq-9", [0, 0, Decimal("NaN"), 0, 0, 0, 0, 0, 0], "item 3: NaN is not allowed"),
        ("phq-9", [0, 0, True, 0, 0, 0, 0, 0, 0], "item 3: True is not allowed"),
        ("phq-9", [0, 0, [1], 0, 0, 0, 0, 0, 0], r"item 3: \[1\] is not allowed"),
        ("phq-9", {"1": 0}, "phq-9 item 2 is missing; give a blank or one of 0, 1, 2, 3"),
        ("phq-9", {str(n): 0 for n in range(1, 11)}, "phq-9 has no item 10; its items are 1, 2"),
        ("phq-9", {1: 0, "1": 3}, "phq-9 item 1 is repeated: 0, then 3"),
        ("rass", [5], "rass item 1: 5 is not allowed; it takes -5, -4"),
        (
            "asq",
            ["maybe", "no", "no", "no"],
            "asq item 1: maybe is not allowed; it takes yes, no, ref",
        ),
        ("asq", ["no"] * 3, "asq takes 4 to 5 answers, 3 were given"),
        ("paindetect", [0] * 7 + [2, "no"], "paindetect item course: 2 is not allowed"),
        (
            "news2",
            "16,98,air,120,72,3,36.8",
            "news2 item consciousness: 3 is not allowed; .* A, C, V",
        ),
        ("news2", "16,98,2,120,72,A,36.8", "item oxygen: 2 is not allowed; it takes air, oxygen"),
        (
            "news2",
            "16,98,air,120,72,A,98.6",
            "news2 item temperature: 98.6 is not allowed; it takes",
        ),
        ("news2", "16,98,air,120,72,A,36.85", "temperature: 36.85 is not .* in steps of 0.1"),
        ("news2", "16,98.5,air,120,72,A,36.8", "news2 item spo2: 98.5 is not allowed"),
        (
            "evening-diary",
            "5,3,1,25,5,8",
            "item hours: 25 is not allowed; it takes 0 to 24 in steps",
        ),
        ("nosuch", [0], "instrument nosuch is not known; those known are asq, audit-c, bpi-sf"),
    ],
)
def test_a_wrong_answer_is_named_with_what_is_allowed(name, answers, words):
    with pytest.raises(ValueError, match=words):
        score(name, answers)


@pytest.mark.parametrize("one", [1, 1.0, "1", " 1 ", "+1", "1.0", Decimal("1.0")])
def test_a_number_may_be_written_in_any_plain_way(one):
    assert score("rass", [one]).exact == 1


def test_a_real_minus_sign_is_read():
    assert score("rass", "−2").band == "light sedation"


@pytest.mark.parametrize("blank", [None, "", "  ", "-"])
def test_a_blank_is_not_nought(blank):
    assert score("peg", [1, blank, 1]).score is None


@pytest.mark.parametrize("yes", ["Yes", "y", 1, True, "1"])
def test_yes_may_be_written_in_any_plain_way(yes):
    assert score("asq", [yes, False, "N", 0, "no"]).band == "non-acute positive"


@pytest.mark.parametrize("name", ["PHQ-9", "phq9", "Phq 9", "PHQ_9"])
def test_the_name_is_read_whatever_its_case(name):
    assert instrument_named(name).id == "phq-9"


@pytest.mark.parametrize(
    ("name", "known_as"),
    [("qids", "qids-sr16"), ("BPI", "bpi-sf"), ("cssrs", "c-ssrs"), ("NRS", "nrs-11")],
)
def test_the_usual_short_names_are_known(name, known_as):
    assert instrument_named(name).id == known_as


# Blanks and safety


def test_a_prorated_sum_says_so():
    got = score("phq-9", "2,2,2,2,,2,2,2,0")
    assert got.is_prorated
    assert [finding.code for finding in got.findings] == ["score.prorated"]
    assert (
        got.findings[0].message == "PHQ-9: item 5 not answered, the score is made from the others."
    )
    assert not score("phq-9", [0] * 9).is_prorated


def test_a_score_that_cannot_be_made_says_which_items_are_blank():
    got = score("peg", [None, 4, None])
    assert got.findings[0].code == "score.incomplete"
    assert got.findings[0].field == "1, 3"


def test_suicide_is_never_imputed():
    got = score("phq-9", [3] * 8 + [None])
    assert got.exact == 27
    assert [f.code for f in got.findings] == ["score.prorated", "score.safety_unknown"]
    assert got.findings[1].severity is Severity.OVERRIDE


@pytest.mark.parametrize(("name", "item"), [("phq-9", 9), ("qids-sr16", 12), ("madrs", 10)])
def test_thoughts_of_suicide_are_flagged_whatever_the_sum(name, item):
    answers = [0] * len(INSTRUMENTS[name].items)
    assert score(name, answers).flags == ()
    answers[item - 1] = 1
    got = score(name, answers)
    assert "safety" in got.flags
    assert got.findings[0].field == str(item)
    assert got.findings[0].severity is Severity.OVERRIDE


@pytest.mark.parametrize(
    ("answers", "band", "flags"),
    [
        ("n,,n,n", None, ("safety_unknown",)),
        ("n,,y,n", "positive", ("safety",)),
        ("n,n,n,n,y", "acute positive", ("safety",)),
        (",,,,y", "acute positive", ("safety",)),
        ("y,n,n,n,refused", "positive", ("safety",)),
        ("n,n,n,n,n", "negative", ()),
    ],
)
def test_a_blank_in_the_asq_is_never_a_no(answers, band, flags):
    got = score("asq", answers)
    assert (got.band, got.flags) == (band, flags)
    assert bool(got.findings) == bool(flags)


@pytest.mark.parametrize(
    ("answers", "band", "flags"),
    [
        ("n,n,n,n,n,y", "high", ("safety", "safety_unknown")),
        ("n,n,,,,,", None, ("safety_unknown",)),
        ("y,y,,n,n,n", None, ("safety", "safety_unknown")),
        ("n,y,,y,,n", "high", ("safety", "safety_unknown")),
        ("n,n,n,n,n,n,y", "high", ("safety",)),
        ("n,n,,,,n", "none", ()),
    ],
)
def test_a_blank_in_the_columbia_screener_is_never_a_no(answers, band, flags):
    got = score("c-ssrs", answers)
    assert (got.band, got.flags) == (band, flags)


def bssa(**answers):
    given = {item.link_id: "no" for item in INSTRUMENTS["bssa"].items}
    given |= {"intent-scale": 0, "disposition": "no-intervention"}
    return score("bssa", given | {key.replace("_", "-"): value for key, value in answers.items()})


def test_the_safety_assessment_gives_the_disposition_chosen():
    assert bssa().band == "no-intervention"
    assert bssa().flags == ()


@pytest.mark.parametrize("item", ["current_ideation", "has_plan", "needs_help_to_be_safe"])
def test_thoughts_a_plan_or_need_of_help_are_flagged_whatever_the_disposition(item):
    assert bssa(**{item: "yes"}).flags == ("safety",)
    assert bssa(**{item: None}).flags == ("safety_unknown",)


def test_an_emergency_is_flagged_and_a_disposition_not_chosen_is_asked_for():
    assert bssa(disposition="emergency-psychiatric-evaluation").flags == ("safety",)
    assert bssa(disposition=None).band is None
    assert bssa(disposition=None).flags == ("safety_unknown",)


@pytest.mark.parametrize("answers", [[0], ["no"], [0, None], "no,0,0,0,0,0"])
def test_no_event_at_the_gate_is_a_score_of_nought(answers):
    assert score("pc-ptsd-5", answers).exact == 0
    assert score("pc-ptsd-5", answers).findings == ()


def test_a_gate_left_blank_gives_no_score():
    got = score("pc-ptsd-5", [None, 1, 1, 1, 1, 1])
    assert (got.exact, got.band, got.flags) == (None, None, ("incomplete",))


def test_a_no_at_the_gate_against_later_answers_is_pointed_out():
    got = score("pc-ptsd-5", [0, 1, 1, 1, 1, 1])
    assert got.exact == 0
    assert [finding.code for finding in got.findings] == ["score.gate_contradicted"]


@pytest.mark.parametrize(
    ("answers", "pairs"),
    [
        ("5,3,1,4,6,8", 0),
        ("5,6,1,4,6,8", 1),
        ("5,6,7,4,6,8", 2),
        (",6,7,4,6,8", 1),
        ("5,5,5,4.5,6,8", 0),
    ],
)
def test_a_diary_out_of_order_is_pointed_out(answers, pairs):
    found = score("evening-diary", answers).findings
    assert [f.code for f in found].count("score.out_of_order") == pairs


def test_the_average_is_the_pain_score_and_the_others_stand_beside_it():
    got = score("phantom-pain-nrs", [2, 4, 8])
    assert got.exact == 4
    assert got.subscales == {"now": 2, "average": 4, "worst": 8}


# What is written out


def test_a_score_is_written_as_plain_numbers():
    got = score("peg", [5, 4, 4]).as_json()
    assert got["score"] == pytest.approx(13 / 3)
    assert score("phq-9", [1] * 9).as_json()["score"] == 9
    assert isinstance(score("phq-9", [1] * 9).as_json()["score"], int)
    assert score("phq-9", [None] * 9).as_json()["score"] is None
    assert score("phq-9", [1] * 9).as_json()["findings"][0]["severity"] == "override"


def test_a_score_is_a_decimal_number_of_28_digits_at_most():
    assert score("peg", [5, 4, 4]).score == Decimal("4.333333333333333333333333333")
    assert score("nrs-week", [5, 4, 5, 4, None, None, None]).score == Decimal("4.5")
    assert score("peg", [5, 4, 4]).exact == Fraction(13, 3)


def test_every_rule_says_where_it_is_from_and_what_was_only_recalled():
    for instrument in INSTRUMENTS.values():
        rules = (
            instrument.scoring,
            instrument.missing,
            *([instrument.bands] if instrument.bands else []),
            *instrument.cutoffs,
            *instrument.thresholds,
        )
        assert all(rule.source for rule in rules), instrument.id
        assert all(isinstance(rule.provenance, Provenance) for rule in rules), instrument.id
    assert INSTRUMENTS["phq-9"].missing.provenance is Provenance.RECALLED


def test_arrays_of_numpy_are_answers_too():
    assert score("phq-9", np.array([2, 3, 2, 2, 2, 1, 1, 0, 1])).exact == 14
    assert score("phq-9", np.array([2.0, 3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 0.0, 1.0])).exact == 14
    with pytest.raises(ValueError, match="item 1: nan is not allowed"):
        score("peg", np.array([np.nan, 1, 2]))


@pytest.mark.parametrize("huge", ["1E+999999999", "1E-999999999", "sNaN", "-Infinity"])
def test_a_monstrous_number_is_refused_at_once(huge):
    with pytest.raises(ValueError, match=r"item 1: .* is not allowed"):
        score("peg", [Decimal(huge), 1, 2])


def test_saturation_on_scale_2_waits_for_the_oxygen():
    signs = "16,93,,120,72,A,36.8"
    assert score("news2", f"{signs},1").subscales["spo2"] == 2
    assert score("news2", f"{signs},2").subscales["spo2"] is None


LIMITS = json.loads((Path(__file__).parents[1] / "data/instruments/limits.json").read_text())


@pytest.mark.parametrize("name", LIMITS["bands"])
def test_bands_change_where_the_table_says(name):
    expected = {
        value: band for low, high, band in LIMITS["bands"][name] for value in range(low, high + 1)
    }
    instrument = INSTRUMENTS[name]
    got = {
        value: band_of(instrument, Fraction(value))
        for value in range(instrument.low, instrument.high + 1)
    }
    assert got == expected


def test_every_instrument_with_bands_is_in_the_table():
    assert {name for name, one in INSTRUMENTS.items() if one.bands} == set(LIMITS["bands"])


def test_cut_offs_are_those_of_the_table():
    got = {
        f"{name} {cutoff.flag}": [
            None if limit is None else str(limit) for limit in (cutoff.at_least, cutoff.at_most)
        ]
        for name, one in INSTRUMENTS.items()
        for cutoff in one.cutoffs
    }
    assert got == LIMITS["cutoffs"]


def test_thresholds_of_change_are_those_of_the_table():
    got = {
        f"{name} {each.name}": [each.measure.value, str(each.amount), each.provenance.value]
        for name, one in INSTRUMENTS.items()
        for each in one.thresholds
    }
    assert got == LIMITS["thresholds"]


def test_loinc_codes_are_those_of_the_table():
    got = {
        name: [one.loinc_panel, one.loinc_score, [item.loinc for item in one.items if item.loinc]]
        for name, one in INSTRUMENTS.items()
        if one.loinc_panel or one.loinc_score or any(item.loinc for item in one.items)
    }
    assert got == LIMITS["loinc"]


def test_rights_are_those_of_the_table():
    assert {name: one.rights.value for name, one in INSTRUMENTS.items()} == LIMITS["rights"]
