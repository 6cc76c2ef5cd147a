"""The way of every sample: taken from its source, put on disk, then shown.

One task per feed takes frames at their due moment; one writer task gathers what has
come, has it stored in one transaction, and only then hands it on to be shown. While
the disk is busy the next batch grows; when too much waits, the sources wait as well.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Self

from ebbtide.devices.feeds import FeedFrame, FeedHealth, GatewayHealth, StoredFrame
from ebbtide.devices.sources import Frame, MonitorSource

__all__ = ["FeedFrame", "FeedHealth", "Gateway", "GatewayHealth", "StoredFrame"]

logger = logging.getLogger(__name__)


Store = Callable[[Sequence[FeedFrame]], Sequence[int]]
"""Writes a batch in one transaction and returns one sequence number per frame, in order.

Called in the gateway's single store thread, so one database connection serves it. When
it raises, nothing of the batch may have been written: the same batch comes again. A
store that cannot promise that should ignore a (feed_id, at) it already has.
"""

Publish = Callable[[Sequence[StoredFrame]], None]
"""Shows stored frames. Called on the event loop, so it must not block."""

GivenMg = Callable[[datetime], float]
"""All ketamine given up to that moment of the feed's time, in milligrams, never falling.

Called on the event loop once per frame, so it must be cheap.
"""


def nothing_given(at: datetime) -> float:  # noqa: ARG001 - at no moment
    """Stand for a patient who is given no ketamine: 0 mg."""
    return 0.0


@dataclass(slots=True, eq=False)
class _Feed:
    """What the gateway keeps of one attached feed."""

    feed_id: str
    source: MonitorSource
    speed: float
    given_mg: GivenMg
    started_at: datetime
    task: asyncio.Task[None] | None = None
    taken: int = 0
    stored: int = 0
    last_stored: StoredFrame | None = None
    has_ended: bool = False
    error: str = ""
    known_given_mg: float = 0.0

    def given_since(self, offset_s: float) -> float:
        """Ketamine given since this was last asked, in milligrams, never below 0."""
        try:
            given_mg = self.given_mg(self.at(offset_s))
        except Exception:
            # The monitor goes on; the amount is made good the next time it can be told.
            logger.exception("feed %s was not told what was given", self.feed_id)
            return 0.0
        added_mg = max(0.0, given_mg - self.known_given_mg)
        self.known_given_mg += added_mg
        return added_mg

    def at(self, offset_s: float) -> datetime:
        return self.started_at + timedelta(seconds=offset_s)

    def health(self) -> FeedHealth:
        last = self.last_stored
        return FeedHealth(
            feed_id=self.feed_id,
            source_name=self.source.name,
            period_s=self.source.period_s,
            taken=self.taken,
            stored=self.stored,
            stored_sequence=last.sequence if last else None,
            stored_at=last.feed_frame.at if last else None,
            stored_received_at=last.feed_frame.received_at if last else None,
            has_ended=self.has_ended,
            error=self.error,
        )


@dataclass(frozen=True, slots=True)
class _Pending:
    """A frame on its way to the disk."""

    feed: _Feed
    feed_frame: FeedFrame
    taken_s: float = field(compare=False)


class Gateway:
    """Takes frames from many sources, stores them in batches, then publishes them.

    All methods belong to one event loop; from another thread use
    `asyncio.run_coroutine_threadsafe` or `loop.call_soon_threadsafe`.
    """

    def __init__(
        self,
        store: Store,
        publish: Publish,
        *,
        clock: Callable[[], datetime],
        max_batch: int = 500,
        max_pending: int = 5_000,
        gather_s: float = 0.02,
        retry_s: tuple[float, float] = (0.1, 5.0),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Set up without starting anything.

        Args:
            store: Writes a batch; see `Store`.
            publish: Shows what was stored; see `Publish`.
            clock: The aware wall clock, for `received_at` and the start of feeds.
            max_batch: Most frames in one transaction.
            max_pending: Most frames taken but not stored; beyond it sources wait.
            gather_s: How long the writer waits for company after a first frame, so that
                several feeds share one transaction.
            retry_s: First and longest wait after a failed store; it doubles between.
            monotonic: The clock that paces feeds, in seconds.
            sleep: Waits that many seconds of `monotonic`.
        """
        if max_batch < 1 or max_pending < 1:
            raise ValueError("max_batch and max_pending must be at least 1")
        self._store = store
        self._publish = publish
        self._clock = clock
        self._max_batch = max_batch
        self._gather_s = gather_s
        self._retry_s = retry_s
        self._monotonic = monotonic
        self._sleep = sleep
        self._feeds: dict[str, _Feed] = {}
        self._pending: deque[_Pending] = deque()
        self._room = asyncio.Semaphore(max_pending)
        self._arrived = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._store_thread = ThreadPoolExecutor(1, thread_name_prefix="ebbtide-store")
        self._store_error = ""
        self._is_closing = False
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start the writer."""
        self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Close, storing what is pending."""
        await self.close()

    def start(self) -> None:
        """Start the writer task on the running loop."""
        if self._writer is not None:
            raise ValueError("the gateway has been started already")
        self._writer = asyncio.get_running_loop().create_task(
            self._write_for_ever(), name="gateway-writer"
        )

    def attach(
        self,
        feed_id: str,
        source: MonitorSource,
        *,
        speed: float = 1.0,
        given_mg: GivenMg = nothing_given,
        started_at: datetime | None = None,
    ) -> None:
        """Begin to take frames from a source.

        Args:
            feed_id: Names the feed in everything stored and published.
            source: Where the frames come from.
            speed: Feed seconds per second of real time.
            given_mg: Total ketamine given by a moment of feed time; see `GivenMg`.
            started_at: Feed time of offset 0; now, by the gateway's clock, if left out.
                Give the first start again when a feed goes on after a restart.

        Raises:
            ValueError: The feed is attached already, or the speed is not above 0.
        """
        if feed_id in self._feeds:
            raise ValueError(f"feed {feed_id} is attached already")
        if not speed > 0:
            raise ValueError(f"speed must be above 0, not {speed}")
        feed = _Feed(feed_id, source, speed, given_mg, started_at or self._clock())
        self._feeds[feed_id] = feed
        feed.task = asyncio.get_running_loop().create_task(
            self._take(feed), name=f"gateway-feed-{feed_id}"
        )

    async def detach(self, feed_id: str) -> None:
        """Take no more frames from a feed; those already taken are still stored.

        Unknown feeds are left in peace, so that detaching twice does no harm.
        """
        feed = self._feeds.pop(feed_id, None)
        if feed is not None:
            await _cancel(feed.task)

    async def close(self) -> None:
        """Detach every feed, store all that was taken, and end the writer.

        While the store keeps failing this keeps trying: nothing is dropped. Whoever
        must leave anyway cancels it.
        """
        for feed_id in list(self._feeds):
            await self.detach(feed_id)
        self._is_closing = True
        self._arrived.set()
        try:
            if self._writer is not None:
                await self._writer
        finally:
            self._store_thread.shutdown(wait=False)

    async def drained(self) -> None:
        """Wait until every attached feed has ended and all its frames are stored."""
        await asyncio.gather(*(feed.task for feed in self._feeds.values() if feed.task))
        await self._emptied.wait()

    def health(self) -> GatewayHealth:
        """Tell how far behind the pipeline is and how each feed is doing."""
        oldest = self._pending[0].taken_s if self._pending else None
        return GatewayHealth(
            lag_s=0.0 if oldest is None else self._monotonic() - oldest,
            pending=len(self._pending),
            store_error=self._store_error,
            feeds={feed_id: feed.health() for feed_id, feed in self._feeds.items()},
        )

    async def _take(self, feed: _Feed) -> None:
        try:
            await self._take_until_end(feed)
        except Exception as error:
            # A broken source ends its own feed and no other; the page shows it as lost.
            logger.exception("feed %s broke", feed.feed_id)
            feed.error = f"{type(error).__name__}: {error}"
        finally:
            feed.has_ended = True

    async def _take_until_end(self, feed: _Feed) -> None:
        source = feed.source
        frame = await self._first_frame(feed)
        if frame is None:
            return
        # A source that goes on after a restart begins at a later offset: that is now.
        began_s = self._monotonic() - frame.offset_s / feed.speed
        while True:
            due_s = frame.offset_s + source.period_s
            await self._sleep_until(began_s + due_s / feed.speed)
            await self._room.acquire()
            frame = source.next_frame(given_mg=feed.given_since(due_s))
            if frame is None:
                self._room.release()
                return
            if frame.offset_s > due_s:
                await self._hold_back(began_s + frame.offset_s / feed.speed)
            self._accept(feed, frame)

    async def _first_frame(self, feed: _Feed) -> Frame | None:
        await self._room.acquire()
        frame = feed.source.next_frame(given_mg=0.0)
        if frame is None:
            self._room.release()
            return None
        feed.given_since(frame.offset_s)  # what was given before is the past, not a bolus
        self._accept(feed, frame)
        return frame

    async def _hold_back(self, moment_s: float) -> None:
        """Keep a frame taken early until its moment: a gap is replayed as a gap."""
        try:
            await self._sleep_until(moment_s)
        except asyncio.CancelledError:
            self._room.release()
            raise

    async def _sleep_until(self, moment_s: float) -> None:
        # Sleeping for 0 still lets the writer run while a feed catches up.
        await self._sleep(max(0.0, moment_s - self._monotonic()))

    def _accept(self, feed: _Feed, frame: Frame) -> None:
        taken = FeedFrame(feed.feed_id, frame, feed.at(frame.offset_s), self._clock())
        self._pending.append(_Pending(feed, taken, self._monotonic()))
        feed.taken += 1
        self._emptied.clear()
        self._arrived.set()

    async def _write_for_ever(self) -> None:
        while not self._is_closing:
            await self._arrived.wait()
            self._arrived.clear()
            if not self._is_closing:
                await self._sleep(self._gather_s)
            while self._pending:
                await self._write_batch()

    async def _write_batch(self) -> None:
        # Frames leave the pending line only once they are on disk.
        batch = list(islice(self._pending, self._max_batch))
        sequences = await self._store_until_done([item.feed_frame for item in batch])
        if len(sequences) != len(batch):
            # Writing again would double what is on disk, so the writer stops, visibly.
            self._store_error = f"{len(sequences)} sequence numbers for {len(batch)} frames"
            raise ValueError(self._store_error)
        stored = []
        for item, sequence in zip(batch, sequences, strict=True):
            self._pending.popleft()
            self._room.release()
            item.feed.stored += 1
            item.feed.last_stored = StoredFrame(sequence, item.feed_frame)
            stored.append(item.feed.last_stored)
        try:
            self._publish(stored)
        except Exception:
            # It is on disk: pages find it there by its sequence number.
            logger.exception("publishing %d stored frames failed", len(stored))
        if not self._pending:
            self._emptied.set()

    async def _store_until_done(self, batch: list[FeedFrame]) -> Sequence[int]:
        loop = asyncio.get_running_loop()
        wait_s, longest_s = self._retry_s
        while True:
            try:
                sequences = await loop.run_in_executor(self._store_thread, self._store, batch)
            except Exception as error:
                logger.exception("storing %d frames failed, trying again", len(batch))
                self._store_error = f"{type(error).__name__}: {error}"
                await self._sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
                continue
            self._store_error = ""
            return sequences


async def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
