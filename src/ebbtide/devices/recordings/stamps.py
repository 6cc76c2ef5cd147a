"""Time stamps as people and devices write them, turned into seconds."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

_DAY_S: Final = 86_400
_STAMP: Final = re.compile(
    r"(?:(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[T ]\s*)?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?P<part>[.,]\d{1,9})?)?"
    r"\s*(?P<half>[AP]M)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?", re.ASCII)


def seconds(texts: Sequence[str], *, unit: str) -> list[float | None]:
    """Read a column of time stamps.

    Dates with the year first are ISO. Of the others, day first or month first is taken
    for the whole column: whichever leaves fewest unreadable, then whichever spans fewer
    days, then day first.

    Args:
        texts: As written: date and time, time alone, or a number of seconds.
        unit: Unit of the column; only `ms` changes how numbers are read.

    Returns:
        Seconds from an arbitrary origin, None where a stamp cannot be read.
    """
    matches = [_STAMP.fullmatch(text.strip()) for text in texts]
    if not any(matches):
        return [_number(text.strip(), unit) for text in texts]
    days = _days({match["date"] for match in matches if match and match["date"]})
    return _unwrap([_clock(match, days) if match else None for match in matches])


def _number(text: str, unit: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) / (1000 if unit == "ms" else 1)


def _days(dates: set[str]) -> dict[str, int | None]:
    """Day number of each distinct date text, under the order that suits them all."""
    parts = {text: re.split(r"[-/.]", text) for text in dates}
    readings = [
        {text: _day(part, month_first=month_first) for text, part in parts.items()}
        for month_first in (False, True)
    ]

    def misfit(reading: dict[str, int | None]) -> tuple[int, int]:
        known = [day for day in reading.values() if day is not None]
        return len(reading) - len(known), max(known, default=0) - min(known, default=0)

    return min(readings, key=misfit)


def _day(parts: list[str], *, month_first: bool) -> int | None:
    a, b, c = (int(part) for part in parts)
    if len(parts[0]) == 4:
        year, month, day = a, b, c
    else:
        year = c if len(parts[2]) == 4 else 2000 + c
        day, month = (b, a) if month_first else (a, b)
    try:
        return dt.date(year, month, day).toordinal()
    except ValueError:
        return None


def _clock(match: re.Match[str], days: dict[str, int | None]) -> float | None:
    day = days[match["date"]] if match["date"] else 0
    hour, minute, second = (int(match[key] or 0) for key in ("hour", "minute", "second"))
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"].upper() == "PM" else 0)
    if day is None or hour > 23 or minute > 59 or second > 60:
        return None
    part = float("0." + match["part"][1:]) if match["part"] else 0.0
    return day * _DAY_S + hour * 3600 + minute * 60 + second + part - _zone_s(match["zone"])


def _zone_s(zone: str | None) -> int:
    if not zone or zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    size_s = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -size_s if zone[0] == "-" else size_s


def _unwrap(stamps: list[float | None]) -> list[float | None]:
    """Carry stamps without a date over midnight."""
    if any(stamp is not None and not 0 <= stamp < _DAY_S for stamp in stamps):
        return stamps
    carried: list[float | None] = []
    shift_s, before = 0, None
    for stamp in stamps:
        if stamp is not None:
            if before is not None and before - stamp > _DAY_S / 2:
                shift_s += _DAY_S
            before = stamp
        carried.append(None if stamp is None else stamp + shift_s)
    return carried
