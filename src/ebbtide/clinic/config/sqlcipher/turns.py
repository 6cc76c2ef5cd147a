"""A lock that is passed on in the order in which it was asked for."""

import threading
from collections import deque


class FairLock:
    """First come, first served. Python's own lock may let one thread wait for long."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(self, *, timeout_s: float) -> bool:
        """Take the lock; False when its turn did not come in time."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # the turn came between giving up and saying so

    def release(self) -> None:
        """Pass the lock to who has waited longest; any thread may do it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False

    def locked(self) -> bool:
        """Whether somebody holds it."""
        return self._is_held
