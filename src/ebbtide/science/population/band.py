"""How far levels differ between patients of one weight who are given the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN
from ebbtide.science.pk.levels import trace
from ebbtide.science.pk.models import Covariates, PkModel
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.moments import checked_times
from ebbtide.science.pk.pump import PumpHistory
from ebbtide.science.population.people import checked_quantiles, draw_people, exponentials


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Band:
    """Quantiles of the level over virtual patients of one weight.

    Attributes:
        quantiles: Length q, as asked for.
        plasma_ng_per_ml: Shape (q, n).
        effect_ng_per_ml: Shape (q, n).
        basis: Where the spread comes from, in words to show beside the picture.
    """

    times_min: Floats
    quantiles: tuple[float, ...]
    plasma_ng_per_ml: Floats
    effect_ng_per_ml: Floats
    basis: str


def population_band(
    model: PkModel,
    *,
    weight_kg: float,
    history: PumpHistory,
    times_min: Floats,
    rng: np.random.Generator,
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    patients: int = 200,
    ke0_half_life_min: float = EFFECT_SITE_HALF_LIFE_MIN,
) -> Band:
    """Quantiles of the level at each moment over virtual patients, exact for those drawn.

    For a picture beside one patient; for many patients over a day see `summarise`. The
    quantiles are taken moment by moment; no one patient follows them.

    Args:
        model: Typical values and their variability.
        weight_kg: Weight of all virtual patients.
        history: What the pump gave.
        times_min: Shape (n,), in order.
        rng: The same state gives the same band.
        quantiles: Each from 0 to 1.
        patients: How many are drawn, at least 1.
        ke0_half_life_min: Typical half-life of the effect-site lag.

    Raises:
        ValueError: A weight, moment, quantile, count or half-life out of its range.

    Source: otto2021, variances of clearance and central volume and their covariance;
        simons2022, table 4, the rest; the effect-site spread is an assumption.
    """
    wanted, times = checked_quantiles(quantiles), checked_times(times_min)
    people = draw_people(
        model,
        patients=patients,
        rng=rng,
        who=Covariates(weight_kg=weight_kg),
        ke0_half_life_min=ke0_half_life_min,
    )
    plasma, effect = trace(exponentials(model, people), history, times)
    return Band(
        times_min=times,
        quantiles=wanted,
        plasma_ng_per_ml=np.quantile(plasma, wanted, axis=0),
        effect_ng_per_ml=np.quantile(effect, wanted, axis=0),
        basis=" ".join(people.notes),
    )
