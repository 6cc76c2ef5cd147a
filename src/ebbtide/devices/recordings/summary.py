"""What a recording holds, in numbers."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from ebbtide.devices.recordings.recording import Recording
from ebbtide.science.vitals.validity import Quality, Quantity


@dataclass(frozen=True, slots=True)
class QuantitySummary:
    """One quantity of a recording, in the quantity's unit.

    Attributes:
        quantity: What was measured.
        valid: Samples judged OK.
        invalid: All other samples: no reading, out of range, suspect.
        low: Least valid value, None if there is none.
        median: Median valid value, None if there is none.
        high: Greatest valid value, None if there is none.
    """

    quantity: Quantity
    valid: int
    invalid: int
    low: float | None
    median: float | None
    high: float | None


def summarise(recording: Recording) -> tuple[QuantitySummary, ...]:
    """Count and measure each quantity of a recording, in the order of `Quantity`."""
    return tuple(_summaries(recording))


def _summaries(recording: Recording) -> Iterator[QuantitySummary]:
    samples = [sample for frame in recording.frames for sample in frame.samples]
    for quantity in Quantity:
        mine = [sample for sample in samples if sample.quantity is quantity]
        if not mine:
            continue
        values = [s.value for s in mine if s.quality is Quality.OK and s.value is not None]
        yield QuantitySummary(
            quantity,
            valid=len(values),
            invalid=len(mine) - len(values),
            low=min(values, default=None),
            median=statistics.median(values) if values else None,
            high=max(values, default=None),
        )
