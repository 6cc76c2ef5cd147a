"""Two steps of limits on one sign: where caution begins and where danger begins."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from ebbtide.science.units import exactly
from ebbtide.science.vitals.reading import MEASURES, Measure


class Step(IntEnum):
    """How far a value lies from normal."""

    NORMAL = 0
    CAUTION = 1
    DANGER = 2


@dataclass(frozen=True, slots=True)
class Breach:
    """A value beyond a threshold.

    Attributes:
        step: The worst step reached.
        is_high: Beyond an upper threshold rather than a lower one.
        bound: The threshold in words, for example `from 160`.
    """

    step: Step
    is_high: bool
    bound: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits of one sign; None is no limit on that side.

    Attributes:
        field: The field of a reading, which gives the unit too.
        caution_below: Caution for values less than this.
        danger_below: Danger for values less than this.
        caution_from: Caution for this value and more.
        danger_from: Danger for this value and more.
    """

    field: str
    caution_below: Decimal | None = None
    danger_below: Decimal | None = None
    caution_from: Decimal | None = None
    danger_from: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown sign and limits out of order."""
        if self.field not in MEASURES:
            raise ValueError(f"{self.field} is not a sign of a reading")
        ladder = (self.danger_below, self.caution_below, self.caution_from, self.danger_from)
        steps = [step for step in ladder if step is not None]
        if steps != sorted(steps):
            raise ValueError(f"the limits of {self.field} are out of order")

    @property
    def measure(self) -> Measure:
        """Name, unit and range of the sign."""
        return MEASURES[self.field]

    @property
    def short(self) -> str:
        """The sign's name in finding codes."""
        return self.field.split("_", maxsplit=1)[0]

    def breach(self, value: Decimal) -> Breach | None:
        """The worst limit a value is beyond, None if it is within all."""
        if self.danger_below is not None and value < self.danger_below:
            return Breach(Step.DANGER, is_high=False, bound=self._below(self.danger_below))
        if self.danger_from is not None and value >= self.danger_from:
            return Breach(Step.DANGER, is_high=True, bound=self._from(self.danger_from))
        if self.caution_below is not None and value < self.caution_below:
            return Breach(Step.CAUTION, is_high=False, bound=self._below(self.caution_below))
        if self.caution_from is not None and value >= self.caution_from:
            return Breach(Step.CAUTION, is_high=True, bound=self._from(self.caution_from))
        return None

    def _below(self, limit: Decimal) -> str:
        return f"below {exactly(limit)}{self.measure.unit}"

    def _from(self, limit: Decimal) -> str:
        return f"{exactly(limit)}{self.measure.unit} or more"


def thresholds(
    field: str,
    *,
    caution_below: str | None = None,
    danger_below: str | None = None,
    caution_from: str | None = None,
    danger_from: str | None = None,
) -> Thresholds:
    """Thresholds from their written form."""
    return Thresholds(
        field=field,
        caution_below=None if caution_below is None else Decimal(caution_below),
        danger_below=None if danger_below is None else Decimal(danger_below),
        caution_from=None if caution_from is None else Decimal(caution_from),
        danger_from=None if danger_from is None else Decimal(danger_from),
    )
