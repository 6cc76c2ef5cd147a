"""Quantiles of levels from counts: of one size however many patients, and merged by adding."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ebbtide.science.pk.modes import Floats

RELATIVE_ERROR: Final = 0.004
"""A quantile from counts is off by no more than this share of itself."""

LEAST_NG_PER_ML: Final = 2.0**-10
"""A level below it counts as 0."""

MOST_NG_PER_ML: Final = 2.0**16
"""A level from here on is refused: no one lives at it."""

Codes = NDArray[np.uint16]

# A code is the upper bits of a number in single precision: exponent and eight binary places,
# counted from the least level. Next edge / this edge is at most 1 + 2^-8.
_SHIFT = 23 - 8
_PLACES = 2**8
_LEAST_BITS = int(np.float32(LEAST_NG_PER_ML).view(np.int32) >> _SHIFT)
_BINS = int(np.float32(MOST_NG_PER_ML).view(np.int32) >> _SHIFT) - _LEAST_BITS + 1


def codes(levels_ng_per_ml: Floats) -> Codes:
    """The bin of each level, any shape; 0 for a level that is next to nothing.

    Raises:
        ValueError: A level is at or above the most.
    """
    found = levels_ng_per_ml.astype(np.float32).view(np.int32)
    found >>= _SHIFT
    found -= _LEAST_BITS - 1
    np.maximum(found, 0, out=found)
    if found.size and found.max() >= _BINS:
        raise ValueError(
            f"levels must stay below {MOST_NG_PER_ML:,.0f} ng/mL, not reach "
            f"{levels_ng_per_ml.max():,.0f} ng/mL: check the doses"
        )
    return np.asarray(found, dtype=np.uint16)


class LevelCounts:
    """How many patients had a level in each bin, for each of n moments."""

    def __init__(self, moments: int) -> None:
        """Begin with no patients."""
        self._moments, self._patients = moments, 0
        self._counts = np.zeros(moments * _BINS, dtype=np.uint32)
        self._starts = np.arange(moments) * _BINS

    def add(self, found: Codes) -> None:
        """Count some patients' levels, shape (p, n)."""
        self._patients += len(found)
        np.add.at(self._counts, (self._starts + found).ravel(), np.uint32(1))

    def quantiles(self, wanted: Sequence[float]) -> Floats:
        """Quantiles at each moment, ng/mL, shape (q, n), linear between neighbours in rank."""
        used = np.flatnonzero(self._counts)
        reached = np.cumsum(self._counts[used], dtype=np.int64)  # from the first moment on
        before = np.concatenate(([0], reached))
        begin = self._patients * np.arange(self._moments)

        def at_rank(rank: NDArray[np.int64]) -> Floats:
            """Levels of a rank (q, 1), as if those of a bin were spread evenly through it."""
            place = np.searchsorted(reached, begin + rank, side="right")
            share = (begin + rank - before[place] + 0.5) / (before[place + 1] - before[place])
            code = used[place] % _BINS
            low, high = _edge(code), _edge(code + 1)
            return np.where(code == 0, 0.0, low + share * (high - low))

        last = self._patients - 1
        rank = np.array(wanted, dtype=np.float64)[:, None] * last
        whole = rank.astype(np.int64)
        lower, upper = at_rank(whole), at_rank(np.minimum(whole + 1, last))
        return np.asarray(lower + (rank - whole) * (upper - lower))


def _edge(code: NDArray[np.intp]) -> Floats:
    """Lower edge of a bin, ng/mL; meaningless for bin 0."""
    bits = (code + (_LEAST_BITS - 1)).astype(np.int32) << _SHIFT
    return bits.astype(np.int32).view(np.float32).astype(np.float64)
