"""What passes through the gateway, and how it is doing."""

from dataclasses import dataclass
from datetime import datetime

from ebbtide.devices.sources import Frame


@dataclass(frozen=True, slots=True)
class FeedFrame:
    """A frame with the feed it belongs to and its two times.

    Attributes:
        feed_id: The feed, as named on attaching.
        frame: What the source said.
        at: When it holds: start of the feed plus the frame's offset. At a speed other
            than 1 this runs away from the wall clock. Unique within the feed.
        received_at: When the gateway took it, by the gateway's clock.
    """

    feed_id: str
    frame: Frame
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A frame that is on disk, with the sequence number it was stored under."""

    sequence: int
    feed_frame: FeedFrame


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How one feed is doing.

    Attributes:
        feed_id: The feed.
        source_name: The source's name for the screen.
        period_s: The source's usual time between frames, in seconds of feed time.
        taken: Frames taken from the source.
        stored: Frames on disk.
        stored_sequence: Sequence number of the last stored frame.
        stored_at: The `at` of the last stored frame.
        stored_received_at: The `received_at` of the last stored frame: its age tells
            whether the numbers on the screen are still true.
        has_ended: The source said it is over, or broke.
        error: What broke it, in words; empty when it simply ended or still runs.
    """

    feed_id: str
    source_name: str
    period_s: float
    taken: int
    stored: int
    stored_sequence: int | None
    stored_at: datetime | None
    stored_received_at: datetime | None
    has_ended: bool
    error: str


@dataclass(frozen=True, slots=True)
class GatewayHealth:
    """How the whole pipeline is doing.

    Attributes:
        lag_s: Age of the oldest frame that is not yet on disk, in seconds; 0 if none.
        pending: Frames taken but not yet on disk.
        store_error: Why the store is failing just now; empty when it is not.
        feeds: One entry per attached feed, by feed.
    """

    lag_s: float
    pending: int
    store_error: str
    feeds: dict[str, FeedHealth]
