"""The ledger of the bag, held to a sum made second by second with fractions."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.science.visit_log import NINE, at

from ebbtide.science.visit.infusion import GivenBolus, Infusion, PumpStep, Run

BAG_ML, BAG_MG = 100, 35
RATES = st.sampled_from([0, 0, 10, 100, 150, 300, 600, 999])
END_S = 3600
# A run ends on a whole microsecond, up to 0.3 nL short of the bag's end each time.
NEAR = 1e-5


def bag(steps: dict[int, int], boluses: dict[int, int] | None = None) -> Infusion:
    """A bag of 35 mg in 100 mL; steps in mL/h and boluses in mg by the minute."""
    return Infusion(
        volume_ml=Decimal(BAG_ML),
        mg_per_ml=Decimal(BAG_MG) / BAG_ML,
        steps=tuple(PumpStep(at(minute), Decimal(rate)) for minute, rate in steps.items()),
        boluses=tuple(
            GivenBolus(at(minute), Decimal(mg)) for minute, mg in (boluses or {}).items()
        ),
    )


def by_the_second(
    steps: list[tuple[int, int]], boluses: list[tuple[int, int]], until_s: int
) -> tuple[Fraction, Fraction]:
    """Volume run in and dose pushed, mL and mg, one second after the other."""
    left_ml, rate, pumped_ml, pushed_mg = Fraction(BAG_ML), 0, Fraction(0), Fraction(0)
    mg_per_ml = Fraction(BAG_MG, BAG_ML)
    for second in range(until_s + 1):
        for when, mg in boluses:
            if when == second:
                push_mg = min(Fraction(mg), left_ml * mg_per_ml)
                pushed_mg += push_mg
                left_ml -= push_mg / mg_per_ml
        rate = next((r for when, r in reversed(steps) if when == second), rate)
        if second < until_s:
            run_ml = min(Fraction(rate, 3600), left_ml)
            pumped_ml += run_ml
            left_ml -= run_ml
    return pumped_ml, pushed_mg


def moments(values: st.SearchStrategy[int]) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Values at seconds of the hour, in order of time."""
    return st.lists(st.tuples(st.integers(0, END_S), values), max_size=8).map(sorted)


def after(seconds: int) -> datetime:
    return NINE + timedelta(seconds=seconds)


@given(moments(RATES), moments(st.integers(1, 20)), st.integers(0, END_S))
@example([(0, 999)], [(361, 5)], END_S)
@example([(0, 600)], [(600, 5)], END_S)
def test_the_ledger_is_the_sum_of_every_second(
    steps: list[tuple[int, int]], boluses: list[tuple[int, int]], until_s: int
) -> None:
    infusion = Infusion(
        volume_ml=Decimal(BAG_ML),
        mg_per_ml=Decimal(BAG_MG) / BAG_ML,
        steps=tuple(PumpStep(after(when), Decimal(rate)) for when, rate in steps),
        boluses=tuple(GivenBolus(after(when), Decimal(mg)) for when, mg in boluses),
    )
    pumped_ml, pushed_mg = by_the_second(steps, boluses, until_s)
    until = after(until_s)
    expected_ml = float(pumped_ml + pushed_mg * BAG_ML / BAG_MG)
    assert float(infusion.given_ml(until)) == pytest.approx(expected_ml, abs=NEAR)
    ran_ml = sum(run.volume_ml for run in infusion.runs(until))
    assert float(ran_ml) == pytest.approx(float(pumped_ml), abs=NEAR)
    assert infusion.given_ml(until) + infusion.left_ml(until) == infusion.volume_ml
    assert infusion.given_mg(until) == infusion.given_ml(until) * infusion.mg_per_ml
    history = infusion.history(until)
    level_mg = sum((s.end_min - s.start_min) * s.rate_mg_per_h / 60 for s in history.segments)
    level_mg += sum(bolus.dose_mg for bolus in history.boluses)
    told_mg = float(infusion.given_mg(until)) if steps else 0.0
    assert level_mg == pytest.approx(told_mg, abs=NEAR)


