"""A recording that was read, or the reasons why it was not."""

from dataclasses import dataclass

from ebbtide.devices.sources import Frame
from ebbtide.science.findings import Finding, RefusedError, Severity


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded monitor, ready to be replayed.

    Attributes:
        name: The file's name without its ending.
        period_s: The usual time between two rows, in seconds.
        frames: One per row, in the order of the rows, offsets rising from 0. The
            recording's true dates are left in the file.
        findings: What a reader of this recording should know; empty when it is clean.
    """

    name: str
    period_s: float
    frames: tuple[Frame, ...]
    findings: tuple[Finding, ...]

    @property
    def length_s(self) -> float:
        """Time from the first row to the last, in seconds."""
        return self.frames[-1].offset_s


class RecordingError(RefusedError):
    """The file cannot be used as a recording; nothing of it was taken."""


class RecordingSource:
    """A recording in the place of the monitor."""

    def __init__(self, recording: Recording, *, from_offset_s: float = 0.0) -> None:
        """Begin at the first row at or after an offset, as after a restart."""
        self.name = f"recording {recording.name}"
        self.period_s = recording.period_s
        self._frames = iter([f for f in recording.frames if f.offset_s >= from_offset_s])

    def next_frame(self, *, given_mg: float) -> Frame | None:  # noqa: ARG002 - a recording cannot answer
        """Return the next row, or None after the last."""
        return next(self._frames, None)


def notice(code: str, message: str, *, field: str = "") -> Finding:
    """Something to know about a recording that can be used."""
    return Finding(f"recording.{code}", Severity.NOTICE, message, field)


def unusable(code: str, message: str) -> RecordingError:
    """Make the error of a recording that cannot be used for one reason."""
    return RecordingError([Finding(f"recording.{code}", Severity.BLOCK, message)])
