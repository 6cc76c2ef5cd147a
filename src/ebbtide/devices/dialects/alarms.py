"""The alarms that a device raises itself. They are shown beside ours and never replaced by them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from ebbtide.devices.dialects.mindray import ALARMS, MessageType
from ebbtide.devices.dialects.profile import Priority, Profile
from ebbtide.devices.dialects.reading import Group, groups, said_time
from ebbtide.devices.hl7v2 import Message, Segment, field, read_time

_ALARM: Final = "196616"
_HEARTBEAT: Final = "196614"
_SOURCE: Final = "68480"
_FACETS: Final = {
    "68481": "phase",
    "68482": "state",
    "68483": "inactivation",
    "68484": "priority",
    "68485": "kind",
    "68546": "text",
}


class Kind(StrEnum):
    """What an alarm is about."""

    PHYSIOLOGICAL = "physiological"
    TECHNICAL = "technical"
    ADVISORY = "advisory"
    UNKNOWN = "unknown"


_KINDS: Final = {"SP": Kind.PHYSIOLOGICAL, "ST": Kind.TECHNICAL, "SA": Kind.ADVISORY}
_MINDRAY_KINDS: Final = {
    MessageType.PHYSIOLOGICAL_ALARM: Kind.PHYSIOLOGICAL,
    MessageType.TECHNICAL_ALARM: Kind.TECHNICAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAlarm:
    """One message of a device about one of its alarms.

    Attributes:
        device: The device that the connection was set up for.
        at: When, in UTC; None where the message does not say.
        event: Code of what happened, as sent.
        event_name: Its name, as sent.
        source: Code of what it happened to, as sent; empty where that is not said.
        source_name: Its name, as sent.
        value: The value that raised it, as sent.
        limits: The limits it left, as sent.
        phase: start, continue, update, end; as sent, in lower case.
        state: inactive, active, latched; as sent, in lower case.
        inactivation: enabled, audio-paused, audio-off, alarm-paused, alarm-off,
            alert-acknowledged; as sent, in lower case.
        priority: As the device's profile reads it.
        priority_sent: As sent.
        kind: Physiological, technical, advisory.
        text: The device's own words.
    """

    device: str
    at: datetime | None
    event: str
    event_name: str = ""
    source: str = ""
    source_name: str = ""
    value: str = ""
    limits: str = ""
    phase: str = ""
    state: str = ""
    inactivation: str = ""
    priority: Priority = Priority.UNKNOWN
    priority_sent: str = ""
    kind: Kind = Kind.UNKNOWN
    text: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The same from the alarm's start to its end.

        Ids of messages are not: the last one of an alarm was seen with a different stem.
        """
        return (self.device, self.event, self.source)

    @property
    def is_heartbeat(self) -> bool:
        """It says only that the link is up; without it the link is down."""
        return self.event == _HEARTBEAT

    @property
    def has_ended(self) -> bool:
        """The device says that it is over."""
        return self.phase == "end" or self.state == "inactive"


def alarms(
    message: Message, profile: Profile, *, connection: str, zone: tzinfo
) -> tuple[DeviceAlarm, ...]:
    """The alarms in a message of any family, none where it holds none.

    Source: ihe_pcd (ORU^R40), device_captures (Mindray, Philips)
    """
    if message.kind == "ORU^R40":
        return tuple(
            _ihe(message, profile, group, device=connection, zone=zone) for group in groups(message)
        )
    if profile.name == "mindray" and message.control_id in ALARMS:
        read = (_mindray(message, profile, *each) for each in _values(message))
    elif profile.name == "philips":
        read = (
            _philips(message, profile, *each)
            for each in _values(message)
            if _coded(message, field(each[1], 3))[2].upper() == "MDIL-ALERT"
        )
    else:
        return ()
    return tuple(
        DeviceAlarm(device=connection, at=read_time(time, zone) if time else None, **said)  # type: ignore[arg-type]
        for time, said in read
    )


def _values(message: Message) -> Iterator[tuple[str, Segment]]:
    for group in groups(message):
        for segment in group.values:
            yield said_time(field(segment, 14), group.time), segment


def _coded(message: Message, text: str) -> list[str]:
    """Identifier, name and system of a coded text."""
    return [part.strip() for part in [*message.components(text), "", "", ""][:3]]


def _ihe(
    message: Message, profile: Profile, group: Group, *, device: str, zone: tzinfo
) -> DeviceAlarm:
    """An alarm by the IHE profile: first the event, then what it happened to, then its facets."""
    first, *rest = group.values
    event, name, _ = _coded(message, field(first, 3))
    if event == _ALARM and field(first, 5):
        event, name, _ = _coded(message, field(first, 5))
    said: dict[str, object] = {"event": event, "event_name": name}
    for segment in rest:
        number, title, _ = _coded(message, field(segment, 3))
        if number in _FACETS:
            said[_FACETS[number]] = _facet(message, number, field(segment, 5))
        elif "source" not in said:
            said |= _source(message, segment, number=number, title=title)
    time = said_time(field(first, 14), group.time)
    priority = str(said.pop("priority", ""))
    return DeviceAlarm(
        device=device,
        at=read_time(time, zone) if time else None,
        kind=_KINDS.get(str(said.pop("kind", "")), Kind.UNKNOWN),
        priority=profile.priorities.get(priority, Priority.UNKNOWN),
        priority_sent=priority,
        **said,  # type: ignore[arg-type]
    )


def _facet(message: Message, number: str, sent: str) -> str:
    first, second, _ = _coded(message, sent)
    if _FACETS[number] == "text":
        return message.unescape(second or first)
    if _FACETS[number] in ("priority", "kind"):
        return first.upper()
    return first.lower()


def _source(message: Message, segment: Segment, *, number: str, title: str) -> dict[str, object]:
    """What an alarm is of: coded as the value of `68480`, or the code of a value of its own."""
    said: dict[str, object] = {"limits": field(segment, 7)}
    is_coded = message.delimiters.component in field(segment, 5)
    if number == _SOURCE and is_coded:
        number, title, _ = _coded(message, field(segment, 5))
    else:
        said["value"] = field(segment, 5)
    return said | {"source": number, "source_name": title}


def _mindray(
    message: Message, profile: Profile, time: str, segment: Segment
) -> tuple[str, dict[str, object]]:
    """The text begins with stars, one to three by priority."""
    number, text, _ = _coded(message, field(segment, 5))
    stars = text[: len(text) - len(text.lstrip("*"))]
    return time, {
        "event": number,
        "text": message.unescape(text.removeprefix(stars)),
        "priority": profile.priorities.get(stars, Priority.UNKNOWN),
        "priority_sent": stars,
        "kind": _MINDRAY_KINDS[MessageType(message.control_id)],
        "phase": "start" if text else "end",
    }


def _philips(
    message: Message, profile: Profile, time: str, segment: Segment
) -> tuple[str, dict[str, object]]:
    """The code says the colour; an empty text clears it."""
    number, colour, _ = _coded(message, field(segment, 3))
    text = message.unescape(field(segment, 5).strip())
    return time, {
        "event": number,
        "event_name": colour,
        "text": text,
        "priority": profile.priorities.get(number, Priority.UNKNOWN),
        "priority_sent": colour,
        "kind": Kind.TECHNICAL if "inop" in colour.lower() else Kind.PHYSIOLOGICAL,
        "phase": "start" if text else "end",
    }
