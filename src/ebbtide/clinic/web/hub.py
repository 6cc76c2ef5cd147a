"""Fan-out inside the process: any thread publishes, streams in the event loop subscribe.

A hub holds nothing: what was said before a subscription is read from the database.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

QUEUE_LENGTH = 256
RESYNC: dict[str, Any] = {"kind": "resync"}
CLOSED: dict[str, Any] = {"kind": "closed"}

Event = dict[str, Any]

_lock = threading.Lock()
_subscriptions: defaultdict[str, set["Subscription"]] = defaultdict(set)


class Subscription:
    """One client's view of a topic: a bounded queue that says "resync" rather than wait."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_LENGTH)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        return await self._queue.get()

    async def next(self, *, timeout_s: float) -> Event | None:
        """The next event, or None when none came in time (a heartbeat is due)."""
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that comes with an event.
            async with asyncio.timeout(timeout_s):
                return await self._queue.get()
        except TimeoutError:
            return None

    def offer(self, event: Event) -> None:
        """Pass an event on from any thread; a closed loop loses nothing, its client is gone."""
        try:
            self._loop.call_soon_threadsafe(self._put, event)
        except RuntimeError:
            return

    def _put(self, event: Event) -> None:
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            event = event if event is CLOSED else RESYNC
        self._queue.put_nowait(event)


def publish(topic: str, event: Event) -> None:
    """Say something to every subscriber of a topic; never blocks and never fails.

    Call it from `transaction.on_commit`, so that nobody hears of what was rolled back.
    """
    with _lock:
        subscriptions = tuple(_subscriptions.get(topic, ()))
    for subscription in subscriptions:
        subscription.offer(event)


def close() -> None:
    """Tell every subscriber that nothing more will come: the server is going down."""
    with _lock:
        subscriptions = set().union(*_subscriptions.values())
    for subscription in subscriptions:
        subscription.offer(CLOSED)


@contextmanager
def subscribe(*topics: str) -> Iterator[Subscription]:
    """Hear the topics from now on; called in the event loop, left when the client goes."""
    subscription = Subscription(asyncio.get_running_loop())
    with _lock:
        for topic in topics:
            _subscriptions[topic].add(subscription)
    try:
        yield subscription
    finally:
        with _lock:
            for topic in topics:
                _subscriptions[topic].discard(subscription)
                if not _subscriptions[topic]:
                    del _subscriptions[topic]


def subscriber_count(topic: str) -> int:
    """How many clients hear a topic."""
    with _lock:
        return len(_subscriptions.get(topic, ()))
