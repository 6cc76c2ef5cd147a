"""From a message's segments to observations, judged as every sample of the house is."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final

from ebbtide.devices.code_units import SEA_LEVEL_NOTE, kept_value, unit_named
from ebbtide.devices.codes import Code, Why, look_up
from ebbtide.devices.dialects.observation import Action, Observation
from ebbtide.devices.dialects.profile import Profile
from ebbtide.devices.hl7v2 import Message, Segment, field, read_time, says_zone
from ebbtide.devices.sources import Sample
from ebbtide.science.vitals.validity import Quality, Quantity, judge_cuff, judge_value

_NUMBER: Final = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)
_MISSING: Final = ("",) * 19
_SYSTEM_ID: Final = "67972"
_CUFF: Final = frozenset({Quantity.SYSTOLIC, Quantity.DIASTOLIC, Quantity.MEAN})
_ACTIONS: Final = {"C": Action.REPLACE, "D": Action.DELETE}
_USABLE: Final = frozenset({"", "R", "F", "P", "C", "D"})
_NOT_PHYSIOLOGY: Final = frozenset({"QUES", "INV", "TEST", "CALIB", "DEMO"})
# Worst last: the three pressures of a cuff share the worst.
_WORSE: Final = (Quality.OK, Quality.SUSPECT, Quality.OUT_OF_RANGE, Quality.NO_READING)


@dataclass(frozen=True, slots=True)
class Group:
    """An OBR segment with the values under it.

    Attributes:
        order: Its place in the message, from 0.
        time: OBR-7, else MSH-7.
        values: Its OBX segments, in order, each with all fields up to OBX-18.
    """

    order: int
    time: str
    values: tuple[Segment, ...]


def groups(message: Message) -> Iterator[Group]:
    """A message's values by the OBR they stand under; those before any stand alone."""
    sent = field(message.header, 7)
    order, time = 0, sent
    values: list[Segment] = []
    for segment in message.segments:
        if segment[0] == "OBX":
            values.append(segment + _MISSING[len(segment) :])
        elif segment[0] == "OBR":
            if values:
                yield Group(order, time, tuple(values))
                order, values = order + 1, []
            time = said_time(field(segment, 7), sent)
    if values:
        yield Group(order, time, tuple(values))


def observations(
    message: Message, profile: Profile, *, connection: str, zone: tzinfo
) -> tuple[Observation, ...]:
    """Read every value of a message; none is lost, whatever it is worth.

    Segments without type and value are the device's parts, not data.

    Args:
        message: Of any kind; its OBX segments are read.
        profile: Of the device.
        connection: The device that the connection was set up for.
        zone: Where it stands.

    Source: ihe_pcd (OBX-4, OBX-8, OBX-11, OBX-18)
    """
    read: list[Observation] = []
    for group in groups(message):
        devices = _devices(message, group, connection)
        whole = devices.get("", connection)
        read += [
            _observation(
                message,
                profile,
                segment,
                group=group,
                device=devices.get(segment[4].split(".")[0], whole),
                zone=zone,
            )
            for segment in group.values
            if segment[2] or segment[5]
        ]
    return tuple(_with_cuffs_judged(read))


def _devices(message: Message, group: Group, connection: str) -> dict[str, str]:
    """The device of each part, by the first number of OBX-4; "" for what says no part.

    The device's own id counts more than the one that a station lends to all its pumps.
    """
    lent: dict[str, str] = {}
    own: dict[str, str] = {}
    for segment in group.values:
        part = segment[4].split(".")[0]
        if segment[18]:
            equipment = message.repetitions(segment[18])[0].rstrip(message.delimiters.component)
            lent.setdefault(part, f"{connection}/{equipment}")
        if message.components(segment[3])[0] == _SYSTEM_ID and segment[5]:
            own[part] = f"{connection}/{segment[5]}"
    return lent | own


def _observation(
    message: Message,
    profile: Profile,
    segment: Segment,
    *,
    group: Group,
    device: str,
    zone: tzinfo,
) -> Observation:
    number, name, system, code, why = _code(message, profile, segment)
    time = said_time(segment[14], group.time)
    status = segment[11].strip().upper()
    flags = tuple(flag for flag in message.repetitions(segment[8].strip().upper()) if flag)
    value, sample, trouble, note = None, None, why, ""
    if code is not None:
        raw = _number(message, profile, segment) if status != "X" else None
        value, trouble, note = _value(message, profile, segment, code=code, raw=raw)
        if code.quantity is not None and not trouble:
            is_doubtful = status not in _USABLE or not _NOT_PHYSIOLOGY.isdisjoint(flags)
            sample = _sample(code.quantity, raw, value, is_doubtful=is_doubtful)
    measured_at = read_time(time, zone) if time else None
    return Observation(
        device=device,
        time=time,
        measured_at=measured_at,
        is_zone_assumed=measured_at is not None and not _says_zone(time),
        number=number,
        name=name,
        system=system,
        sub_id=segment[4],
        order=group.order,
        raw=segment[5],
        unit=segment[6],
        code=None if trouble else code,
        why_unmapped=trouble,
        value=value,
        sample=sample,
        action=_ACTIONS.get(status, Action.RECORD),
        flags=flags,
        note=note,
    )


