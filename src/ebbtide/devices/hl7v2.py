"""HL7 version 2 as devices really send it: messages, segments, fields, escapes, times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final

from ebbtide.devices.errors import DeviceError

Segment = tuple[str, ...]
"""A segment's name, then its fields; field n is at n, the header's separator counted as 1."""

_BOM: Final = b"\xef\xbb\xbf"
_BATCH: Final = frozenset({"FHS", "BHS", "BTS", "FTS"})
_BEGINS: Final = ("MSH", "FHS", "BHS")
_CHARSETS: Final = {
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)},
    "GB 18030-2000": "gb18030",
    "BIG-5": "big5",
    "KS X 1001": "euc_kr",
}
_TIME: Final = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d{1,9}))?)?\s*(?:([+-])(\d\d):?(\d\d)|Z)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The characters that a message's header says it is cut by."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, cut into segments and fields; no text of it is lost or changed.

    Attributes:
        segments: In the order sent, the header first.
        delimiters: What the header said.
        charset: The Python name of the character set it was read in.
    """

    segments: tuple[Segment, ...]
    delimiters: Delimiters
    charset: str

    @property
    def header(self) -> Segment:
        """The MSH segment: field n is `header[n]`, where it is there."""
        return self.segments[0]

    @property
    def control_id(self) -> str:
        """MSH-10. Some devices put other things there and repeat it for ever."""
        return field(self.header, 10)

    @property
    def kind(self) -> str:
        """Message code and trigger, for example `ORU^R01`."""
        return "^".join(self.components(field(self.header, 9))[:2])

    @property
    def version(self) -> str:
        """MSH-12, first component."""
        return self.components(field(self.header, 12))[0]

    def named(self, name: str) -> Iterator[Segment]:
        """The segments of one name, in order."""
        return (segment for segment in self.segments if segment[0] == name)

    def components(self, text: str) -> list[str]:
        """The components of a field's text, escapes left as they are; at least one."""
        return text.split(self.delimiters.component)

    def repetitions(self, text: str) -> list[str]:
        """The repetitions of a field's text; at least one."""
        return text.split(self.delimiters.repetition)

    def unescape(self, text: str) -> str:
        """A field's text with its escapes turned into what they stand for."""
        return unescape(text, self.delimiters, charset=self.charset)


@dataclass(frozen=True, slots=True)
class Batch:
    """All messages of one payload.

    Attributes:
        messages: In the order sent; at least one.
        strays: Segments under no header, or under one that is cut off: part of no message.
    """

    messages: tuple[Message, ...]
    strays: tuple[str, ...] = ()


def field(segment: Segment, number: int) -> str:
    """A field by its number in the standard, empty where the segment ends before it."""
    return segment[number] if number < len(segment) else ""


def read_batch(payload: bytes) -> Batch:
    """Read every message of a payload, whatever its line ends and headers around it.

    Raises:
        DeviceError: `hl7.empty`, `hl7.no_header`, `hl7.no_message`, `hl7.truncated_header`; only
            when there is no message in it that can be read.

    Source: hl7_v2 (chapter 2)
    """
    text, charset = _decoded(payload)
    parts: list[list[str]] = []
    strays: list[str] = []
    is_open = False
    for line in _lines(text):
        name = line[:3]
        if name == "MSH":
            parts.append([line])
            is_open = True
        elif name in _BATCH:
            is_open = False
        elif is_open:
            parts[-1].append(line)
        else:
            strays.append(line)
    messages: list[Message] = []
    error = DeviceError("hl7.no_message", "There is a batch but no message in it")
    for part in parts:
        try:
            messages.append(_message(part, charset))
        except DeviceError as truncated:
            error = truncated
            strays += part
    if not messages:
        raise error
    return Batch(tuple(messages), tuple(strays))


def read_message(payload: bytes) -> Message:
    """Read a payload that is one message.

    Raises:
        DeviceError: As `read_batch`; `hl7.several` when there are more messages than one;
            `hl7.strays` when segments stand outside it.
    """
    batch = read_batch(payload)
    if len(batch.messages) > 1:
        raise DeviceError("hl7.several", f"There are {len(batch.messages)} messages, not one")
    if batch.strays:
        raise DeviceError("hl7.strays", f"{len(batch.strays)} segments stand under no header")
    return batch.messages[0]


def _decoded(payload: bytes) -> tuple[str, str]:
    """A payload's text without what may stand before its first header, and its charset."""
    payload = payload.removeprefix(_BOM).strip(b"\0\r\n\t ")
    if payload.isascii():
        text, charset = payload.decode("ascii"), "ascii"
    else:
        text, charset = _in_best_charset(payload)
    if not text:
        raise DeviceError("hl7.empty", "The message is empty")
    if not text.startswith(_BEGINS):
        raise DeviceError("hl7.no_header", "The message does not begin with MSH, FHS or BHS")
    return text, charset


def _in_best_charset(payload: bytes) -> tuple[str, str]:
    """Read by what the header names, else as UTF-8, else as Latin-1, which always can be."""
    for charset in (_named_charset(payload), "utf-8"):
        try:
            return payload.decode(charset), charset
        except UnicodeDecodeError:
            continue
    return payload.decode("latin-1"), "latin-1"


