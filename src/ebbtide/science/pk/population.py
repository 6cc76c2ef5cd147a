"""How far levels differ between patients who are given the same."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN, ke0_per_min
from ebbtide.science.pk.levels import checked_times, trace
from ebbtide.science.pk.models import PkModel, PkParameters, parameters
from ebbtide.science.pk.modes import Floats, decompose
from ebbtide.science.pk.pump import PumpHistory

CL_CV: Final = 0.20
V1_CV: Final = 0.27
FLOW_CV: Final = 0.20
DEEP_VOLUME_CV: Final = 0.30
V1_CL_CORRELATION: Final = 0.48
KE0_CV: Final = 0.40

BASIS: Final = (
    "Spread between patients is borrowed from other ketamine models (Otto 2021, Simons 2022): "
    "clearance 20 %, central volume 27 %, flows 20 %, deep volumes 30 %; effect-site lag 40 % "
    "is an assumption. Assay error is not in it."
)


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
    """Quantiles of the level at each moment over virtual patients.

    The spread is borrowed: the default model's own table of variability was not
    available. The quantiles are taken moment by moment; no one patient follows them.

    Args:
        model: Typical values.
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
    wanted = tuple(quantiles)
    if not all(0 <= quantile <= 1 for quantile in wanted):
        raise ValueError(f"quantiles must lie from 0 to 1, not {wanted!r}")
    if patients < 1:
        raise ValueError(f"patients must be at least 1, not {patients!r}")
    times = checked_times(times_min)
    typical_ke0 = ke0_per_min(ke0_half_life_min)
    people = draw_parameters(parameters(model, weight_kg=weight_kg), patients=patients, rng=rng)
    ke0 = typical_ke0 * np.exp(_log_sd(KE0_CV) * rng.standard_normal(patients))
    plasma, effect = trace(decompose(people, ke0_per_min=ke0.tolist()), history, times)
    return Band(
        times_min=times,
        quantiles=wanted,
        plasma_ng_per_ml=np.quantile(plasma, wanted, axis=0),
        effect_ng_per_ml=np.quantile(effect, wanted, axis=0),
        basis=BASIS,
    )


def draw_parameters(
    typical: PkParameters, *, patients: int, rng: np.random.Generator
) -> tuple[PkParameters, ...]:
    """Draw virtual patients, log-normal about the typical one.

    Source: otto2021 and simons2022, as in `population_band`.
    """
    normal = rng.standard_normal((patients, 6))
    # columns: v1, cl, v2, v3, q2, q3; clearance leans on the central volume
    normal[:, 1] = V1_CL_CORRELATION * normal[:, 0] + normal[:, 1] * math.sqrt(
        1 - V1_CL_CORRELATION**2
    )
    spread = [
        _log_sd(cv) for cv in (V1_CV, CL_CV, DEEP_VOLUME_CV, DEEP_VOLUME_CV, FLOW_CV, FLOW_CV)
    ]
    factors = np.exp(normal * spread).tolist()
    return tuple(
        PkParameters(
            v1_l=typical.v1_l * v1,
            v2_l=typical.v2_l * v2,
            v3_l=typical.v3_l * v3,
            cl_l_per_h=typical.cl_l_per_h * cl,
            q2_l_per_h=typical.q2_l_per_h * q2,
            q3_l_per_h=typical.q3_l_per_h * q3,
        )
        for v1, cl, v2, v3, q2, q3 in factors
    )


def _log_sd(coefficient_of_variation: float) -> float:
    return math.sqrt(math.log1p(coefficient_of_variation**2))
