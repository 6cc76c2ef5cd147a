"""What a hold, another rate, a stop or a push would do from now on.

A picture, not an instruction: it shows what the model expects of a choice, and makes none.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ebbtide.science.pk.exposure import Peak, peak, spells_above
from ebbtide.science.pk.modes import Floats
from ebbtide.science.pk.pump import Bolus, PumpHistory, Segment, given_mg, up_to
from ebbtide.science.pk.system import System, levels_of

LABEL: Final = "picture, not an instruction"
_MINUTES_PER_H: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """An infusion at this moment.

    Attributes:
        history: What the pump gave; anything planned after `at_min` is left out.
        at_min: This moment, on the clock of the history.
        rate_mg_per_h: What runs, or ran before a hold; 0 when nothing is to follow.
        remaining_mg: What is still to be given of the dose.

    Raises:
        ValueError: A moment not finite, or a rate or amount negative or not finite.
    """

    history: PumpHistory
    at_min: float
    rate_mg_per_h: float
    remaining_mg: float

    def __post_init__(self) -> None:
        """Refuse what no infusion is."""
        if not math.isfinite(self.at_min):
            raise ValueError(f"at_min must be a finite number, not {self.at_min!r}")
        _require_amount("rate_mg_per_h", self.rate_mg_per_h)
        _require_amount("remaining_mg", self.remaining_mg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that could be done now, as the pump would do it.

    Attributes:
        name: In words, to stand beside its curve.
        segments: From now on, in order.
        boluses: Pushes of an instant, from now on, in order.
    """

    name: str
    segments: tuple[Segment, ...]
    boluses: tuple[Bolus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """What the model expects of a choice.

    Attributes:
        choice: Its name.
        times_min: Shape (n,), on the clock of the history.
        levels_ng_per_ml: By output, each of shape (n,).
        highest: By output, the highest level from now on.
        falls_below_min: By level asked for, ng/mL: the moment from which the output
            `watched` stays below it; now, where it never reaches it again.
        watched: The output whose fall is looked for.
        total_mg: Everything given from the first change of the pump to the end.
        end_min: When the pump stops; now, where it gives nothing more.
        label: To be shown wherever any of this is.
    """

    choice: str
    times_min: Floats
    levels_ng_per_ml: Mapping[str, Floats]
    highest: Mapping[str, Peak]
    falls_below_min: Mapping[float, float]
    watched: str
    total_mg: float
    end_min: float
    label: str = LABEL


def go_on(now: Now) -> Choice:
    """Leave the rate as it is until the dose is in."""
    return Choice(name="go on", segments=_until_given(now, now.at_min, now.rate_mg_per_h))


def hold(now: Now, *, minutes: float) -> Choice:
    """Stop for some minutes, then go on at the same rate until the dose is in.

    Raises:
        ValueError: The time is negative or not finite.
    """
    _require_amount("minutes", minutes)
    segments = _until_given(now, now.at_min + minutes, now.rate_mg_per_h)
    return Choice(name=f"hold for {minutes:g} min", segments=segments)


def change_rate(now: Now, *, rate_mg_per_h: float) -> Choice:
    """Run at another rate until the dose is in.

    Raises:
        ValueError: The rate is negative or not finite.
    """
    _require_amount("rate_mg_per_h", rate_mg_per_h)
    return Choice(
        name=f"rate {rate_mg_per_h:g} mg/h",
        segments=_until_given(now, now.at_min, rate_mg_per_h),
    )


def stop(now: Now) -> Choice:  # noqa: ARG001  # every choice is made from now
    """Give nothing more."""
    return Choice(name="stop", segments=())


def bolus(now: Now, *, dose_mg: float, over_min: float) -> Choice:
    """Give a dose over some minutes on top of what runs, and go on; 0 min is an instant.

    The dose is beside what remains, not part of it.

    Raises:
        ValueError: A dose or time negative or not finite.
    """
    _require_amount("dose_mg", dose_mg)
    _require_amount("over_min", over_min)
    name = f"push of {dose_mg:g} mg over {over_min:g} min"
    running = _until_given(now, now.at_min, now.rate_mg_per_h)
    if over_min == 0:
        return Choice(name=name, segments=running, boluses=(Bolus(now.at_min, dose_mg),))
    push = Segment(now.at_min, now.at_min + over_min, dose_mg * _MINUTES_PER_H / over_min)
    return Choice(name=name, segments=_added(push, *running))


def outlook(
    system: System,
    *,
    now: Now,
    choice: Choice,
    times_min: Floats,
    below_ng_per_ml: tuple[float, ...] = (),
    watched: str = "plasma",
) -> Outlook:
    """What the model expects if a choice is made now.

    Args:
        system: The body.
        now: The infusion at this moment.
        choice: What would be done.
        times_min: Shape (n,), in order, on the clock of the history.
        below_ng_per_ml: Levels whose last passing is wanted.
        watched: The output that they are levels of.

    Raises:
        ValueError: Times out of order or not finite, a level not finite and above 0, or
            no such output.
    """
    past = up_to(now.history, at_min=now.at_min)
    mark = Bolus(now.at_min, 0.0)  # so that there is a level from now on, be it 0
    whole = PumpHistory(
        segments=past.segments + choice.segments,
        boluses=(*past.boluses, mark, *choice.boluses),
    )
    end_min = max((segment.end_min for segment in choice.segments), default=now.at_min)
    return Outlook(
        choice=choice.name,
        times_min=times_min,
        levels_ng_per_ml=levels_of(system, history=whole, times_min=times_min),
        highest={
            name: peak(system, history=whole, output=name, from_min=now.at_min)
            for name in system.outputs
        },
        falls_below_min={
            level: _last_fall(system, whole, level, output=watched, from_min=now.at_min)
            for level in below_ng_per_ml
        },
        watched=watched,
        total_mg=given_mg(whole, end_min),
        end_min=end_min,
    )


def _until_given(now: Now, start_min: float, rate_mg_per_h: float) -> tuple[Segment, ...]:
    """What remains, at one rate; nothing where there is no rate or nothing remains."""
    if rate_mg_per_h == 0 or now.remaining_mg == 0:
        return ()
    length_min = now.remaining_mg / rate_mg_per_h * _MINUTES_PER_H
    return (Segment(start_min, start_min + length_min, rate_mg_per_h),)


def _added(first: Segment, *others: Segment) -> tuple[Segment, ...]:
    """Two pieces that begin together, as one pump would give them."""
    if not others:
        return (first,)
    second = others[0]
    short, long = sorted((first, second), key=lambda one: one.end_min)
    both = Segment(short.start_min, short.end_min, short.rate_mg_per_h + long.rate_mg_per_h)
    if short.end_min == long.end_min:
        return (both,)
    return (both, Segment(short.end_min, long.end_min, long.rate_mg_per_h))


def _last_fall(
    system: System, history: PumpHistory, level: float, *, output: str, from_min: float
) -> float:
    spells = spells_above(
        system, history=history, level_ng_per_ml=level, output=output, from_min=from_min
    )
    return spells[-1].end_min if spells else from_min


def _require_amount(field: str, value: float) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{field} must be finite and not below 0, not {value!r}")
