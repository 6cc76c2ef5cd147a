"""`ebbtide models`: the published models, whom they hold for and what is doubtful."""

from collections.abc import Mapping, Sequence
from typing import Any

from ebbtide.cli import tables
from ebbtide.cli.arguments import OneLineParser, add_json_option
from ebbtide.science.pk.catalogue import MODELS, model_named
from ebbtide.science.pk.models import PkModel, Quantity, StudiedRange

_HEAD = ("name", "ketamine", "blood", "weight, kg", "age, years", "metabolites", "spread from")


def run(argv: Sequence[str]) -> int:
    """Print every model in a line, or one in full."""
    parser = OneLineParser(
        prog="ebbtide models",
        description="List the published models, or show one with its figures, sources and doubts.",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="show this one in full")
    add_json_option(parser)
    options = parser.parse_args(argv)
    if options.name is None:
        print(_list_as_json() if options.json else _list_as_text())
    else:
        model = model_named(options.name)
        print(tables.as_json(_plain(model)) if options.json else _as_text(model))
    return 0


def _list_as_text() -> str:
    rows = [
        (
            model.name,
            model.enantiomer,
            model.site,
            _extent(model.weight_kg),
            _extent(model.age_years),
            ", ".join(model.metabolites) or "none",
            model.variability.source if model.variability else "none",
        )
        for model in MODELS.values()
    ]
    return f"{tables.table(_HEAD, rows)}\n\nebbtide models NAME shows one with its doubts."


def _list_as_json() -> str:
    return tables.as_json({name: _plain(model) for name, model in MODELS.items()})


def _as_text(model: PkModel) -> str:
    facts = {
        "model": f"{model.name}, {model.structure}",
        "counts": model.analyte,
        "blood": str(model.site),
        "studied": model.population,
        "weight": f"{_extent(model.weight_kg)} kg ({_origin(model.weight_kg)})",
        "age": f"{_extent(model.age_years)} years ({_origin(model.age_years)})"
        + ("; an age has to be given" if model.needs_age else ""),
        "spread": model.variability.basis if model.variability else "none of its own is known",
        "sources": ", ".join(model.sources),
    }
    parts = [tables.labelled(facts), "At 70 kg\n" + _parameters(model.parameters)]
    for metabolite in model.metabolites.values():
        title = f"{metabolite.name}, formed from {metabolite.formed_from}"
        if metabolite.transits:
            title += f" through {metabolite.transits} transit compartments"
        note = tables.bulleted([metabolite.note] if metabolite.note else [])
        parts.append("\n".join((title, _parameters(metabolite.parameters), note)).rstrip())
    parts.append("Doubts\n" + (tables.bulleted(model.doubts) or "- none noted"))
    return "\n\n".join(parts)


def _parameters(parameters: Mapping[str, Quantity]) -> str:
    rows = [
        (
            name,
            f"{one.value:g}",
            "" if one.unit == "1" else one.unit,
            f"(kg/70)^{one.power:g}" if one.power else "",
            f"{one.source}, {one.provenance}",
        )
        for name, one in parameters.items()
    ]
    return tables.table(("parameter", "value", "unit", "grows with", "source"), rows)


def _extent(studied: StudiedRange) -> str:
    return f"{studied.least:g}–{studied.most:g}"


def _origin(studied: StudiedRange) -> str:
    return f"{studied.source}, {studied.provenance}"


def _plain(model: PkModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "structure": model.structure,
        "enantiomer": model.enantiomer,
        "site": model.site,
        "analyte": model.analyte,
        "population": model.population,
        "weight_kg": model.weight_kg,
        "age_years": model.age_years,
        "needs_age": model.needs_age,
        "parameters": model.parameters,
        "metabolites": {
            one.name: {
                "formed_from": one.formed_from,
                "transits": one.transits,
                "mass_factor": one.mass_factor,
                "parameters": one.parameters,
                "source": one.source,
                "note": one.note,
            }
            for one in model.metabolites.values()
        },
        "has_own_spread": model.variability is not None,
        "sources": model.sources,
        "doubts": model.doubts,
    }
