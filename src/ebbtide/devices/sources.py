"""What every monitor source gives: frames of judged samples, one after another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ebbtide.science.vitals.validity import Quality, Quantity, judge_cuff, judge_value


@dataclass(frozen=True, slots=True)
class Sample:
    """One quantity at one moment, already judged.

    Attributes:
        quantity: What was measured; it fixes the unit.
        value: The value in the quantity's unit, or None where there was no reading.
        quality: How the value was judged. Only OK may be charted or raise an alarm
            as physiology.
    """

    quantity: Quantity
    value: float | None
    quality: Quality


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything a source said at one moment.

    Attributes:
        offset_s: Seconds since the source's first frame, rising from frame to frame.
        samples: At most one sample per quantity. A quantity that was not due, such as
            a cuff between two inflations, is absent; one that failed is present
            without a value.
        device_at: The device's own clock, where it has one that may be shown.
            Recordings leave it empty: their true dates stay in the file.
    """

    offset_s: float
    samples: tuple[Sample, ...]
    device_at: datetime | None = None


def judged(quantity: Quantity, raw: float | str | None) -> Sample:
    """Make a sample of what a device sent for one quantity, in that quantity's unit."""
    return Sample(quantity, *judge_value(quantity, raw))


def judged_cuff(
    systolic: float | str | None, diastolic: float | str | None, mean: float | str | None
) -> tuple[Sample, ...]:
    """Make samples of one cuff reading, in mmHg; the three share one judgement.

    A mean the device did not send is not made up here: who shows one says it is derived.
    """
    cuff = judge_cuff(systolic, diastolic, mean)
    values = [(Quantity.SYSTOLIC, cuff.systolic_mmhg), (Quantity.DIASTOLIC, cuff.diastolic_mmhg)]
    if judged(Quantity.MEAN, mean).value is not None:
        values.append((Quantity.MEAN, cuff.mean_mmhg))
    failed = cuff.quality is Quality.NO_READING
    return tuple(
        Sample(quantity, None if failed else value, cuff.quality) for quantity, value in values
    )


class MonitorSource(Protocol):
    """Anything that can stand where the bedside monitor stands."""

    @property
    def name(self) -> str:
        """Words for the screen, for example "simulated monitor"."""
        ...

    @property
    def period_s(self) -> float:
        """The usual time between two frames, in seconds."""
        ...

    def next_frame(self, *, given_mg: float) -> Frame | None:
        """Return the next frame, or None once the source has ended.

        Args:
            given_mg: Ketamine given since the previous frame, in milligrams. It drives
                the virtual patient; recordings ignore it.
        """
        ...


def skip_to(source: MonitorSource, offset_s: float, *, given_mg: Callable[[float], float]) -> None:
    """Run a source forward unseen, as after a restart in the middle of a visit.

    The virtual patient is brought to the same state again by the same history.

    Args:
        source: A source from which nothing has been taken yet.
        offset_s: Frames before this offset are taken and forgotten.
        given_mg: All ketamine given up to that many seconds, in milligrams.
    """
    known_mg = 0.0
    taken_s = 0.0
    while taken_s < offset_s:
        now_mg = given_mg(taken_s)
        frame = source.next_frame(given_mg=max(0.0, now_mg - known_mg))
        known_mg = max(known_mg, now_mg)
        if frame is None:
            return
        taken_s = frame.offset_s + source.period_s
