"""Plain runs beyond a number, as studies count them; no delay, pause or hysteresis."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Episode:
    """Consecutive rows beyond the number.

    Attributes:
        first_row: Index of the first.
        rows: How many.
        extreme: The value furthest beyond.
    """

    first_row: int
    rows: int
    extreme: float


def episodes(
    values: Sequence[float | None],
    *,
    least_rows: int,
    below: float | None = None,
    from_value: float | None = None,
) -> tuple[Episode, ...]:
    """Every run of at least `least_rows` rows beyond a number; no value ends a run.

    Args:
        values: One per row, None for no value.
        least_rows: Shortest run that counts.
        below: Count values less than this.
        from_value: Count values of this and more.

    Raises:
        ValueError: Not exactly one of the two numbers is given, or no row would be enough.
    """
    if (below is None) == (from_value is None):
        raise ValueError("give one number: values below it, or from it on")
    if least_rows < 1:
        raise ValueError("a run has at least one row")
    numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
    is_beyond = numbers < below if below is not None else numbers >= from_value
    ends: NDArray[np.int64] = np.flatnonzero(np.diff(is_beyond, prepend=False, append=False))
    extreme = np.min if below is not None else np.max
    return tuple(
        Episode(int(first), int(end - first), float(extreme(numbers[first:end])))
        for first, end in zip(ends[::2], ends[1::2], strict=True)
        if end - first >= least_rows
    )
