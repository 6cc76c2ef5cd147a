"""Ways to go wrong that others have gone, and the test that holds each shut."""

import ast
from dataclasses import dataclass

from .markdown import NOTICE, ROOT, table

TESTS = ROOT / "tests" / "science"


@dataclass(frozen=True, slots=True)
class Trap:
    """What goes wrong, what is done about it, and the tests as file and function."""

    what: str
    answer: str
    tests: tuple[tuple[str, str], ...]


TRAPS = (
    Trap(
        "The pump's rate written inside a solver's equations: a push or a whole infusion that "
        "begins hours into the run is stepped over, and the level is 0.0",
        "No solver in the way of a level; every change of the pump is a boundary",
        (
            ("pk_levels", "test_a_push_and_an_infusion_hours_into_the_run_are_not_missed"),
            (
                "pk_system",
                "test_every_model_holds_ten_digits_at_every_pump_change_and_a_second_to_either_side",
            ),
        ),
    ),
    Trap(
        "An arterial level read as a venous one, or the other way round",
        "A site on every model and every result; venous levels of an arterial model are labelled "
        "an approximation, arterial ones of a venous model are refused",
        (
            ("traps", "test_every_model_and_every_simulation_says_where_the_blood_is"),
            (
                "traps",
                "test_a_venous_level_of_an_arterial_model_is_lower_while_it_runs_and_says_what_it_is",
            ),
            ("traps", "test_an_arterial_level_is_never_made_up_from_a_venous_model"),
        ),
    ),
    Trap(
        "A racemic dose under a model of S-ketamine: twice too high",
        "The enantiomer given is stated and must be the model's; halving is a call of its own",
        (
            (
                "traps",
                "test_a_model_of_one_enantiomer_refuses_a_racemic_dose_and_is_given_half",
            ),
            ("traps", "test_a_racemic_model_refuses_a_dose_of_s_ketamine"),
        ),
    ),
    Trap(
        "Norketamine counted at the mass of the ketamine it was: 6 % too high",
        "Amounts pass mole for mole, and the level takes the molar masses",
        (("traps", "test_norketamine_weighs_less_than_the_ketamine_it_was"),),
    ),
    Trap(
        "A clearance over bioavailability, from the nose or the mouth, used for a vein",
        "Models carry what holds for a vein; metabolites with apparent volumes say so",
        (
            (
                "traps",
                "test_a_clearance_over_bioavailability_is_never_used_as_one_into_the_vein",
            ),
        ),
    ),
    Trap(
        "A lag of the effect site used with another plasma model than it was estimated with",
        "The result says that it is borrowed, and from where",
        (("traps", "test_a_lag_estimated_with_another_model_is_told_as_borrowed"),),
    ),
    Trap(
        "Clearance grown with weight to 1 instead of 0.75, or the other way round",
        "The power stands with each figure of a model, with its source; programs disagree on the "
        "default model, and its doubts say so",
        (("pk_levels", "test_weight_moves_volumes_in_proportion_and_flows_to_three_quarters"),),
    ),
    Trap(
        "Rates of loss that repeat, as in chains of transit compartments: division by nothing",
        "No splitting into exponentials where rates can repeat, and a form without the division "
        "where they come close",
        (
            ("pk_system", "test_a_chain_of_equal_compartments_follows_its_textbook_curve"),
            ("pk_levels", "test_an_effect_site_as_fast_as_an_exponential_bends_nothing"),
        ),
    ),
    Trap(
        "Denormal numbers late in the tail: a hundred times slower, and below any meaning",
        "Levels are cut to 0 far above them",
        (
            ("pk_levels", "test_the_tail_of_months_holds_no_denormal_number"),
            ("pk_system", "test_the_tail_of_two_years_holds_no_denormal_number"),
        ),
    ),
    Trap(
        "A model of children used for an adult: up to twice the level",
        "Refused outside the ages studied, and without an age, unless a reason is stated",
        (("traps", "test_a_model_of_children_is_refused_for_an_adult_and_without_an_age"),),
    ),
    Trap(
        "Norketamine taken to weaken ketamine, on one study",
        "Not modelled, and the result says so",
        (("traps", "test_norketamine_does_not_weaken_ketamine"),),
    ),
    Trap(
        "A half-life shown as the patient's own when the data taught nothing about it",
        "Nothing is fitted to a patient yet; to be held when relief is forecast",
        (),
    ),
)


def missing() -> list[str]:
    """Tests named here that are not there."""
    wanted = {pair for trap in TRAPS for pair in trap.tests}
    return sorted(f"test_{file}.py: {name}" for file, name in wanted if name not in _names(file))


def _names(file: str) -> set[str]:
    path = TESTS / f"test_{file}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def page() -> str:
    """The page."""
    lines = [
        [
            str(number),
            trap.what,
            trap.answer,
            "; ".join(
                f"`test_{file}.py`: {name[5:].replace('_', ' ')}" for file, name in trap.tests
            )
            or "none yet",
        ]
        for number, trap in enumerate(TRAPS, start=1)
    ]
    return (
        f"{NOTICE}# Traps\n\n"
        "Ways in which programs that reckon with ketamine have gone wrong, what is done about "
        "each, and the test that fails if it comes back. **A list of known traps is not a list of "
        "all traps.** Tests are in `tests/science`.\n\n"
        + table(["", "trap", "answer", "held by"], lines)
    )
