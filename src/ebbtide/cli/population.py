"""`ebbtide population`: how far levels differ between patients given the same."""

import argparse
import contextlib
import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ebbtide.cli import pictures, progress, tables
from ebbtide.cli.arguments import OneLineParser, add_json_option, amount, count, whole
from ebbtide.cli.scenario import Scenario, read_scenario
from ebbtide.science.population.people import ADULTS
from ebbtide.science.population.summary import Exposure, Study, Summary, summarise

NOT_AN_INSTRUCTION = (
    "A picture of virtual patients, worked out and not measured; never an instruction to give, "
    "hold or change a dose."
)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_PATIENTS = 1_000_000
LONGEST_MIN = 20_160  # two weeks
MOST_MOMENTS = 20_160
_LONG_RUN = 5_000  # patients from which it is worth saying how far it is
_MOST_ROWS = 25
_EPILOG = """examples:
  ebbtide population scenario.json --patients 1000 --seed 7 --plot band.svg
  ebbtide population scenario.json --who adults --above 100,200

The same seed gives the same figures, however many workers there are. Quantiles are taken moment
by moment: no one patient follows them. The scenario is that of `ebbtide simulate`."""


def run(argv: Sequence[str]) -> int:
    """Print what many virtual patients make of a scenario."""
    parser = _parser()
    options = parser.parse_args(argv)
    scenario = read_scenario(options.scenario)
    study = _study(scenario, options)
    is_watched = sys.stderr.isatty() or study.patients >= _LONG_RUN
    with _cluster(options.dask) as client:
        summary = summarise(
            study,
            band_step_s=60.0 * float(options.every),
            levels_ng_per_ml=options.above,
            quantiles=QUANTILES,
            workers=options.workers,
            client=client,
            progress=progress.bar("patients") if is_watched else None,
        )
    if options.plot:
        pictures.save(pictures.levels(_curves(scenario, study, summary)), options.plot)
    print((_as_json if options.json else _as_text)(scenario, study, summary))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="ebbtide population",
        description="Draw virtual patients, give them the same, and sum up their levels.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scenario", metavar="SCENARIO", help="a JSON file; - for standard input")
    parser.add_argument("--patients", type=count, default=1000, metavar="N", help="default: 1000")
    parser.add_argument("--seed", type=whole, default=1, metavar="N", help="default: 1")
    parser.add_argument(
        "--who",
        choices=("alike", "adults"),
        default="alike",
        help="alike: all as heavy and old as the scenario says; adults: drawn from a clinic's "
        "adults, each given the scenario's dose in proportion to weight (default: %(default)s)",
    )
    parser.add_argument(
        "--above",
        type=_levels,
        default=(),
        metavar="LEVELS",
        help="levels in ng/mL, parted by commas, above which time is counted",
    )
    parser.add_argument(
        "--every", type=amount, default=1, metavar="MIN", help="step of the band (default: 1)"
    )
    parser.add_argument("--workers", type=count, metavar="N", help="default: one for each core")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="let the Dask cluster with this scheduler do the work"
    )
    add_json_option(parser)
    pictures.add_plot_option(parser)
    return parser


def _levels(text: str) -> tuple[float, ...]:
    return tuple(float(amount(part)) for part in text.split(","))


def _study(scenario: Scenario, options: argparse.Namespace) -> Study:
    """What is asked for, as the science takes it.

    Raises:
        ValueError: The scenario asks for what is worked out for one patient alone.
    """
    model = scenario.pk_model
    if scenario.metabolites:
        raise ValueError("metabolites are worked out by `ebbtide simulate` alone")
    if scenario.site not in (None, model.site):
        raise ValueError(
            f"site must be {model.site} here, where {model.name} was measured, not {scenario.site}"
        )
    if options.patients > MOST_PATIENTS:
        raise ValueError(f"--patients must be 1 to {MOST_PATIENTS:,}, not {options.patients:,}")
    if options.every * 60 % 1:
        raise ValueError(f"--every must be a whole number of seconds, not {options.every} min")
    every_min = float(options.every)
    steps = max(1, math.ceil(scenario.last_min / every_min))
    if scenario.last_min > LONGEST_MIN or steps > MOST_MOMENTS:
        raise ValueError(
            f"at most {LONGEST_MIN:,} min in {MOST_MOMENTS:,} steps, not {scenario.last_min:g} min "
            f"in steps of {options.every} min"
        )
    is_alike = options.who == "alike"
    return Study(
        model=model,
        history=scenario.history,
        patients=options.patients,
        seed=options.seed,
        given=scenario.enantiomer,
        who=scenario.covariates if is_alike else ADULTS,
        per_kg_of=None if is_alike else float(scenario.weight_kg),
        ke0_half_life_min=float(scenario.ke0_half_life_min),
        duration_min=steps * every_min,
        override=scenario.override,
    )


