"""Time that passes only when a test says so, and sources whose frames a test names."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

import pytest

from ebbtide.devices.sources import Frame, judged
from ebbtide.science.vitals.validity import Quantity


class VirtualTime:
    """A monotonic clock and its sleep, moved by hand."""

    def __init__(self):
        self.now_s = 0.0
        self._sleepers = []
        self._order = count()

    def monotonic(self):
        return self.now_s

    async def sleep(self, length_s):
        if length_s <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_s + length_s, next(self._order), woken))
        await woken

    async def until(self, moment_s):
        """Let everything due by then happen, each thing at its own moment."""
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= moment_s:
            due_s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.now_s = max(self.now_s, due_s)
                woken.set_result(None)
                await self.settle()
        self.now_s = max(self.now_s, moment_s)
        await self.settle()

    async def until_true(self, holds: Callable[[], bool]):
        """Let time pass until something is so; real threads may take part."""
        for _ in range(10_000):
            if holds():
                return
            await asyncio.sleep(0.001)
            await self.until(self.now_s + 0.1)
        raise AssertionError("it never came to be")

    async def settle(self):
        """Run all tasks until they wait for time or for a thread."""
        for _ in range(50):
            await asyncio.sleep(0)


class ListedSource:
    """Gives frames at the offsets it is told, and notes when it was asked."""

    name = "listed"

    def __init__(self, offsets_s, *, period_s=1.0, moment=lambda: 0.0):
        self.period_s = period_s
        self._offsets_s = iter(offsets_s)
        self._moment = moment
        self.asked_s = []
        self.given_mg = []

    def next_frame(self, *, given_mg):
        offset_s = next(self._offsets_s, None)
        if offset_s is None:
            return None
        self.asked_s.append(self._moment())
        self.given_mg.append(given_mg)
        return Frame(float(offset_s), (judged(Quantity.SPO2, 97),))


@pytest.fixture
def virtual_time():
    return VirtualTime()


@pytest.fixture
def listed_source():
    return ListedSource
