"""What a patient's signs were before the infusion: the mark everything later is held to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ebbtide.science.units import shown_beside
from ebbtide.science.vitals.reading import Reading, value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Means of the accepted readings before the start; None was never measured.

    Attributes:
        systolic_mmhg: Mean systolic pressure.
        diastolic_mmhg: Mean diastolic pressure.
        pulse_per_min: Mean pulse.
        spo2_percent: Mean saturation.
    """

    systolic_mmhg: Decimal | None = None
    diastolic_mmhg: Decimal | None = None
    pulse_per_min: Decimal | None = None
    spo2_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse what no checked reading holds."""
        known = (self.systolic_mmhg, self.diastolic_mmhg, self.pulse_per_min, self.spo2_percent)
        if any(value is not None and value <= 0 for value in known):
            raise ValueError("a baseline value is positive")


def baseline_of(readings: Sequence[Reading]) -> Baseline:
    """Average each sign over the readings that hold it."""
    return Baseline(
        systolic_mmhg=_mean(readings, "systolic_mmhg"),
        diastolic_mmhg=_mean(readings, "diastolic_mmhg"),
        pulse_per_min=_mean(readings, "pulse_per_min"),
        spo2_percent=_mean(readings, "spo2_percent"),
    )


def _mean(readings: Sequence[Reading], field: str) -> Decimal | None:
    values = [value for reading in readings if (value := value_of(reading, field)) is not None]
    return sum(values, Decimal(0)) / len(values) if values else None


def percent_over(value: Decimal, usual: Decimal) -> Decimal:
    """How far a value lies above a usual one, percent of the usual; negative is below."""
    return (value - usual) * 100 / usual


def rise_shown(value: Decimal, usual: Decimal, *, limit_percent: Decimal) -> str:
    """The percentage over a usual value for people, never reading like the limit it is past."""
    return f"{shown_beside(percent_over(value, usual), limit_percent, places=1)}%"