def _named_charset(payload: bytes) -> str:
    start = payload.find(b"MSH")
    header = re.split(rb"[\r\n]", payload[start:], maxsplit=1)[0] if start >= 0 else b""
    fields = header.split(header[3:4] or b"|")
    named = fields[17].decode("latin-1") if len(fields) > 17 else ""
    return _CHARSETS.get(named.split("~")[0].split("^")[0].strip().upper(), "utf-8")


def _lines(text: str) -> Iterator[str]:
    """Segments as written; a line that begins none goes on with the one before it."""
    if "\n" in text:
        text = text.replace("\r\n", "\r").replace("\n", "\r")
    held, separator = "", "|"
    for line in text.split("\r"):
        if not line:
            continue
        if line.startswith(_BEGINS):
            separator = line[3:4]
        elif not _is_segment(line, separator):
            # A header is wrapped by whoever printed it; elsewhere the break is part of the text.
            held += line if held.startswith("MSH") else f"\n{line}"
            continue
        if held:
            yield held
        held = line
    yield held


def _is_segment(line: str, separator: str) -> bool:
    name = line[:3]
    return (
        line[3:4] in (separator, "")
        and len(name) == 3
        and name.isascii()
        and name.isalnum()
        and name[0].isalpha()
        and name == name.upper()
    )


def _message(lines: list[str], charset: str) -> Message:
    delimiters = _delimiters(lines[0])
    separator = delimiters.field
    header = lines[0].split(separator)
    if len(header) < 9 or not header[8]:
        raise DeviceError("hl7.truncated_header", "The header ends before the kind of message")
    header.insert(1, separator)
    segments = [tuple(line.split(separator)) for line in lines[1:]]
    return Message((tuple(header), *segments), delimiters, charset)


def _delimiters(header: str) -> Delimiters:
    """What a header is cut by; a character that is doubled or missing does not count."""
    separator = header[3:4]
    if not separator or separator.isalnum() or separator.isspace():
        raise DeviceError("hl7.truncated_header", "The header ends before its field separator")
    written = header[4:].split(separator, maxsplit=1)[0]
    return _known_delimiters(separator, written)


@lru_cache(maxsize=64)
def _known_delimiters(separator: str, written: str) -> Delimiters:
    distinct = "".join(dict.fromkeys(written))[:4]
    if not distinct or any(character.isalnum() for character in distinct):
        raise DeviceError("hl7.truncated_header", "The header does not say its delimiters")
    rest = "^~\\&"[len(distinct) :]
    return Delimiters(separator, *distinct, *rest)


def unescape(text: str, delimiters: Delimiters, *, charset: str = "utf-8") -> str:
    """Turn escapes into what they stand for; one that is not known stays as it is.

    Source: hl7_v2 (chapter 2, use of escape sequences)
    """
    if delimiters.escape not in text:
        return text
    mark = re.escape(delimiters.escape)
    simple = {
        "F": delimiters.field,
        "S": delimiters.component,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "T": delimiters.subcomponent,
        ".br": "\n",
        "H": "",
        "N": "",
    }

    def meant(match: re.Match[str]) -> str:
        code = match[1]
        if code in simple:
            return simple[code]
        if re.fullmatch(r"X(?:[0-9A-Fa-f]{2})+", code):
            return bytes.fromhex(code[1:]).decode(charset, errors="replace")
        return match[0]

    return re.sub(f"{mark}([^{mark}]*){mark}", meant, text)


def escape(text: str, delimiters: Delimiters) -> str:
    """Make a text safe to stand in a field: nothing in it cuts, ends or frames anything."""
    codes = {
        delimiters.escape: "E",
        delimiters.field: "F",
        delimiters.component: "S",
        delimiters.repetition: "R",
        delimiters.subcomponent: "T",
    }
    mark = delimiters.escape
    plain = "".join(max(character, " ") for character in text)
    return "".join(
        f"{mark}{codes[character]}{mark}" if character in codes else character
        for character in plain
    )


@lru_cache(maxsize=4096)
def read_time(text: str, zone: tzinfo) -> datetime | None:
    """A moment as devices write it: year to minute at least, fractions and zone where sent.

    Args:
        text: As sent; all zeros stand for none.
        zone: Where the device stands, for a time that does not say its zone.

    Returns:
        The aware moment in UTC, None where there is none or it cannot be read.

    Source: hl7_v2 (data type DTM)
    """
    match = _TIME.fullmatch(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    microsecond = int((match[7] or "").ljust(6, "0")[:6])
    sent_zone = _sent_zone(match)
    try:
        local = datetime(
            year, month, day, hour, minute, second, microsecond, tzinfo=sent_zone or zone
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def says_zone(text: str) -> bool:
    """Whether a time says its own zone."""
    match = _TIME.fullmatch(text.strip())
    return bool(match and _sent_zone(match))


def _sent_zone(match: re.Match[str]) -> tzinfo | None:
    if not match[8]:
        return UTC if match[0].rstrip().endswith("Z") else None
    size = timedelta(hours=int(match[9]), minutes=int(match[10]))
    if size >= timedelta(days=1):
        return None
    return timezone(-size if match[8] == "-" else size)