@given(moments(RATES), moments(st.integers(1, 20)))
def test_the_bag_is_empty_when_it_was_said_to_be(
    steps: list[tuple[int, int]], boluses: list[tuple[int, int]]
) -> None:
    infusion = Infusion(
        volume_ml=Decimal(BAG_ML),
        mg_per_ml=Decimal(BAG_MG) / BAG_ML,
        steps=tuple(PumpStep(after(when), Decimal(rate)) for when, rate in steps),
        boluses=tuple(GivenBolus(after(when), Decimal(mg)) for when, mg in boluses),
    )
    ends = infusion.empties_at(after(END_S))
    if ends is None:
        assert infusion.rate_ml_per_h(after(END_S)) == 0
        return
    assert ends >= after(END_S)
    assert float(infusion.left_ml(ends)) == pytest.approx(0, abs=NEAR)
    assert infusion.rate_ml_per_h(ends + timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("minute", "given_mg", "left_ml"),
    [(0, "0", "100"), (10, "7", "80"), (12, "11.4", "67.42857"), (60, "35", "0")],
)
def test_a_bolus_leaves_less_to_run(minute: int, given_mg: str, left_ml: str) -> None:
    infusion = bag({0: 120}, {11: 3})
    assert float(infusion.given_mg(at(minute))) == pytest.approx(float(given_mg), abs=NEAR)
    assert float(infusion.left_ml(at(minute))) == pytest.approx(float(left_ml), abs=NEAR)


def test_a_bolus_gives_no_more_than_the_bag_holds() -> None:
    infusion = bag({0: 120}, {40: 10})
    assert infusion.given_mg(at(39)) == Decimal("27.30")
    assert infusion.given_mg(at(40)) == 35
    assert [bolus.dose_mg for bolus in infusion.history(at(50)).boluses] == [pytest.approx(7)]
    assert infusion.rate_ml_per_h(at(40)) == 0


def test_runs_are_split_where_a_bolus_is_given() -> None:
    infusion = bag({0: 120, 30: 60}, {10: 3})
    assert infusion.runs(at(40)) == (
        Run(at(0), at(10), Decimal(120)),
        Run(at(10), at(30), Decimal(120)),
        Run(at(30), at(40), Decimal(60)),
    )


def test_nothing_runs_while_held_or_after_the_stop() -> None:
    infusion = bag({0: 120, 10: 0, 20: 120, 25: 0})
    assert infusion.runs(at(90)) == (
        Run(at(0), at(10), Decimal(120)),
        Run(at(20), at(25), Decimal(120)),
    )
    assert infusion.given_ml(at(25)) == infusion.given_ml(at(90)) == 30


@pytest.mark.parametrize(
    ("minute", "ends"), [(-1, None), (0, 50), (9, 50), (10, None), (19, None), (20, 60), (61, None)]
)
def test_the_bags_end_is_told_only_while_it_runs(minute: int, ends: int | None) -> None:
    infusion = bag({0: 120, 10: 0, 20: 120})
    assert infusion.empties_at(at(minute)) == (None if ends is None else at(ends))


def test_a_change_still_to_come_does_not_count_yet() -> None:
    infusion = bag({0: 120, 30: 60}, {40: 5})
    assert infusion.rate_ml_per_h(at(29)) == 120
    assert infusion.rate_ml_per_h(at(30)) == 60
    assert infusion.given_ml(at(20)) == 40


def test_a_bag_that_was_never_started_gives_nothing() -> None:
    infusion = bag({})
    assert infusion.started_at is None
    assert infusion.given_mg(at(60)) == 0
    assert infusion.rate_ml_per_h(at(60)) == 0
    assert infusion.runs(at(60)) == ()
    assert infusion.history(at(60)).segments == ()
