"""The clinic's clock: real time, or in a demo a time that runs faster.

Only views, streams and commands read it; everything below takes the moment as an argument.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of clinic time: at `real` the clinic's clock showed `clinic`."""

    real: datetime
    clinic: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """Clinic time at a real moment."""
        return self.clinic + (real - self.real) * self.speed

    def real_at(self, clinic: datetime) -> datetime:
        """The real moment at which the clinic's clock shows a time."""
        return self.real + (clinic - self.clinic) / self.speed


_run: Run | None = None
_lock = threading.Lock()


def start(*, anchor_real: datetime, anchor_clinic: datetime, speed: float) -> Run:
    """Set the clock; only a demo may run it at another speed or from another moment.

    Raises:
        ValueError: outside a demo, for a speed that is not positive, or for naive moments.
    """
    global _run  # noqa: PLW0603, one clock in a process
    if anchor_real.tzinfo is None or anchor_clinic.tzinfo is None:
        raise ValueError("the clock's anchors need a time zone")
    if not speed > 0:
        raise ValueError(f"the clock's speed must be above 0, not {speed:g}")
    if not settings.DEMO and (speed != 1.0 or anchor_real != anchor_clinic):
        raise ValueError("only a demo may run the clock at another speed or from another time")
    with _lock:
        _run = Run(real=anchor_real, clinic=anchor_clinic, speed=speed)
        return _run


def running() -> Run:
    """The run in force; started from the settings on first use."""
    global _run  # noqa: PLW0603, one clock in a process
    with _lock:
        if _run is None:
            moment = datetime.now(UTC)
            _run = Run(real=moment, clinic=moment, speed=settings.CLOCK_SPEED)
        return _run


def speed() -> float:
    """How many clinic seconds pass in a real second."""
    return running().speed


def now() -> datetime:
    """Clinic time, aware, in UTC."""
    run = running()
    if run.speed == 1.0 and run.real == run.clinic:
        return datetime.now(UTC)
    return run.at(datetime.now(UTC)).astimezone(UTC)


def real_wait_s(duration: timedelta) -> float:
    """Real seconds to wait for a stretch of clinic time."""
    return duration.total_seconds() / speed()
