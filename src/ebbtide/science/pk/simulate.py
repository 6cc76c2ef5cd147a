"""Levels of a patient under a model: the one call that most users need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ebbtide.science.pk.compartments import checked_site, system_for
from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, effect_site_note
from ebbtide.science.pk.levels import levels
from ebbtide.science.pk.models import (
    Covariates,
    Enantiomer,
    PkModel,
    Site,
    Structure,
    covariate_notes,
    individual,
    mammillary,
)
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.moments import checked_times
from ebbtide.science.pk.pump import PumpHistory
from ebbtide.science.pk.system import levels_of


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """Levels at moments, each array of shape (n,), ng/mL.

    Attributes:
        metabolites: By name, those asked for.
        site: Where the plasma level is.
        notes: What a user of these levels must know, one sentence each.
    """

    times_min: Floats
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats
    metabolites: Mapping[str, Floats]
    site: Site
    notes: tuple[str, ...]


def simulate(
    model: PkModel,
    *,
    covariates: Covariates,
    history: PumpHistory,
    times_min: ArrayLike,
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN,
    site: Site | None = None,
    metabolites: Sequence[str] = (),
    override: str = "",
    given: Enantiomer = Enantiomer.RACEMIC,
) -> Simulation:
    """Typical levels of a patient, exact at and around every change of the pump.

    A model of one enantiomer is refused for a racemic dose, and the other way round. For the
    part of a racemic dose that is the one enantiomer, simulate `enantiomer_half(history)` and
    say `given=Enantiomer.S`.

    Args:
        model: From the catalogue.
        covariates: Of the patient.
        history: What the pump gave. A segment at rate 0 starts the clock without drug.
        times_min: Shape (n,), in order, none before the first entry of the history.
        ke0_half_life_min: Half-life of the lag between blood and effect site.
        site: Where the plasma level is wanted; None for where the model was measured.
        metabolites: Names out of `model.metabolites`.
        override: A reason to use the model outside its studied ranges; kept in the notes.
        given: Which ketamine the history counts.

    Raises:
        ValueError: A covariate outside its range with no reason given, moments that are not a
            row of finite numbers in order or lie before the first entry of the history, a
            half-life that is not finite and above 0, a site or metabolite that the model does
            not have, or the wrong enantiomer.

    Source: ebbtide, for the engine; figures as each model says itself.
    """
    check_given(model, given)
    times = _times_from_the_first_entry(times_min, history)
    wanted_site = checked_site(model, site)
    if model.structure is not Structure.LIVER and wanted_site == model.site and not metabolites:
        values = individual(model, covariates, override=override)
        direct = levels(
            mammillary(model, values),
            history=history,
            times_min=times,
            ke0_half_life_min=ke0_half_life_min,
        )
        found = {"plasma": direct.plasma_ng_per_ml, "effect": direct.effect_ng_per_ml}
    else:
        system = system_for(
            model,
            covariates=covariates,
            ke0_half_life_min=ke0_half_life_min,
            site=site,
            metabolites=metabolites,
            override=override,
        )
        found = levels_of(system, history=history, times_min=times)
    return Simulation(
        times_min=times,
        plasma_ng_per_ml=found["plasma"],
        effect_ng_per_ml=found["effect"],
        metabolites={name: found[name] for name in metabolites},
        site=wanted_site,
        notes=(
            *covariate_notes(model, covariates, override=override),
            *_notes(model, wanted_site, metabolites),
            *effect_site_note(model.name, ke0_half_life_min),
        ),
    )


def enantiomer_half(history: PumpHistory) -> PumpHistory:
    """What of a racemic dose is the one enantiomer: half of every rate and push."""
    return PumpHistory(
        segments=tuple(
            replace(one, rate_mg_per_h=one.rate_mg_per_h / 2) for one in history.segments
        ),
        boluses=tuple(replace(one, dose_mg=one.dose_mg / 2) for one in history.boluses),
    )


def check_given(model: PkModel, given: Enantiomer) -> None:
    """Refuse a dose of another ketamine than the model's.

    Raises:
        ValueError: Names both, and how to ask for half of a racemic dose.
    """
    if given == model.enantiomer:
        return
    way_out = (
        f"; for the {model.enantiomer} half of a racemic dose simulate enantiomer_half(history) "
        f"as given={model.enantiomer}"
        if given == Enantiomer.RACEMIC
        else ""
    )
    raise ValueError(f"given must be {model.enantiomer} for {model.name}, not {given}{way_out}")


def _times_from_the_first_entry(times_min: ArrayLike, history: PumpHistory) -> Floats:
    # A copy: what the caller does with the array later must not move these levels in time.
    times = checked_times(np.array(times_min, dtype=np.float64))
    changes = history.changes()
    if changes and len(times) and times[0] < changes[0].at_min:
        raise ValueError(
            f"times_min must not lie before the first dose at {changes[0].at_min:g} min: "
            f"{float(times[0])!r} does"
        )
    return times


def _notes(model: PkModel, site: Site, metabolites: Sequence[str]) -> list[str]:
    found = []
    if site != model.site:
        found.append(
            f"Venous levels of {model.name} are an engine approximation: an arterial level "
            "followed with a half-life of 8 min, published by nobody. Half an hour after a short "
            "infusion it reads 30 % above the one venous series it was held against."
        )
    if site == Site.UNSTATED:
        found.append(f"Where the blood for {model.name} was drawn is not known here.")
    found += [model.metabolites[name].note for name in metabolites]
    return found
