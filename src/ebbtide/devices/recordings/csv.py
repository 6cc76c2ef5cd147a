"""Monitor recordings as comma-separated text: a time column and one column per quantity.

Made for files like those of a sedation trial (`Time,co2,spo2,pr`, one row a second) and
their kin: other orders and names of columns, other separators, ISO or day-first dates.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ebbtide.devices.recordings.columns import Columns, match_columns, read_title
from ebbtide.devices.recordings.frames import build_frames, is_without_value
from ebbtide.devices.recordings.recording import Recording, RecordingError, notice, unusable
from ebbtide.devices.recordings.stamps import seconds
from ebbtide.devices.recordings.timeline import lay_out
from ebbtide.science.findings import Finding
from ebbtide.science.vitals.validity import Quantity

MAX_BYTES: Final = 64 * 2**20  # a week at one row a second is a third of this

_SEPARATORS: Final = ",;\t|"
_HEADER_WITHIN_LINES: Final = 20
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header is and what it says."""

    line: int
    separator: str
    titles: tuple[str, ...]
    columns: Columns


def read_csv(path: Path) -> Recording:
    """Read a recording.

    Raises:
        RecordingError: Nothing in the file can be used; it says why in words.
    """
    text = _text(_bytes(path))
    lines = _LINE_END.split(text)
    is_torn = lines[-1].strip() != ""
    header = _header(lines)
    rows = [
        _fields(line, header.separator) for line in lines[header.line + 1 :] if _holds_text(line)
    ]
    if not rows:
        raise unusable("empty", "The file has a header but no rows.")
    findings = list(header.columns.findings)
    if header.line:
        message = f"The first {header.line} line(s), before the header, are passed over."
        findings.append(notice("preamble", message))
    stamps = _stamps(rows, header.columns)
    if is_torn:
        # It may be cut in the middle of a number, which then looks like another number.
        rows[-1], stamps[-1] = [], None
        message = "The last row has no line end, so it may be cut off: kept as no reading."
        findings.append(notice("torn", message))
    findings += _blank_unreadable_rows(rows[:-1] if is_torn else rows, stamps, header)
    timeline = lay_out(stamps)
    columns = _columns(rows, header, findings)
    frames = build_frames(timeline.offsets_s, columns)
    findings += timeline.findings
    if is_without_value(frames):
        findings.append(notice("no_values", "No row holds a single usable value."))
    return Recording(path.stem, timeline.period_s, frames, tuple(findings))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            limit = MAX_BYTES // 2**20
            raise unusable("too_large", f"The file is over {limit} MiB: not one recorded visit.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not valid"
        raise unusable("unreadable", f"The file cannot be opened: {reason}.") from error


def _text(data: bytes) -> str:
    if not data.strip():
        raise unusable("empty", "The file is empty.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if _CONTROL.search(text):
        raise unusable("not_text", "The file holds binary data: it is not a recording in text.")
    return text


def _holds_text(line: str) -> bool:
    return line.strip(" \t,;|") != ""


def _fields(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []  # counted as an unreadable row


def _header(lines: Sequence[str]) -> _Header:
    """Find the first line that names a time and at least one quantity."""
    best: _Header | None = None
    for index, line in enumerate(lines[:_HEADER_WITHIN_LINES]):
        for separator in _SEPARATORS:
            titles = tuple(_fields(line, separator))
            columns = match_columns([read_title(title) for title in titles])
            if columns.time is not None and columns.by_quantity:
                return _Header(index, separator, titles, columns)
            if best is None and (columns.time is not None or columns.by_quantity):
                best = _Header(index, separator, titles, columns)
    raise _header_error(best)


def _header_error(best: _Header | None) -> RecordingError:
    if best is None:
        return unusable(
            "not_a_recording",
            "No line names a time column and a quantity such as spo2 or pr: this is not a "
            "monitor recording, or its header is missing.",
        )
    names = ", ".join(title.strip()[:20] for title in best.titles[:12])
    if best.columns.time is None:
        return unusable("no_time", f"There is no time column among: {names}.")
    return unusable("no_usable_column", f"No column holds a known quantity among: {names}.")


def _stamps(rows: Sequence[Sequence[str]], columns: Columns) -> list[float | None]:
    def written(row: Sequence[str]) -> str:
        parts = [row[i] for i in (columns.date, columns.time) if i is not None and i < len(row)]
        return " ".join(part.strip() for part in parts)

    return seconds([written(row) for row in rows], unit=columns.time_unit)


def _blank_unreadable_rows(
    rows: Sequence[list[str]], stamps: Sequence[float | None], header: _Header
) -> list[Finding]:
    """Keep rows that are cut or have no time as rows, but believe none of their values."""
    needed = max(header.columns.by_quantity.values())
    unreadable = [
        index
        for index, row in enumerate(rows)
        if stamps[index] is None or len(row) <= needed or len(row) > len(header.titles) + 1
    ]
    for index in unreadable:
        rows[index].clear()
    if not unreadable:
        return []
    message = (
        f"{len(unreadable)} of {len(rows)} rows cannot be read, first row "
        f"{unreadable[0] + 1}: kept as no reading."
    )
    return [notice("unreadable_rows", message)]


def _columns(
    rows: Sequence[Sequence[str]], header: _Header, findings: list[Finding]
) -> dict[Quantity, list[str | None]]:
    """Raw values by quantity; text where a number should be is added to the findings."""
    columns: dict[Quantity, list[str | None]] = {}
    for quantity, index in header.columns.by_quantity.items():
        values = [row[index].strip() if row else None for row in rows]
        words = [value for value in values if value and not _NUMBER.fullmatch(value)]
        if words:
            title = header.titles[index].strip()[:40]
            message = (
                f"Column {title} holds {len(words)} value(s) that are not numbers, first "
                f"“{words[0][:20]}”: no reading."
            )
            findings.append(notice("not_numbers", message, field=title))
        # A comma can only be the decimal sign where it does not separate columns.
        columns[quantity] = [value.replace(",", ".") if value else value for value in values]
    return columns
