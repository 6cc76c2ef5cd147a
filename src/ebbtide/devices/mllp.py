"""The minimal lower layer protocol: where one message ends and the next begins."""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Final

START: Final = b"\x0b"
END: Final = b"\x1c"
RETURN: Final = b"\r"
MOST_BYTES: Final = 1024 * 1024

# An end character alone is data: only with a return, a new start or the end of the
# connection behind it does it end a block. Cutting at it would lose what follows unseen.
_BOUNDARY: Final = re.compile(rb"\x1c\r|\x1c(?=\x0b)|\x0b")


class Fault(StrEnum):
    """Why a block cannot be read as a message."""

    TORN = "torn"
    TOO_LONG = "too_long"

    @property
    def reason(self) -> str:
        """Words for the refusal that goes back to the sender."""
        if self is Fault.TORN:
            return "The message broke off before its end"
        return f"The message is longer than {MOST_BYTES} bytes"


@dataclass(frozen=True, slots=True)
class Block:
    """What stood between a start and an end.

    Attributes:
        payload: The bytes of the message, as sent; of one that is too long, its beginning.
        fault: None for a whole block. A faulty one is kept, never taken for a message.
    """

    payload: bytes
    fault: Fault | None = None


class _State(Enum):
    BETWEEN = auto()
    INSIDE = auto()
    TOO_LONG = auto()


class BlockSplitter:
    """Cuts a connection's bytes into blocks, however they arrive."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        """Begin between two blocks.

        Args:
            most_bytes: Longest payload that is read. A longer one gives one block with the
                fault `TOO_LONG` and is skipped up to its end or the next start.
        """
        if most_bytes < 1:
            raise ValueError(f"most_bytes must be at least 1, not {most_bytes}")
        self._most_bytes = most_bytes
        self._state = _State.BETWEEN
        self._kept = bytearray()
        self._searched = 0
        self.skipped_bytes = 0
        """Bytes outside blocks so far, other than NUL and line ends, which are harmless."""

    def feed(self, data: bytes) -> list[Block]:
        """Take bytes as they came and give the blocks that they complete, in order."""
        self._kept += data
        blocks: list[Block] = []
        begin = 0
        while match := _BOUNDARY.search(self._kept, max(begin, self._searched)):
            blocks += self._finish(begin, match.start(), is_end=match[0] != START)
            begin = self._searched = match.end()
            self._state = _State.BETWEEN if match[0] != START else _State.INSIDE
        blocks += self._keep(begin)
        return blocks

    def close(self) -> list[Block]:
        """Give what the end of the connection completes or tears, and begin anew."""
        is_end = self._kept.endswith(END)
        blocks = self._finish(0, len(self._kept) - is_end, is_end=is_end)
        self._kept.clear()
        self._searched = 0
        self._state = _State.BETWEEN
        return blocks

    def _finish(self, begin: int, end: int, *, is_end: bool) -> list[Block]:
        """The block that ends here; nothing for what stood outside one or was refused before."""
        if self._state is _State.BETWEEN:
            self._skip(begin, end)
        if self._state is not _State.INSIDE:
            return []
        if end - begin > self._most_bytes:
            return [self._too_long(begin)]
        payload = bytes(self._kept[begin:end])
        if is_end:
            return [Block(payload)]
        return [Block(payload, Fault.TORN)] if payload else []

    def _keep(self, begin: int) -> list[Block]:
        """Hold what may belong to a block, no more than the longest."""
        # The end character may still turn out to be a boundary.
        known = len(self._kept) - self._kept.endswith(END)
        blocks: list[Block] = []
        if self._state is _State.INSIDE and known - begin > self._most_bytes:
            blocks.append(self._too_long(begin))
            self._state = _State.TOO_LONG
        if self._state is _State.BETWEEN:
            self._skip(begin, known)
        if self._state is not _State.INSIDE:
            begin = max(begin, known)
        del self._kept[:begin]
        self._searched = len(self._kept) - self._kept.endswith(END)
        return blocks

    def _too_long(self, begin: int) -> Block:
        return Block(bytes(self._kept[begin : begin + self._most_bytes]), Fault.TOO_LONG)

    def _skip(self, begin: int, end: int) -> None:
        self.skipped_bytes += len(bytes(self._kept[begin:end]).translate(None, b"\0\r\n"))


def wrap(payload: bytes) -> bytes:
    """Put a message between a start and an end.

    Raises:
        ValueError: The payload holds a start, or an end with a return: it would be cut there.
    """
    if START in payload or END + RETURN in payload or payload.endswith(END):
        raise ValueError("a payload must not hold the characters that frame it")
    return START + payload + END + RETURN
