"""What the pump gave, as a list of constant rates and pushes."""

import math
from dataclasses import dataclass
from itertools import pairwise


def _require_finite(field: str, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{field} must be a finite number, not {value!r}")


def _require_amount(field: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{field} must be finite and not below 0, not {value!r}")


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of infusion at a constant rate.

    Raises:
        ValueError: A time is not finite, the end is not after the start, or the
            rate is negative or not finite.
    """

    start_min: float
    end_min: float
    rate_mg_per_h: float

    def __post_init__(self) -> None:
        """Refuse a piece that no pump can have run."""
        _require_finite("start_min", self.start_min)
        _require_finite("end_min", self.end_min)
        _require_amount("rate_mg_per_h", self.rate_mg_per_h)
        if self.end_min <= self.start_min:
            raise ValueError(
                f"end_min must be after start_min {self.start_min!r}, not {self.end_min!r}"
            )


@dataclass(frozen=True, slots=True)
class Bolus:
    """A push, taken as given in an instant.

    Raises:
        ValueError: The time is not finite, or the dose negative or not finite.
    """

    at_min: float
    dose_mg: float

    def __post_init__(self) -> None:
        """Refuse a push that cannot have been given."""
        _require_finite("at_min", self.at_min)
        _require_amount("dose_mg", self.dose_mg)


@dataclass(frozen=True, slots=True)
class Change:
    """A moment at which the pump's doing changes.

    Attributes:
        dose_mg: Pushed at this moment.
        rate_mg_per_h: Rate from this moment to the next change.
    """

    at_min: float
    dose_mg: float
    rate_mg_per_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PumpHistory:
    """Segments and pushes of one infusion, in order of time.

    All times are minutes from one origin of the caller's choice. A gap between
    segments is a hold.

    Raises:
        ValueError: Segments overlap or are out of order, or pushes are out of order.
    """

    segments: tuple[Segment, ...] = ()
    boluses: tuple[Bolus, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a history that runs two rates at once or backwards."""
        for number, (earlier, later) in enumerate(pairwise(self.segments), start=1):
            if later.start_min < earlier.end_min:
                raise ValueError(
                    f"segments[{number}].start_min {later.start_min!r} is before the end of "
                    f"the segment before it, {earlier.end_min!r}"
                )
        for number, (first, second) in enumerate(pairwise(self.boluses), start=1):
            if second.at_min < first.at_min:
                raise ValueError(
                    f"boluses[{number}].at_min {second.at_min!r} is before the push before it, "
                    f"{first.at_min!r}"
                )

    def changes(self) -> tuple[Change, ...]:
        """Every moment at which rate or amount changes, each once, in order."""
        starts = {segment.start_min: segment.rate_mg_per_h for segment in self.segments}
        rates = {segment.end_min: 0.0 for segment in self.segments} | starts
        pushes: dict[float, float] = {}
        for bolus in self.boluses:
            pushes[bolus.at_min] = pushes.get(bolus.at_min, 0.0) + bolus.dose_mg
        found: list[Change] = []
        rate = 0.0
        for at_min in sorted(rates | pushes):
            rate = rates.get(at_min, rate)
            found.append(Change(at_min, pushes.get(at_min, 0.0), rate))
        return tuple(found)


def given_mg(history: PumpHistory, at_min: float) -> float:
    """Amount given up to and including a moment, in mg.

    Raises:
        ValueError: The moment is not a finite number.
    """
    _require_finite("at_min", at_min)
    infused = (
        (min(segment.end_min, at_min) - segment.start_min) * segment.rate_mg_per_h / 60.0
        for segment in history.segments
        if segment.start_min < at_min
    )
    pushed = (bolus.dose_mg for bolus in history.boluses if bolus.at_min <= at_min)
    return math.fsum((*infused, *pushed))


def up_to(history: PumpHistory, *, at_min: float) -> PumpHistory:
    """What was given up to a moment; a push at the moment is part of it."""
    return PumpHistory(
        segments=tuple(
            Segment(one.start_min, min(one.end_min, at_min), one.rate_mg_per_h)
            for one in history.segments
            if one.start_min < at_min
        ),
        boluses=tuple(one for one in history.boluses if one.at_min <= at_min),
    )
