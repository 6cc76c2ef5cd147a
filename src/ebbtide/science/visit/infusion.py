"""What the pump gave: exact amounts from its steps, at any moment.

The bag ends the infusion as surely as a stop does: nothing is counted beyond
its volume. Overfill and line volume are left out, and the page says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment

_SECONDS_PER_HOUR = Decimal(3600)
_MICRO = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class PumpStep:
    """From `at` the pump runs at `rate_ml_per_h`; 0 is held or stopped."""

    at: datetime
    rate_ml_per_h: Decimal


@dataclass(frozen=True, slots=True)
class GivenBolus:
    """A bolus from the bag, mg."""

    at: datetime
    dose_mg: Decimal


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch at one rate, ended by the next step, the bag's end or the moment asked for."""

    start: datetime
    end: datetime
    rate_ml_per_h: Decimal

    @property
    def volume_ml(self) -> Decimal:
        """What ran in, mL."""
        return self.rate_ml_per_h * seconds_between(self.start, self.end) / _SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Infusion:
    """The drug given in a visit: the bag, the pump's steps and the boluses, in order of time."""

    volume_ml: Decimal
    mg_per_ml: Decimal
    steps: tuple[PumpStep, ...] = ()
    boluses: tuple[GivenBolus, ...] = ()

    @property
    def started_at(self) -> datetime | None:
        """The first step of the pump."""
        return self.steps[0].at if self.steps else None

    def runs(self, until: datetime) -> tuple[Run, ...]:
        """Stretches with the pump running, up to `until`, ended where the bag is empty."""
        return self._ledger(until)[0]

    def _ledger(self, until: datetime) -> tuple[tuple[Run, ...], tuple[GivenBolus, ...]]:
        """What left the bag in order of time: a bolus cannot give what has run in already."""
        runs: list[Run] = []
        boluses: list[GivenBolus] = []
        left_ml = self.volume_ml
        rate_ml_per_h, since = Decimal(0), until
        changes: list[PumpStep | GivenBolus] = [*self.steps, *self.boluses]
        for change in sorted(changes, key=lambda change: change.at):
            if change.at > until:
                break
            # Decimals hold 28 digits: the last of them may put a bag just below empty.
            run_ml = _run_on(runs, since, change.at, rate_ml_per_h, left_ml)
            left_ml = max(left_ml - run_ml, Decimal(0))
            since = change.at
            if isinstance(change, PumpStep):
                rate_ml_per_h = change.rate_ml_per_h
            else:
                pushed_ml = min(change.dose_mg / self.mg_per_ml, left_ml)
                left_ml -= pushed_ml
                boluses.append(GivenBolus(change.at, pushed_ml * self.mg_per_ml))
        _run_on(runs, since, until, rate_ml_per_h, left_ml)
        return tuple(runs), tuple(boluses)

    def given_ml(self, at: datetime) -> Decimal:
        """Volume run in by `at`, boluses included, mL, unrounded."""
        runs, boluses = self._ledger(at)
        pumped = sum((run.volume_ml for run in runs), Decimal(0))
        pushed = sum((bolus.dose_mg for bolus in boluses), Decimal(0)) / self.mg_per_ml
        return min(pumped + pushed, self.volume_ml)

    def given_mg(self, at: datetime) -> Decimal:
        """Dose given by `at`, boluses included, mg, unrounded."""
        return self.given_ml(at) * self.mg_per_ml

    def left_ml(self, at: datetime) -> Decimal:
        """What is still in the bag at `at`, mL, unrounded."""
        return self.volume_ml - self.given_ml(at)

    def rate_ml_per_h(self, at: datetime) -> Decimal:
        """Rate in force at `at`, mL/h; 0 before the start, held, stopped or with the bag empty."""
        current = Decimal(0)
        for step in self.steps:
            if step.at <= at:
                current = step.rate_ml_per_h
        return current if self.left_ml(at) > _CRUMB_ML else Decimal(0)

    def empties_at(self, at: datetime) -> datetime | None:
        """When the bag ends at the rate in force; None while nothing runs."""
        rate = self.rate_ml_per_h(at)
        if rate == 0:
            return None
        return at + _duration(self.left_ml(at) * _SECONDS_PER_HOUR / rate)

    def history(self, until: datetime) -> PumpHistory:
        """The pump's history for the level curve: minutes from the start, mg and mg/h."""
        start = self.started_at
        if start is None:
            return PumpHistory()
        mg_per_ml = float(self.mg_per_ml)
        runs, boluses = self._ledger(until)
        return PumpHistory(
            segments=tuple(
                Segment(
                    _minutes(start, run.start),
                    _minutes(start, run.end),
                    float(run.rate_ml_per_h) * mg_per_ml,
                )
                for run in runs
            ),
            boluses=tuple(
                Bolus(_minutes(start, bolus.at), float(bolus.dose_mg)) for bolus in boluses
            ),
        )


# The last digit of a Decimal may round a used-up bag to a hair below nothing.
_NONE = Decimal(0)
# A bag is empty when less than a hundredth of a drop is counted as left: the
# end of a run is held to the microsecond, so the exact sum never reaches zero.
_CRUMB_ML = Decimal("0.0005")


def _run_on(
    runs: list[Run], start: datetime, end: datetime, rate_ml_per_h: Decimal, left_ml: Decimal
) -> Decimal:
    """Add the stretch from `start` to `end`, or to the bag's end, and give its volume, mL."""
    run = Run(start, end, rate_ml_per_h)
    if rate_ml_per_h > 0 and run.volume_ml > left_ml:
        run = Run(
            start, start + _duration(left_ml * _SECONDS_PER_HOUR / rate_ml_per_h), rate_ml_per_h
        )
    if rate_ml_per_h == 0 or run.end <= run.start:
        return Decimal(0)
    runs.append(run)
    return run.volume_ml


def seconds_between(start: datetime, end: datetime) -> Decimal:
    """Seconds from `start` to `end`, exact to the microsecond."""
    return Decimal((end - start) // timedelta(microseconds=1)) / _MICRO


def _duration(seconds: Decimal) -> timedelta:
    return timedelta(microseconds=int(seconds * _MICRO))


def _minutes(start: datetime, moment: datetime) -> float:
    return (moment - start) / timedelta(minutes=1)
