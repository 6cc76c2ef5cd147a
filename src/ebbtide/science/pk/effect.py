"""Half-lives of the lag between blood and effect site."""

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ebbtide.science.pk.models import Provenance

EFFECT_SITE_HALF_LIFE_MIN: Final = 6.1
"""Mean over all endpoints. Source: olofsen2012, abstract (S-ketamine)."""

PAIN_INTENSITY_HALF_LIFE_MIN: Final = 11.8
"""Slowest endpoint, pain intensity. Source: olofsen2012, abstract (S-ketamine)."""


def ke0_per_min(half_life_min: float) -> float:
    """Rate constant of the effect site, per minute.

    A half-life holds only with the plasma model it was estimated with; these were
    estimated with the authors' own, and are borrowed for any other.

    Raises:
        ValueError: The half-life is not a finite number above zero.
    """
    if not (math.isfinite(half_life_min) and half_life_min > 0):
        raise ValueError(f"ke0_half_life_min must be finite and above 0, not {half_life_min!r}")
    return math.log(2.0) / half_life_min


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectSite:
    """A published or assumed lag between blood and effect.

    Attributes:
        plasma_model: Name of the model that it was estimated with, empty where that one is
            not in the catalogue. With any other model it is borrowed.
        effect: What was measured, in words.
    """

    name: str
    half_life_min: float
    plasma_model: str
    effect: str
    source: str
    provenance: Provenance


EFFECT_SITES: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            EffectSite(
                name="analgesia",
                half_life_min=EFFECT_SITE_HALF_LIFE_MIN,
                plasma_model="",
                effect="mean over all endpoints, S-ketamine",
                source="olofsen2012",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="pain",
                half_life_min=PAIN_INTENSITY_HALF_LIFE_MIN,
                plasma_model="",
                effect="pain intensity, the slowest endpoint, S-ketamine",
                source="olofsen2012",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="nociception",
                half_life_min=math.log(2.0) / 0.238,
                plasma_model="domino1984",
                effect="nociception index after 0.1 mg/kg, 0.238 /min (0.20 to 0.28)",
                source="navarrete2024",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="nociception-kamp",
                half_life_min=math.log(2.0) / 1.39,
                plasma_model="kamp2020",
                effect="the same, moved to kamp2020 at 70 kg by the time of the peak, 1.39 /min",
                source="simtiva",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="one-minute-kamp",
                half_life_min=math.log(2.0) / 2.79,
                plasma_model="kamp2020",
                effect="peak forced to 1 min, an assumption with no data, 2.79 /min",
                source="opentiva",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="one-minute-domino",
                half_life_min=math.log(2.0) / 0.652,
                plasma_model="domino1984",
                effect="peak forced to 1 min, an assumption with no data, 0.652 /min",
                source="opentiva",
                provenance=Provenance.FOUND,
            ),
            EffectSite(
                name="one-minute-clements",
                half_life_min=math.log(2.0) / 5.2,
                plasma_model="clements_nimmo1981",
                effect="peak forced to 1 min, an assumption with no data, 5.2 /min",
                source="opentiva",
                provenance=Provenance.FOUND,
            ),
        )
    }
)
"""Lags to choose from, by name. A half-life is only good with the plasma model it came with."""


def effect_site_note(plasma_model: str, half_life_min: float) -> tuple[str, ...]:
    """A sentence where the lag was not estimated with the plasma model in use; else nothing."""
    alike = [one for one in EFFECT_SITES.values() if math.isclose(one.half_life_min, half_life_min)]
    if any(one.plasma_model == plasma_model for one in alike):
        return ()
    if not alike:
        return (f"An effect-site half-life of {half_life_min:g} min is the caller's own figure.",)
    (one,) = alike
    origin = one.plasma_model or "a plasma model of its authors' own"
    return (
        (
            f"The effect-site half-life of {half_life_min:.3g} min was estimated with {origin} and "
            f"is borrowed for {plasma_model}."
        ),
    )
