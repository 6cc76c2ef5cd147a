"""Half-lives of the lag between blood and effect site."""

import math
from typing import Final

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