@contextlib.contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """A client of the scheduler there; None where no address is given."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("--dask needs: pip install 'ebbtide[cluster]'") from None
    try:
        client: Any = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield client


def _as_text(scenario: Scenario, study: Study, summary: Summary) -> str:
    facts = {
        "model": f"{study.model.name}: {study.model.analyte}",
        "patients": f"{study.patients:,}, {_who(scenario, study)}, seed {study.seed}",
        "plasma": str(study.model.site),
    }
    head = ("", *(f"{quantile:.0%}" for quantile in (0.05, 0.5, 0.95)))
    parts = [
        tables.labelled(facts),
        "At most so much in so many patients\n" + tables.table(head, _exposures(summary)),
        "Levels, ng/mL, at most so high in so many patients\n"
        + tables.table(*_bands(scenario, summary)),
        tables.bulleted((*summary.notes, *study.model.doubts, NOT_AN_INSTRUCTION)),
    ]
    return "\n\n".join(parts)


def _who(scenario: Scenario, study: Study) -> str:
    if study.who is ADULTS:
        return f"adults given in proportion to weight, as {scenario.weight_kg} kg are"
    return f"all of {scenario.weight_kg} kg"


def _exposures(summary: Summary) -> Iterator[tuple[str, ...]]:
    for name, output in (("plasma", summary.plasma), ("effect site", summary.effect)):
        for label, values in _figures(output, summary.levels_ng_per_ml):
            found = np.quantile(values, (0.05, 0.5, 0.95))
            yield (f"{name} {label}", *(f"{value:.2f}" for value in found.tolist()))


def _figures(output: Exposure, levels: Sequence[float]) -> Iterator[tuple[str, Any]]:
    yield "highest, ng/mL", output.cmax_ng_per_ml
    yield "highest at, min", output.tmax_min
    yield "area to the end, ng·h/mL", output.auc_ng_h_per_ml
    yield "area to infinity, ng·h/mL", output.auc_inf_ng_h_per_ml
    for level, minutes in zip(levels, output.above_min, strict=True):
        yield f"above {level:g} ng/mL, min", minutes


def _bands(scenario: Scenario, summary: Summary) -> tuple[list[str], list[list[str]]]:
    """The band at the scenario's moments that it has, or at some even ones."""
    at = summary.times_min
    asked = np.isin(at, [float(moment) for moment in scenario.times_min])
    rows = np.flatnonzero(asked)
    if not len(rows):
        rows = np.unique(np.linspace(0, len(at) - 1, _MOST_ROWS).round().astype(int))
    names = ("5%", "50%", "95%")
    head = ["min", *(f"plasma {name}" for name in names), *(f"effect {name}" for name in names)]
    bands = np.concatenate((summary.plasma.band_ng_per_ml[::2], summary.effect.band_ng_per_ml[::2]))
    return head, [
        [f"{at[row]:g}", *(f"{level:.1f}" for level in bands[:, row].tolist())]
        for row in rows.tolist()
    ]


def _as_json(scenario: Scenario, study: Study, summary: Summary) -> str:
    def exposure(output: Exposure) -> dict[str, object]:
        return {
            "cmax_ng_per_ml": output.cmax_ng_per_ml,
            "tmax_min": output.tmax_min,
            "auc_ng_h_per_ml": output.auc_ng_h_per_ml,
            "auc_inf_ng_h_per_ml": output.auc_inf_ng_h_per_ml,
            "above_min": output.above_min,
        }

    return tables.as_json(
        {
            "model": study.model.name,
            "site": study.model.site,
            "patients": study.patients,
            "seed": study.seed,
            "who": _who(scenario, study),
            "weight_kg": summary.people.covariates["weight_kg"],
            "times_min": summary.times_min,
            "quantiles": summary.quantiles,
            "levels_ng_per_ml": summary.levels_ng_per_ml,
            "plasma_band_ng_per_ml": summary.plasma.band_ng_per_ml,
            "effect_band_ng_per_ml": summary.effect.band_ng_per_ml,
            "plasma": exposure(summary.plasma),
            "effect": exposure(summary.effect),
            "notes": [*summary.notes, *study.model.doubts, NOT_AN_INSTRUCTION],
        }
    )


def _curves(scenario: Scenario, study: Study, summary: Summary) -> pictures.Curves:
    step = -(-len(summary.times_min) // pictures.MOMENTS)
    band = summary.effect.band_ng_per_ml[:, ::step]
    return pictures.Curves(
        title=f"Effect site, ng/mL: median, half and 90 % of {study.patients:,} patients, "
        f"{_who(scenario, study)}; {study.model.name}",
        times_min=summary.times_min[::step],
        lines={"median": band[2]},
        history=scenario.history,
        bands=((band[0], band[4]), (band[1], band[3])),
    )
