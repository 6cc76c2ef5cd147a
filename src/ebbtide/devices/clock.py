"""How far a device's clock is off, from when its messages came. Pure arithmetic."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Final

WINDOW: Final = 30
JUMP_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """What is known of a device's clock; a new one comes from each message.

    Attributes:
        recent_s: Receive time less device time of the latest messages, in seconds. Above 0
            the device is behind, or its messages are long on the way.
        jumps: How often the device's clock was set since it was first seen.
        doubtful_s: The last message's, where it is far off all before it.
    """

    recent_s: tuple[float, ...] = ()
    jumps: int = 0
    doubtful_s: float | None = None

    @property
    def offset_s(self) -> float | None:
        """Seconds to add to the device's time; the median, so that one late message is nothing."""
        return median(self.recent_s) if self.recent_s else None

    def seen(self, *, device_at: datetime, received_at: datetime) -> "ClockOffset":
        """Take one message's sending time and when it came, both aware.

        Use the time of sending, not of measuring: a cuff reading is sent again for minutes.
        One message more than a minute off is late; two that agree are a clock that was set, and
        what was known before is forgotten.

        Source: ebbtide (30 messages, 60 s)
        """
        delta_s = (received_at - device_at).total_seconds()
        if self.offset_s is None or abs(delta_s - self.offset_s) <= JUMP_S:
            return ClockOffset((*self.recent_s, delta_s)[-WINDOW:], self.jumps)
        if self.doubtful_s is not None and abs(delta_s - self.doubtful_s) <= JUMP_S:
            return ClockOffset((self.doubtful_s, delta_s), self.jumps + 1)
        return replace(self, doubtful_s=delta_s)

    def corrected(self, device_at: datetime) -> datetime:
        """The true moment of a device's time as well as it is known, for charts.

        Alarms run on receive time and never on this.
        """
        return device_at + timedelta(seconds=self.offset_s or 0.0)
