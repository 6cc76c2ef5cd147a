"""Recorded monitors: files that can be replayed in the place of a bedside monitor."""

from pathlib import Path

from ebbtide.devices.recordings.csv import read_csv
from ebbtide.devices.recordings.recording import Recording, RecordingError, RecordingSource
from ebbtide.devices.recordings.summary import QuantitySummary, summarise
from ebbtide.devices.recordings.wfdb import read_wfdb

__all__ = [
    "QuantitySummary",
    "Recording",
    "RecordingError",
    "RecordingSource",
    "open_recording",
    "summarise",
]


def open_recording(path: Path | str) -> Recording:
    """Read a recording: a WFDB record by its header or data file, else text in columns.

    Raises:
        RecordingError: Nothing in the file can be used; it says why in words.
    """
    path = Path(path)
    if path.suffix in {".hea", ".dat", ".mat"}:
        return read_wfdb(path.with_suffix(".hea"))
    return read_csv(path)
