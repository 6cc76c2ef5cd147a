"""`ebbtide dose` keeps its promised figures, says every reason, and refuses in one line."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.science_command import ebbtide, is_well_behaved

ORDER = {
    "--weight-kg": "70",
    "--mg-per-kg": "0.5",
    "--stock-mg-per-ml": "50",
    "--vial-ml": "10",
    "--bag-ml": "100",
    "--bag-policy": "replace",
    "--minutes": "40",
}


def words(*more: str, **changed: str) -> list[str]:
    order = ORDER | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    return ["dose", *(word for pair in order.items() for word in pair), *more]


def told(*more: str, **changed: str) -> dict:
    code, out, err = ebbtide(*words("--json", *more, **changed))
    assert err == ""
    assert code in (0, 1)
    return json.loads(out)


def test_the_promised_figures_are_there_by_name():
    sheet = told()
    assert {
        name: sheet[name]
        for name in (
            *("dose_mg", "draw_ml", "final_mg_per_ml", "rate_ml_per_h", "mg_per_min"),
            *("vial_remainder_mg", "findings"),
        )
    } == {
        "dose_mg": 35,
        "draw_ml": 0.7,
        "final_mg_per_ml": 0.35,
        "rate_ml_per_h": 150,
        "mg_per_min": 0.875,
        "vial_remainder_mg": 465,
        "findings": [],
    }


def test_without_exact_the_figures_are_what_pump_and_syringe_can_do():
    sheet = told(bag_policy="add")
    assert sheet["rate_ml_per_h"] == 151
    assert sheet["rate_deviation_percent"] == pytest.approx(-0.0331, abs=1e-4)
    sheet = told(weight_kg="68", mg_per_kg="0.75", minutes="45")
    assert (sheet["draw_ml"], sheet["dose_mg"]) == (1, 50)
    assert sheet["deviation_percent"] == pytest.approx(-1.9608, abs=1e-4)


def test_with_exact_nothing_is_rounded():
    sheet = told("--exact", bag_policy="add")
    assert sheet["rate_ml_per_h"] == 151.05
    assert sheet["final_mg_per_ml"] == pytest.approx(35 / 100.7, rel=1e-15)
    assert (sheet["deviation_percent"], sheet["rate_deviation_percent"]) == (0, 0)


def test_every_finding_is_told_at_once_and_a_blocked_dose_exits_1():
    code, out, err = ebbtide(*words("--json", mg_per_kg="5", stock_mg_per_ml="55"))
    assert (code, err) == (1, "")
    codes = {finding["code"] for finding in json.loads(out)["findings"]}
    assert {"dose.too_high", "stock.unknown_concentration"} <= codes


def test_the_table_holds_each_figure_with_its_unit():
    code, out, err = ebbtide(*words())
    assert (code, err) == (0, "")
    for figure in ("35  mg ", "0.7  mL ", "0.35  mg/mL", "150  mL/h", "0.875  mg/min", "465  mg"):
        assert figure in out
    assert "No findings." in out


def test_findings_stand_in_the_table_gravest_first():
    _, out, _ = ebbtide(*words(mg_per_kg="1.2", stock_mg_per_ml="55"))
    severities = [line.split()[0] for line in out.splitlines() if line.startswith(("blo", "over"))]
    assert severities == sorted(severities)
    assert "block" in severities


def test_the_pump_of_the_room_counts():
    sheet = told("--pump-step-ml-per-h", "1", "--pump-max-ml-per-h", "120", bag_policy="add")
    assert sheet["rate_ml_per_h"] == 151
    assert [finding["code"] for finding in sheet["findings"]] == ["rate.beyond_pump"]


def test_missing_limbs_change_the_ideal_weight_only():
    body = ("--height-cm", "175", "--sex", "male", "--missing", "lower-leg-and-foot")
    assert told(*body, weight_kg="75")["dose_mg"] == 38  # 37.5 mg, half up
    ideal = told(*body, "--exact", "--weight-policy", "ideal", weight_kg="75")
    assert ideal["weight_used_kg"] == pytest.approx(66.31, abs=0.01)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("weight_kg", "70kg"),
        ("weight_kg", "70,5"),
        ("weight_kg", "-70"),
        ("weight_kg", "0"),
        ("weight_kg", "nan"),
        ("weight_kg", "inf"),
        ("weight_kg", ""),
        ("weight_kg", "1_000"),
        ("weight_kg", "٧٠"),
        ("mg_per_kg", "1" * 200),
        ("minutes", "40 min"),
        ("bag_ml", "-1"),
        ("bag_policy", "swap"),
    ],
)
def test_a_figure_that_cannot_be_used_is_one_line_that_names_it(option, value):
    code, out, err = ebbtide(*words(**{option: value}))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert f"--{option.replace('_', '-')}" in err


def test_a_figure_that_is_left_out_is_named():
    code, _, err = ebbtide("dose", "--weight-kg", "70")
    assert (code, len(err.splitlines())) == (2, 1)
    assert "--mg-per-kg" in err


def test_a_second_weight_is_refused_not_taken():
    code, out, err = ebbtide(*words("--weight-kg", "80"))
    assert (code, out) == (2, "")
    assert err == "ebbtide dose: argument --weight-kg is there twice\n"


def test_an_option_cut_short_is_not_guessed():
    assert ebbtide(*words("--exac"))[0] == 2


typed = st.one_of(
    st.text(max_size=12),
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals(Decimal("0.01"), Decimal(1000), places=2).map(str),
)


@given(st.fixed_dictionaries(dict.fromkeys(ORDER, typed)), st.sampled_from(["", "--json"]))
def test_whatever_is_typed_it_answers_or_refuses_in_one_line(order, how):
    arguments = ["dose", *(word for pair in order.items() for word in pair), how]
    assert is_well_behaved(ebbtide(*filter(None, arguments)))


@given(
    st.fixed_dictionaries(
        {
            name: st.decimals(Decimal("0.0001"), Decimal(100_000), places=4).map(str)
            for name in ORDER
            if name != "--bag-policy"
        }
    )
)
def test_whatever_figure_is_typed_it_answers_or_refuses_in_one_line(order):
    arguments = ["dose", *(word for pair in order.items() for word in pair)]
    assert is_well_behaved(ebbtide(*arguments))
