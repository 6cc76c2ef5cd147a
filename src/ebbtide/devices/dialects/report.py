"""Everything that one message says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from ebbtide.devices.codes import RANK
from ebbtide.devices.dialects.alarms import DeviceAlarm, alarms
from ebbtide.devices.dialects.mindray import MessageType
from ebbtide.devices.dialects.observation import Action, Observation
from ebbtide.devices.dialects.profile import Profile
from ebbtide.devices.dialects.profiles import recognise
from ebbtide.devices.dialects.pump import PumpStatus, pump_statuses
from ebbtide.devices.dialects.reading import observations
from ebbtide.devices.hl7v2 import Message, field, read_time
from ebbtide.devices.sources import Sample
from ebbtide.science.vitals.validity import Quality, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReport:
    """What a device says in one message.

    Attributes:
        profile: By which it was read.
        sent_at: MSH-7 in UTC, for the offset of the device's clock; None where it is not said.
        is_for_us: It is a message of results, alarms or events. Others are answered AR.
        observations: Its values, unmapped ones among them; of an alarm message none.
        pumps: Status of each pump channel.
        alarms: The device's own alarms.
    """

    profile: Profile
    sent_at: datetime | None
    is_for_us: bool
    observations: tuple[Observation, ...] = ()
    pumps: tuple[PumpStatus, ...] = ()
    alarms: tuple[DeviceAlarm, ...] = ()

    @property
    def unmapped(self) -> tuple[Observation, ...]:
        """What the page where devices are set up shows, with why."""
        return tuple(seen for seen in self.observations if seen.code is None)


def read_report(
    message: Message, *, connection: str, zone: tzinfo, profile: Profile | None = None
) -> DeviceReport:
    """Read a message by its device's profile.

    Args:
        message: Of any kind.
        connection: The device that the connection was set up for.
        zone: Where it stands, for times that do not say their zone.
        profile: Of the device, where it is set up; else the message shows it.

    Returns:
        A report without values for a message that is not of results, and for a sign of life.
    """
    profile = profile or recognise(message)
    sent = field(message.header, 7)
    sent_at = read_time(sent, zone) if sent else None
    is_for_us = message.kind.startswith("ORU")
    is_alive_only = profile.name == "mindray" and message.control_id == MessageType.KEEP_ALIVE
    if not is_for_us or is_alive_only:
        return DeviceReport(profile=profile, sent_at=sent_at, is_for_us=is_for_us)
    raised = alarms(message, profile, connection=connection, zone=zone)
    is_alarm = message.kind == "ORU^R40" or (profile.name == "mindray" and bool(raised))
    seen = () if is_alarm else observations(message, profile, connection=connection, zone=zone)
    return DeviceReport(
        profile=profile,
        sent_at=sent_at,
        is_for_us=True,
        observations=seen,
        pumps=pump_statuses(seen),
        alarms=raised,
    )


def samples(observations: Iterable[Observation]) -> tuple[Sample, ...]:
    """At most one sample per quantity, as a frame holds them.

    Give it one device's observations of one moment. Of several the first in the code table is
    taken that may be shown: the pulse of the oximeter before the heart rate of the ECG.
    """
    best: dict[Quantity, tuple[bool, int, Sample]] = {}
    for seen in observations:
        if seen.code is None or seen.sample is None or seen.action is Action.DELETE:
            continue
        sample = seen.sample
        ranked = (sample.quality is not Quality.OK, RANK[seen.code.number], sample)
        known = best.get(sample.quantity)
        if known is None or ranked[:2] < known[:2]:
            best[sample.quantity] = ranked
    return tuple(sample for _, _, sample in best.values())
