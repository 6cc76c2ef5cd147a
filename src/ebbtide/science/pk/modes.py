"""The three exponentials of a mammillary model, and how amounts and rates pass through them.

A leading axis `p` holds patients throughout, so that one person and a population
run through the same lines. Every function here adds terms that are not negative,
and loses no digits however small the time or however close two rates are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import NDArray

from ebbtide.science.pk.models import PkParameters

Floats = NDArray[np.float64]

_NG_PER_ML_PER_MG_PER_L = 1000.0
_SPENT = 600.0  # exp(-600) is nothing beside any level, and still far from the denormals
_NEAR = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Modes:
    """Plasma and effect site of p patients as exponentials.

    Attributes:
        rate_per_min: Shape (p, 3), each above zero.
        jump_ng_per_ml: Shape (p, 3); what 1 mg adds to each plasma exponential.
        ke0_per_min: Shape (p, 1).
    """

    rate_per_min: Floats
    jump_ng_per_ml: Floats
    ke0_per_min: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    """What n spells of time, each at its own constant rate, do to what was there.

    The level after a spell is what is kept plus what is gained; the effect site also
    gets what the plasma sends on.

    Attributes:
        plasma_kept: Shape (p, 3, n), fraction.
        plasma_gained: Shape (p, 3, n), ng/mL.
        effect_kept: Shape (p, n), fraction.
        effect_sent: Shape (p, 3, n), fraction of each plasma exponential.
        effect_gained: Shape (p, n), ng/mL.
    """

    plasma_kept: Floats
    plasma_gained: Floats
    effect_kept: Floats
    effect_sent: Floats
    effect_gained: Floats

    def only(self, spells: slice) -> "Passage":
        """Some of the spells."""
        return Passage(
            plasma_kept=self.plasma_kept[:, :, spells],
            plasma_gained=self.plasma_gained[:, :, spells],
            effect_kept=self.effect_kept[:, spells],
            effect_sent=self.effect_sent[:, :, spells],
            effect_gained=self.effect_gained[:, spells],
        )

    def after(self, plasma: Floats, effect: Floats) -> tuple[Floats, Floats]:
        """Exponentials of the plasma (p, 3, n) and effect site (p, n) after the spells."""
        sent = (plasma * self.effect_sent).sum(axis=1)
        return (
            plasma * self.plasma_kept + self.plasma_gained,
            effect * self.effect_kept + sent + self.effect_gained,
        )


def decompose(patients: Sequence[PkParameters], *, ke0_per_min: Sequence[float]) -> Modes:
    """Split each patient's model into its exponentials.

    With amounts divided by the root of their volume the matrix is symmetric, so the
    rates are real and positive and no cubic has to be solved.
    """
    v1, v2, v3, cl, q2, q3 = np.array(
        [(p.v1_l, p.v2_l, p.v3_l, p.cl_l_per_h, p.q2_l_per_h, p.q3_l_per_h) for p in patients]
    ).T
    matrix = np.zeros((len(patients), 3, 3))
    matrix[:, 0, 0] = (cl + q2 + q3) / v1
    matrix[:, 1, 1] = q2 / v2
    matrix[:, 2, 2] = q3 / v3
    matrix[:, 1, 0] = -q2 / np.sqrt(v1 * v2)
    matrix[:, 2, 0] = -q3 / np.sqrt(v1 * v3)
    rates, vectors = np.linalg.eigh(matrix / 60.0, UPLO="L")
    share = vectors[:, 0, :] ** 2
    return Modes(
        rate_per_min=rates,
        jump_ng_per_ml=_NG_PER_ML_PER_MG_PER_L * share / v1[:, None],
        ke0_per_min=np.asarray(ke0_per_min, dtype=np.float64)[:, None],
    )


def passage(modes: Modes, *, rate_mg_per_min: Floats, elapsed_min: Floats) -> Passage:
    """Work out n spells of time.

    Args:
        modes: The patients.
        rate_mg_per_min: Shape (n,), into the blood, constant through each spell.
        elapsed_min: Shape (n,), length of each spell, from zero up.
    """
    rate, ke0 = modes.rate_per_min[:, :, None], modes.ke0_per_min[:, :, None]
    kept = decay(rate * elapsed_min)
    plasma_gained, sent_on = np.zeros_like(kept), np.zeros_like(kept)
    on = rate_mg_per_min > 0
    if on.any():
        inflow, lasting = modes.jump_ng_per_ml[:, :, None] * rate_mg_per_min[on], elapsed_min[on]
        plasma_gained[:, :, on] = inflow * lasting * rise(rate * lasting)
        sent_on[:, :, on] = inflow * lagged_rise(rate, ke0, lasting)
    return Passage(
        plasma_kept=kept,
        plasma_gained=plasma_gained,
        effect_kept=decay(modes.ke0_per_min * elapsed_min),
        effect_sent=ke0 * lag(rate, ke0, elapsed_min),
        effect_gained=modes.ke0_per_min * sent_on.sum(axis=1),
    )


def decay(x: Floats) -> Floats:
    """exp(-x), and 0 where it would be a denormal number."""
    return np.where(x > _SPENT, 0.0, np.exp(-np.minimum(x, _SPENT)))


def rise(x: Floats) -> Floats:
    """(1 - exp(-x)) / x, and 1 at 0."""
    apart = np.where(x == 0, 1.0, x)
    return np.where(x == 0, 1.0, -np.expm1(-apart) / apart)


def lag(one: Floats, other: Floats, elapsed: Floats) -> Floats:
    """The integral of exp(-one s) exp(-other (t - s)) over s from 0 to t.

    Equal rates need no case of their own in this form.
    """
    slower = np.minimum(one, other)
    return decay(slower * elapsed) * elapsed * rise(np.abs(one - other) * elapsed)


def lagged_rise(one: Floats, other: Floats, elapsed: Floats) -> Floats:
    """The integral of `lag` over time from 0 to t.

    It is a divided difference of `rise`. Where the two rates are too close for a
    difference, its expansion about the midpoint is used: the first term left out
    is of the order of 1e-13 of the value.
    """
    x, y = one * elapsed, other * elapsed
    middle, apart = (x + y) / 2, np.abs(y - x)
    near = apart < _NEAR * np.maximum(1.0, middle)
    value = (rise(np.minimum(x, y)) - rise(np.maximum(x, y))) / np.where(near, 1.0, apart)
    close = near & (elapsed > 0)
    if close.any():
        c, d = middle[close], apart[close]
        value[close] = _first_moment(c) + d**2 / 24 * _third_moment(c)
    return np.asarray(value * elapsed**2)


_FIRST = tuple((-1) ** n / (math.factorial(n) * (n + 2)) for n in range(18))
_THIRD = tuple((-1) ** n / (math.factorial(n) * (n + 4)) for n in range(10))


def _first_moment(c: Floats) -> Floats:
    """The integral of s exp(-c s) over s from 0 to 1."""
    large = np.maximum(c, 1.0)
    closed = (1 - decay(large) * (1 + large)) / large**2
    return np.asarray(np.where(c < 1, polyval(np.minimum(c, 1.0), _FIRST), closed))


def _third_moment(c: Floats) -> Floats:
    """The integral of s^3 exp(-c s) over s from 0 to 1; seven digits are enough here."""
    large = np.maximum(c, 1.0)
    closed = (6 - decay(large) * (6 + 6 * large + 3 * large**2 + large**3)) / large**4
    return np.asarray(np.where(c < 1, polyval(np.minimum(c, 1.0), _THIRD), closed))
