"""What a change between two scores means, compared exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from ebbtide.science.findings import Finding, Severity
from ebbtide.science.instruments.answers import number
from ebbtide.science.instruments.catalogue import instrument_named
from ebbtide.science.instruments.definition import Instrument, Measure, Threshold, Worse
from ebbtide.science.instruments.result import Score, decimal

Compared = Score | int | float | Decimal | Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From one score to a later one.

    Attributes:
        instrument: Its short name.
        before: First score without rounding; None if there is none.
        after: Later score.
        met: For each threshold whether it is reached; None where that is undefined, as a
            percentage of 0 is.
        is_worse: The later score, or its band where nothing is summed, is worse.
        findings: What a clinician should be told.
    """

    instrument: str
    before: Fraction | None = None
    after: Fraction | None = None
    met: Mapping[str, bool | None]
    is_worse: bool | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """Later minus first: negative is a fall."""
        if self.before is None or self.after is None:
            return None
        return decimal(self.after - self.before)

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the first score; None when that was 0 or less."""
        share = _share(self.before, self.after)
        return None if share is None else decimal(share)


def _share(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    if before is None or after is None or before <= 0:
        return None
    return (after - before) / before * 100


def change(instrument_id: str, before: Compared, after: Compared) -> Change:
    """Classify the change from one score to a later one of the same instrument.

    Args:
        instrument_id: Its name, for example `phq-9`.
        before: The first score: a `Score`, or a number that may be one. None is no score.
        after: The later score.

    Raises:
        ValueError: A score is of another instrument or cannot be a score of this one.
    """
    instrument = instrument_named(instrument_id)
    if instrument.ladder:
        return _on_ladder(instrument, before, after)
    first, last = _exact(instrument, before), _exact(instrument, after)
    return Change(
        instrument=instrument.id,
        before=first,
        after=last,
        met=MappingProxyType(
            {each.name: _is_met(each, first, last) for each in instrument.thresholds}
        ),
        is_worse=_is_worse(instrument, first, last),
    )


def _exact(instrument: Instrument, value: Compared) -> Fraction | None:
    if value is None:
        return None
    if isinstance(value, Score):
        return _of(instrument, value).exact
    read = value if isinstance(value, Fraction) else number(value)
    low, high = instrument.low, instrument.high
    if read is None or low is None or high is None or not low <= read <= high:
        raise ValueError(f"{instrument.id} score: {value} is not a number from {low} to {high}")
    return Fraction(read)


def _of(instrument: Instrument, scored: Score) -> Score:
    if scored.instrument != instrument.id:
        raise ValueError(f"{instrument.id} cannot be compared with a score of {scored.instrument}")
    return scored


def _is_met(each: Threshold, first: Fraction | None, last: Fraction | None) -> bool | None:
    amount = Fraction(each.amount)
    if last is None:
        return None
    if each.measure is Measure.BELOW:
        return last < amount
    if each.measure is Measure.AT_MOST:
        return last <= amount
    fall = _share(first, last) if each.measure is Measure.FALL_PERCENT else _points(first, last)
    return None if fall is None else -fall >= amount


def _points(first: Fraction | None, last: Fraction) -> Fraction | None:
    return None if first is None else last - first


def _is_worse(instrument: Instrument, first: Fraction | None, last: Fraction | None) -> bool | None:
    if first is None or last is None or instrument.worse is Worse.NEITHER:
        return None
    return last > first if instrument.worse is Worse.HIGHER else last < first


def _on_ladder(instrument: Instrument, before: Compared, after: Compared) -> Change:
    first, last = _step(instrument, before), _step(instrument, after)
    worse = None if first is None or last is None else last > first
    findings = (_rise(instrument, before, after),) if worse else ()
    return Change(
        instrument=instrument.id, met=MappingProxyType({}), is_worse=worse, findings=findings
    )


def _step(instrument: Instrument, value: Compared) -> int | None:
    if value is None:
        return None
    if not isinstance(value, Score):
        raise ValueError(  # noqa: TRY004 - the value is of a kind that other instruments take
            f"{instrument.id} has no number to compare: {value}; give its scores"
        )
    band = _of(instrument, value).band
    return None if band is None else instrument.ladder.index(band)


def _rise(instrument: Instrument, before: Compared, after: Compared) -> Finding:
    bands = " to ".join(str(value.band) for value in (before, after) if isinstance(value, Score))
    return Finding(
        "score.rise",
        Severity.OVERRIDE,
        f"{instrument.title}: worse, {bands}. A clinician assesses now.",
        source=instrument.scoring.source,
    )
