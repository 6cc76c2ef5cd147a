"""The page of the drug models, made from the catalogue."""

from collections.abc import Mapping

from report.markdown import NOTICE, few_digits, table
from rule_pages import cited

from ebbtide.science.pk.catalogue import MODELS
from ebbtide.science.pk.effect import EFFECT_SITES
from ebbtide.science.pk.models import Metabolite, PkModel, Quantity, StudiedRange


def drug_models() -> str:
    """Every model side by side, then each with its figures, and the lags to choose from."""
    head = ["model", "counts", "blood", "weight, kg", "age, years", "metabolites"]
    return (
        f"{NOTICE}# The drug models\n\n"
        "`ebbtide.science.pk.catalogue.MODELS` holds them; `simulate` uses them. A patient outside "
        "a range is refused, or used with a stated reason that stays in the result. A model of one "
        "enantiomer is refused for a racemic dose. Only arterial models give a venous level too, "
        "by a lag of 8 min that is an approximation of this project's. A range in *italics* is "
        "this project's choice.\n\n"
        f"{table(head, [_row(model) for model in MODELS.values()])}\n"
        "How a figure came to be known: *found* in an abstract, a table or a program's file, "
        "*recalled* from memory, *measured* or *derived* here, or *chosen* by this project.\n\n"
        f"{''.join(_section(model) for model in MODELS.values())}{_effect_sites()}"
    )


def _row(model: PkModel) -> list[str]:
    return [
        f"[`{model.name}`](#{model.name.replace('_', '-')})",
        str(model.enantiomer),
        str(model.site),
        _extent(model.weight_kg),
        _extent(model.age_years) + (", must be given" if model.needs_age else ""),
        ", ".join(model.metabolites) or "none",
    ]


def _extent(studied: StudiedRange) -> str:
    extent = f"{studied.least:g} to {studied.most:g}"
    return f"*{extent}*" if studied.provenance == "chosen" else extent


def _section(model: PkModel) -> str:
    doubts = "".join(f"- {doubt}\n" for doubt in model.doubts)
    formed = "".join(_formed(one) for one in model.metabolites.values())
    differ = model.variability.basis if model.variability else "No spread of its own is known."
    return (
        f"## {model.name}\n\n"
        f"Counts {model.analyte}. Studied: {model.population}. Sources: "
        f"{', '.join(cited(key) for key in model.sources)}.\n\n"
        f"{_figures(model.parameters)}\n"
        f"Between patients: {differ}\n\n{formed}**In doubt**\n\n{doubts}\n"
    )


def _formed(one: Metabolite) -> str:
    transits = f" through {one.transits} transit compartments" if one.transits else ""
    return (
        f"**{one.name.capitalize()}**, formed from {one.formed_from}{transits}; its mass is "
        f"{few_digits(one.mass_factor)} of that of ketamine. {one.note}\n\n"
        f"{_figures(one.parameters)}\n"
    )


def _figures(parameters: Mapping[str, Quantity]) -> str:
    rows = [
        [
            f"`{name}`",
            f"{one.value:.6g} {'' if one.unit == '1' else one.unit}".rstrip(),
            f"{one.power:g}" if one.power else "not",
            f"{cited(one.source)}, {one.provenance}",
        ]
        for name, one in parameters.items()
    ]
    return table(["", "at 70 kg", "grows with weight to the power", "source"], rows)


def _effect_sites() -> str:
    rows = [
        [
            f"`{one.name}`",
            few_digits(one.half_life_min),
            one.effect,
            f"`{one.plasma_model}`" if one.plasma_model else "its authors' own",
            f"{cited(one.source)}, {one.provenance}",
        ]
        for one in EFFECT_SITES.values()
    ]
    head = ["lag", "half-life, min", "of what", "estimated with", "source"]
    return (
        "## Effect sites\n\nA lag is only good with the plasma model it was estimated with; with "
        "any other a note says that it is borrowed.\n\n" + table(head, rows)
    )