_says_zone = lru_cache(maxsize=4096)(says_zone)


def said_time(time: str, otherwise: str) -> str:
    """A time as sent, or the next best where it is missing, null or all zeros."""
    for said in (time, otherwise):
        if said.strip('0. "'):
            return said
    return ""


def _code(
    message: Message, profile: Profile, segment: Segment
) -> tuple[str, str, str, Code | None, str]:
    """Identifier, name, system, meaning, or why there is none; an alternate in MDC is tried."""
    parts = [*message.components(segment[3]), "", "", ""]
    system = parts[2].strip() or profile.default_system
    code, why = look_up(parts[0], parts[1], system)
    if why == Why.SYSTEM and len(parts) > 8:
        alternate, alternate_why = look_up(parts[3], parts[4], parts[5])
        if alternate is not None:
            return parts[3], parts[4], parts[5], alternate, alternate_why
    return parts[0], parts[1], system, code, why


def _number(message: Message, profile: Profile, segment: Segment) -> Decimal | None:
    """The number sent, None for sentinels, texts and comparisons."""
    text = segment[5].strip()
    if segment[2] == "SN":
        comparator, *rest = message.components(text)
        text = rest[0].strip() if rest and comparator in ("", "=") and not any(rest[1:]) else ""
    if text in profile.sentinels or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


def _value(
    message: Message, profile: Profile, segment: Segment, *, code: Code, raw: Decimal | None
) -> tuple[Decimal | None, str, str]:
    """The number in the code's unit, or why it cannot be, and what was assumed."""
    if raw is None:
        return None, "", ""
    parts = [*message.components(segment[6]), ""]
    unit = unit_named(parts[0], parts[1])
    if unit is None:
        return None, Why.UNIT, ""
    assumed = code.unit if profile.always_assumes_unit else ""
    value = kept_value(code, raw, unit, assumes_unit=assumed)
    if value is None:
        return None, Why.UNIT if unit else Why.NO_UNIT, ""
    is_share = unit == "%" and code.quantity is Quantity.ETCO2
    return value, "", SEA_LEVEL_NOTE if is_share else ""


def _sample(
    quantity: Quantity, raw: Decimal | None, value: Decimal | None, *, is_doubtful: bool
) -> Sample:
    """Judge the number as sent for sentinels, then the value for its range."""
    if raw is None or value is None or judge_value(quantity, float(raw))[0] is None:
        return Sample(quantity, None, Quality.NO_READING)
    known, quality = judge_value(quantity, float(value))
    if is_doubtful and quality is Quality.OK:
        quality = Quality.SUSPECT
    return Sample(quantity, known, quality)


def _with_cuffs_judged(read: list[Observation]) -> list[Observation]:
    """Judge the pressures of one cuff reading together."""
    cuffs: dict[tuple[object, ...], dict[Quantity, tuple[int, Sample]]] = defaultdict(dict)
    for place, seen in enumerate(read):
        if seen.code is not None and seen.sample is not None and seen.sample.quantity in _CUFF:
            family = seen.code.refid.rpartition("_")[0]
            key = (seen.device, seen.order, seen.time, seen.action, family)
            cuffs[key].setdefault(seen.sample.quantity, (place, seen.sample))
    for cuff in cuffs.values():
        if {Quantity.SYSTOLIC, Quantity.DIASTOLIC} <= cuff.keys():
            for place, sample in _judged_together(cuff):
                if sample != read[place].sample:
                    read[place] = replace(read[place], sample=sample)
    return read


def _judged_together(cuff: dict[Quantity, tuple[int, Sample]]) -> Iterator[tuple[int, Sample]]:
    """The samples of a cuff reading, with the worst quality of theirs and of its shape."""
    samples = {quantity: sample for quantity, (_, sample) in cuff.items()}
    mean = samples.get(Quantity.MEAN)
    together = judge_cuff(
        samples[Quantity.SYSTOLIC].value,
        samples[Quantity.DIASTOLIC].value,
        mean.value if mean else None,
    ).quality
    # A mean that failed leaves the other two as they are.
    judged = [
        sample.quality
        for sample in samples.values()
        if sample is not mean or sample.quality is not Quality.NO_READING
    ]
    worst = _WORSE[max(_WORSE.index(quality) for quality in (together, *judged))]
    for quantity, (place, sample) in cuff.items():
        if sample.value is None:
            yield place, Sample(quantity, None, Quality.NO_READING)
        else:
            value = None if worst is Quality.NO_READING else sample.value
            yield place, Sample(quantity, value, worst)
