"""`ebbtide simulate`: levels over time in a typical patient, from a scenario."""

import argparse
from collections.abc import Iterator, Sequence

import numpy as np

from ebbtide.cli import pictures, tables
from ebbtide.cli.arguments import OneLineParser, add_json_option, amount
from ebbtide.cli.scenario import Scenario, read_scenario
from ebbtide.science.pk.compartments import system_for
from ebbtide.science.pk.exposure import peak
from ebbtide.science.pk.models import Enantiomer
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import given_mg
from ebbtide.science.pk.simulate import Simulation, simulate

NOT_AN_INSTRUCTION = (
    "A picture of a typical patient, worked out and not measured; never an instruction to give, "
    "hold or change a dose."
)
_JUST_BEFORE_MIN = 1e-6
_SOON_MIN = np.geomspace(0.25, 30, 20)  # after a change a level turns within minutes
_MOST_EDGES = 20
_EPILOG = """a scenario, in a file or on standard input:
  {"model": "kamp2020", "weight_kg": 70,
   "events": [{"at_min": 0, "rate_mg_per_h": 52.5}, {"at_min": 40, "rate_mg_per_h": 0},
              {"at_min": 300, "bolus_mg": 5}],
   "times_min": [0, 20, 40, 60, 300, 310]}

A rate holds until the next. A scenario may also hold age_years, is_asian, site (arterial or
venous), ke0_half_life_min, metabolites such as ["norketamine"], enantiomer (what the mg count:
racemic, S or R), and override: the reason why a patient outside the model's range is let pass.
Times are minutes, levels ng/mL as base. `ebbtide models` lists the models."""


def run(argv: Sequence[str]) -> int:
    """Print the levels of a scenario."""
    options = _parser().parse_args(argv)
    scenario = read_scenario(options.scenario)
    found = simulated(scenario, scenario.moments(options.every))
    if options.plot:
        pictures.save(pictures.levels(_curves(scenario)), options.plot)
    print(_as_json(scenario, found) if options.json else _as_text(scenario, found))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="ebbtide simulate",
        description="Work out the levels of a typical patient over time, exactly.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", metavar="SCENARIO", help="a JSON file; - for standard input")
    parser.add_argument(
        "--every",
        type=amount,
        metavar="MIN",
        help="levels at this step, from the first event to the last of times_min, or to 4 h after "
        "the last event where there is none",
    )
    add_json_option(parser)
    pictures.add_plot_option(parser)
    return parser


def simulated(scenario: Scenario, times_min: Floats) -> Simulation:
    """Levels of a scenario at any moments.

    Raises:
        ValueError: No such model, or a covariate, site or enantiomer that is not the model's.
    """
    return simulate(
        scenario.pk_model,
        covariates=scenario.covariates,
        history=scenario.history,
        times_min=times_min,
        ke0_half_life_min=float(scenario.ke0_half_life_min),
        site=scenario.site,
        metabolites=scenario.metabolites,
        override=scenario.override,
        given=scenario.enantiomer,
    )


def fine_moments(scenario: Scenario) -> Floats:
    """Moments close enough for a picture, with every step of the pump upright, shape (n,)."""
    edges = np.array([float(event.at_min) for event in scenario.events])
    even = np.linspace(scenario.first_min, scenario.last_min, pictures.MOMENTS)
    soon = (edges[:_MOST_EDGES, None] + _SOON_MIN).ravel()
    found = np.unique(np.concatenate((even, edges, edges - _JUST_BEFORE_MIN, soon)))
    return found[(found >= scenario.first_min) & (found <= scenario.last_min)]


def label(scenario: Scenario, found: Simulation) -> dict[str, str]:
    """What has to stand beside every level."""
    model = scenario.pk_model
    return {
        "model": f"{model.name}: {model.analyte}",
        "studied": model.population,
        "patient": f"typical, {scenario.weight_kg} kg",
        "plasma": f"{found.site}",
        "effect site": f"follows with a half-life of {scenario.ke0_half_life_min} min",
    }


def _as_text(scenario: Scenario, found: Simulation) -> str:
    head = ["min", "plasma", "effect site", *found.metabolites]
    levels = (found.plasma_ng_per_ml, found.effect_ng_per_ml, *found.metabolites.values())
    rows = (
        [f"{at:.10g}", *(f"{level:.2f}" for level in row)]
        for at, *row in zip(
            *(column.tolist() for column in (found.times_min, *levels)), strict=True
        )
    )
    parts = (
        tables.labelled(label(scenario, found)),
        "Levels, ng/mL\n" + tables.table(head, rows),
        "\n".join(_summary(scenario)),
        tables.bulleted((*found.notes, *_notes(scenario), NOT_AN_INSTRUCTION)),
    )
    return "\n\n".join(parts)


def _summary(scenario: Scenario) -> Iterator[str]:
    """What was given, and the peaks, exact whatever the moments asked for."""
    last_min, history = scenario.last_min, scenario.history
    yield f"{given_mg(history, last_min):.6g} mg given by {last_min:.10g} min."
    system = system_for(
        scenario.pk_model,
        covariates=scenario.covariates,
        ke0_half_life_min=float(scenario.ke0_half_life_min),
        site=scenario.site,
        metabolites=scenario.metabolites,
        override=scenario.override,
    )
    for output in system.outputs:
        top = peak(system, history=history, output=output, until_min=last_min)
        name = "effect site" if output == "effect" else output
        yield f"Highest {name} {top.level_ng_per_ml:.2f} ng/mL, at {top.at_min:.4g} min."


def _notes(scenario: Scenario) -> Iterator[str]:
    if scenario.is_left_running:
        yield "No event stops the pump: it still runs at the last moment shown."
    yield from scenario.pk_model.doubts


def _as_json(scenario: Scenario, found: Simulation) -> str:
    levels = {f"{name}_ng_per_ml": level for name, level in found.metabolites.items()}
    return tables.as_json(
        {
            "model": scenario.model,
            "site": found.site,
            "times_min": found.times_min,
            "plasma_ng_per_ml": found.plasma_ng_per_ml,
            "effect_ng_per_ml": found.effect_ng_per_ml,
            **levels,
            "notes": [*found.notes, *_notes(scenario), NOT_AN_INSTRUCTION],
        }
    )


def _curves(scenario: Scenario) -> pictures.Curves:
    found = simulated(scenario, fine_moments(scenario))
    metabolites = zip(found.metabolites.items(), ("", ", dotted"), strict=False)
    racemic = scenario.enantiomer is Enantiomer.RACEMIC
    drug = "Ketamine" if racemic else f"{scenario.enantiomer}-ketamine"
    return pictures.Curves(
        title=f"{drug}, ng/mL: {scenario.model}, {found.site}, typical patient of "
        f"{scenario.weight_kg} kg",
        times_min=found.times_min,
        lines={
            "effect site": found.effect_ng_per_ml,
            "plasma, dashed": found.plasma_ng_per_ml,
            **{f"{name}{style}": level for (name, level), style in metabolites},
        },
        history=scenario.history,
    )
