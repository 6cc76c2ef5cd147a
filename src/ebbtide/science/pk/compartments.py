"""A model, a patient and what is asked for, put together as one linear system."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.models import (
    Covariates,
    Metabolite,
    PkModel,
    Site,
    Structure,
    individual,
    mammillary,
)
from ebbtide.science.pk.system import System

VENOUS_LINK_HALF_LIFE_MIN: Final = 8.0
"""Lag of venous behind arterial blood: an engine approximation, published by nobody.

Source: ebbtide, chosen so that 0.5 mg/kg over 40 min ends near the venous levels printed
"""

_NG_PER_ML_PER_MG_PER_L: Final = 1000.0

_Flux = list[tuple[str, float]]


class _Compartments:
    """Compartments by name, and what passes between them per minute."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._terms: list[tuple[str, str, float]] = []

    def fill(self, name: str, fluxes: _Flux) -> None:
        """Add a compartment fed in proportion to others, which lose nothing by it."""
        self.names.append(name)
        self._terms += [(name, source, per_min) for source, per_min in fluxes]

    def lose(self, name: str, per_min: float) -> _Flux:
        self._terms.append((name, name, -per_min))
        return [(name, per_min)]

    def exchange(self, name: str, outer: str, out_per_min: float, back_per_min: float) -> None:
        """Add an outer compartment to and from which amounts pass."""
        self.fill(outer, self.lose(name, out_per_min))
        self._terms += [(name, *flux) for flux in self.lose(outer, back_per_min)]

    def follow(self, name: str, level: Mapping[str, float], per_min: float) -> dict[str, float]:
        """Add a level that goes after another one."""
        self.fill(name, [(source, weight * per_min) for source, weight in level.items()])
        self.lose(name, per_min)
        return {name: 1.0}

    def system(self, outputs: Mapping[str, Mapping[str, float]]) -> System:
        places = {name: place for place, name in enumerate(self.names)}
        matrix = np.zeros((len(places), len(places)))
        for into, source, per_min in self._terms:
            matrix[places[into], places[source]] += per_min
        rows = {name: np.zeros(len(places)) for name in outputs}
        for name, level in outputs.items():
            for source, weight in level.items():
                rows[name][places[source]] = weight
        return System(matrix_per_min=matrix, input_per_mg=np.eye(len(places))[0], outputs=rows)


def system_for(
    model: PkModel,
    *,
    covariates: Covariates,
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN,
    site: Site | None = None,
    metabolites: Sequence[str] = (),
    override: str = "",
) -> System:
    """The linear system of a model in a patient, with outputs "plasma", "effect" and metabolites.

    The effect site goes after the blood that the model describes, also where a venous level
    is asked of an arterial model. Which enantiomer was given is not looked at here; `simulate`
    does.

    Args:
        model: From the catalogue.
        covariates: Of the patient.
        ke0_half_life_min: Half-life of the lag between blood and effect site.
        site: Where the plasma level is wanted; None for where the model was measured.
        metabolites: Names out of `model.metabolites`.
        override: A reason to use the model outside its studied ranges.

    Raises:
        ValueError: A covariate outside its range with no reason given, a half-life that is not
            finite and above 0, a site that the model cannot tell of, or a metabolite that it
            does not have.

    Source: ebbtide, for the venous link alone; all else as the model says itself.
    """
    wanted_site = checked_site(model, site)
    needed = _needed(model, metabolites)
    values = individual(model, covariates, override=override)
    body = _Compartments()
    lost = _parent(body, model, values)
    blood = {"central": _NG_PER_ML_PER_MG_PER_L / values["v1"]}
    outputs = {
        "plasma": blood,
        "effect": body.follow("effect", blood, ke0_per_min(ke0_half_life_min)),
    }
    if wanted_site != model.site:
        link = ke0_per_min(VENOUS_LINK_HALF_LIFE_MIN)
        outputs["plasma"] = body.follow("venous", blood, link)
    fluxes = {"ketamine": lost}
    for one in needed:
        level, fluxes[one.name] = _formed(body, one, fluxes[one.formed_from], covariates)
        if one.name in metabolites:
            outputs[one.name] = level
    return body.system(outputs)


def checked_site(model: PkModel, site: Site | None) -> Site:
    """Refuse a site of which the model cannot tell: only arterial models have a venous link.

    Raises:
        ValueError: Names the site, and those that can be asked for.
    """
    wanted = model.site if site is None else site
    allowed = (Site.ARTERIAL, Site.VENOUS) if model.site == Site.ARTERIAL else (model.site,)
    if wanted not in allowed:
        raise ValueError(f"site must be {' or '.join(allowed)} for {model.name}, not {wanted}")
    return Site(wanted)


def _needed(model: PkModel, names: Sequence[str]) -> tuple[Metabolite, ...]:
    """The metabolites asked for and those that they are formed from, parents first."""
    needed = set(names)
    for name in names:
        if name not in model.metabolites:
            allowed = ", ".join(model.metabolites) or "none"
            raise ValueError(f"metabolites of {model.name} can be {allowed}, not {name!r}")
        needed.add(model.metabolites[name].formed_from)
    return tuple(one for name, one in model.metabolites.items() if name in needed)


def _parent(body: _Compartments, model: PkModel, values: Mapping[str, float]) -> _Flux:
    """Lay out the drug itself; what of it becomes norketamine, at most."""
    body.fill("central", [])
    if model.structure is Structure.LIVER:
        v1 = values["v1"]
        for outer, q, v in (("second", "q2", "v2"), ("third", "q3", "v3"), ("liver", "qh", "vh")):
            flow = values[q] / 60.0
            body.exchange("central", outer, flow / v1, flow / values[v])
        body.lose("liver", values["kel"])
        return body.lose("liver", values["kmet"])
    one = mammillary(model, values)
    per_min = one.v1_l * 60.0
    body.exchange("central", "second", one.q2_l_per_h / per_min, one.q2_l_per_h / one.v2_l / 60.0)
    body.exchange("central", "third", one.q3_l_per_h / per_min, one.q3_l_per_h / one.v3_l / 60.0)
    return body.lose("central", one.cl_l_per_h / per_min)


def _formed(
    body: _Compartments, one: Metabolite, flux: _Flux, covariates: Covariates
) -> tuple[dict[str, float], _Flux]:
    """Lay out a metabolite, its amounts as those of ketamine: its level, and what leaves it."""
    values = {name: figure.at(covariates.weight_kg) for name, figure in one.parameters.items()}
    if covariates.is_asian:
        values["cl"] *= values.get("asian_on_cl", 1.0)
    for number in range(one.transits):
        transit = f"{one.name} transit {number + 1}"
        body.fill(transit, flux)
        flux = body.lose(transit, one.transits / values["mtt"])
    body.fill(one.name, [(source, per_min * values["fraction"]) for source, per_min in flux])
    per_min = values["v1"] * 60.0
    if "q" in values:
        q = values["q"]
        body.exchange(one.name, f"{one.name} second", q / per_min, q / (values["v2"] * 60.0))
    lost = body.lose(one.name, values["cl"] / per_min)
    return {one.name: _NG_PER_ML_PER_MG_PER_L * one.mass_factor / values["v1"]}, lost
