"""A scenario: who is given what and when, as JSON. Not a verb."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np

from ebbtide.cli.reading import read
from ebbtide.science.pk.catalogue import model_named
from ebbtide.science.pk.effect import EFFECT_SITE_HALF_LIFE_MIN
from ebbtide.science.pk.models import Covariates, Enantiomer, PkModel, Site
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment
from ebbtide.science.plain import from_plain

MOST_MOMENTS: Final = 1_000_000
_LATEST_MIN: Final = Decimal(525_600)  # a year; what is later was typed in another unit
_TAIL_MIN: Final = Decimal(240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The pump set to a rate, or a push; one of the two.

    Raises:
        ValueError: It is both or neither, or a figure is negative or too large.
    """

    at_min: Decimal
    rate_mg_per_h: Decimal | None = None
    bolus_mg: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse what no pump does."""
        if (self.rate_mg_per_h is None) == (self.bolus_mg is None):
            raise ValueError("give either rate_mg_per_h or bolus_mg")
        for name, most in (("at_min", _LATEST_MIN), ("rate_mg_per_h", 10_000), ("bolus_mg", 2_000)):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= most:
                raise ValueError(f"{name} must be 0 to {most}, not {value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What `ebbtide simulate` reads.

    Attributes:
        model: Name of a model; `ebbtide models` lists them.
        ke0_half_life_min: Half-life of the lag between blood and effect site.
        site: Where the plasma level is wanted; where the model was measured when left out.
        enantiomer: Which ketamine the events count.
        events: In order of time.
        times_min: The moments wanted, in order, none before the first event.
        metabolites: Which metabolites are wanted.
        override: Why a covariate outside the model's range is let pass.
    """

    model: str
    weight_kg: Decimal
    events: tuple[Event, ...]
    age_years: Decimal | None = None
    is_asian: bool = False
    ke0_half_life_min: Decimal = Decimal(str(EFFECT_SITE_HALF_LIFE_MIN))
    site: Site | None = None
    enantiomer: Enantiomer = Enantiomer.RACEMIC
    times_min: tuple[Decimal, ...] = ()
    metabolites: tuple[str, ...] = ()
    override: str = ""

    def __post_init__(self) -> None:
        """Refuse events out of order or on top of each other, and moments before the first."""
        if not self.events:
            raise ValueError("events must hold at least one rate or bolus")
        for number, (earlier, later) in enumerate(pairwise(self.events), start=1):
            if later.at_min < earlier.at_min:
                raise ValueError(
                    f"events.{number}.at_min {later.at_min} is before the event before it, "
                    f"{earlier.at_min}; put events in order of time"
                )
        seen: set[tuple[Decimal, bool]] = set()
        for number, event in enumerate(self.events):
            kind = (event.at_min, event.bolus_mg is None)
            if kind in seen:
                what = "rate" if event.bolus_mg is None else "bolus"
                raise ValueError(f"events.{number} is a second {what} at {event.at_min} min")
            seen.add(kind)
        self._check_times()

    def _check_times(self) -> None:
        first = self.events[0].at_min
        for number, at_min in enumerate(self.times_min):
            if at_min < first:
                raise ValueError(
                    f"times_min.{number} {at_min} is before the first event, at {first} min"
                )
            if number and at_min < self.times_min[number - 1]:
                raise ValueError(
                    f"times_min.{number} {at_min} is before the moment before it, "
                    f"{self.times_min[number - 1]}; put them in order"
                )
        if self.times_min and self.times_min[-1] > _LATEST_MIN:
            raise ValueError(f"times_min must not go past {_LATEST_MIN} min, a year")

    @property
    def covariates(self) -> Covariates:
        """The patient, as a model asks for them."""
        return Covariates(
            weight_kg=float(self.weight_kg),
            age_years=None if self.age_years is None else float(self.age_years),
            is_asian=self.is_asian,
        )

    @property
    def pk_model(self) -> PkModel:
        """The model.

        Raises:
            ValueError: There is none of that name, or it counts another ketamine.
        """
        model = model_named(self.model)
        if model.enantiomer is not self.enantiomer:
            way_out = (
                f'say "enantiomer": "{model.enantiomer}" and give the mg of it, '
                "half of a racemic dose"
                if self.enantiomer is Enantiomer.RACEMIC
                else "`ebbtide models` tells what each model counts"
            )
            raise ValueError(
                f"{model.name} counts {model.enantiomer} ketamine, the events {self.enantiomer}; "
                f"{way_out}"
            )
        return model

    @property
    def first_min(self) -> float:
        """The first event."""
        return float(self.events[0].at_min)

    @property
    def last_min(self) -> float:
        """The last moment wanted; some hours after the last event where none is named."""
        if self.times_min:
            return float(self.times_min[-1])
        return float(self.events[-1].at_min + _TAIL_MIN)

    @property
    def is_left_running(self) -> bool:
        """Whether no event stops the pump."""
        rates = [event.rate_mg_per_h for event in self.events if event.rate_mg_per_h is not None]
        return bool(rates and rates[-1])

    @property
    def history(self) -> PumpHistory:
        """What the pump gave, up to the last moment where no event stops it."""
        rates = [
            (float(event.at_min), float(event.rate_mg_per_h))
            for event in self.events
            if event.rate_mg_per_h is not None
        ]
        end_min = max(self.last_min, float(self.events[-1].at_min)) + 1.0
        return PumpHistory(
            segments=tuple(
                Segment(start_min, end_min, rate)
                for (start_min, rate), (end_min, _) in pairwise([*rates, (end_min, 0.0)])
            ),
            boluses=tuple(
                Bolus(float(event.at_min), float(event.bolus_mg))
                for event in self.events
                if event.bolus_mg is not None
            ),
        )

    def moments(self, every_min: Decimal | None) -> Floats:
        """The moments wanted, or a grid from the first event on, shape (n,).

        Raises:
            ValueError: None are named and no step is given, or the step makes too many.
        """
        if every_min is None:
            if not self.times_min:
                raise ValueError("times_min is missing; name the moments, or use --every MIN")
            return np.array([float(at_min) for at_min in self.times_min])
        count = int((self.last_min - self.first_min) / float(every_min) + 1e-9) + 1
        if count > MOST_MOMENTS:
            raise ValueError(f"--every {every_min} makes {count:,} moments; at most 1,000,000")
        return np.linspace(0.0, (count - 1) * float(every_min), count) + self.first_min


def read_scenario(name: str) -> Scenario:
    """Read a scenario from a file, `-` for standard input.

    Raises:
        ValueError: It cannot be read or used; the message names the file and the field.
    """
    return read(name, partial(from_plain, Scenario), number=Decimal)
