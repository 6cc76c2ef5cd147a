"""The families of devices that are known, and the one for all others."""

from typing import Final

from ebbtide.devices.codes import EDAN, MINDRAY, PHILIPS, VITAL
from ebbtide.devices.dialects.mindray import MessageType
from ebbtide.devices.dialects.profile import IHE_PRIORITIES, Priority, Profile
from ebbtide.devices.hl7v2 import Message, field

_MINDRAY_TYPES: Final = frozenset(MessageType)
_IHE_OID: Final = "1.3.6.1.4.1.19376.1.6"


def _sender(message: Message) -> str:
    """The sending application, first component, in capitals."""
    return message.components(field(message.header, 3))[0].upper()


def _names_code_system(message: Message, *systems: str) -> bool:
    """Whether any value's code is of one of these systems."""
    cut = message.delimiters.component
    ends = tuple(f"{cut}{system}" for system in systems)
    return any(
        f"{field(segment, 3).strip().upper()}{cut}".find(f"{end}{cut}") > 0
        for segment in message.named("OBX")
        for end in ends
    )


def _is_mindray(message: Message) -> bool:
    return (
        message.version.startswith("2.3")
        and not any(field(message.header, number).strip("^") for number in range(3, 8))
        and message.control_id in _MINDRAY_TYPES
    )


def _is_egateway(message: Message) -> bool:
    return _sender(message).startswith("MINDRAY_EGATEWAY")


def _is_comen(message: Message) -> bool:
    named = (field(message.header, number).upper() for number in (3, 4))
    ordered = (field(segment, 4).upper() for segment in message.named("OBR"))
    return any("NC_MONITOR" in text for text in named) or any("99COMEN" in text for text in ordered)


def _is_philips(message: Message) -> bool:
    named = "".join(field(message.header, number) for number in (3, 4)).upper()
    if "EFFICIACM" in named or "SURESIGNSVS" in named:
        return True
    return _names_code_system(message, PHILIPS, "MDIL-ALERT")


def _is_ge(message: Message) -> bool:
    return _sender(message) == "VSP"


def _is_edan(message: Message) -> bool:
    return _names_code_system(message, EDAN)


def _is_bbraun(message: Message) -> bool:
    return _sender(message).startswith("PAT_DEVICE_BBRAUN")


def _is_vital(message: Message) -> bool:
    return any(
        message.components(field(message.header, number))[0].upper() == "VITAL_SIGNS"
        for number in (3, 4, 5, 6)
    )


def _is_ihe(message: Message) -> bool:
    return _IHE_OID in field(message.header, 21)


def _is_any(message: Message) -> bool:  # noqa: ARG001 - whatever it is
    return True


PROFILES: Final = (
    Profile(
        name="mindray",
        title="Mindray monitors, HL7 2.3.1",
        marks="MSH-3 to MSH-7 are empty; MSH-10 is the number of the message type",
        recognises=_is_mindray,
        default_system=MINDRAY,
        always_assumes_unit=True,
        sentinels=frozenset({"-100", "-100.00"}),
        zone="never sent: the clinic's",
        period_s=1.0,
        priorities={"***": Priority.HIGH, "**": Priority.MEDIUM, "*": Priority.LOW},
        traps=(
            "MSH-10 repeats for ever and names nothing.",
            "Data messages hold no patient: the connection says whose they are.",
            "Periodic values carry no time; a cuff reading carries its own in OBX-14.",
        ),
    ),
    Profile(
        name="mindray-egateway",
        title="Mindray eGateway, HL7 2.6",
        marks="MSH-3 begins with MINDRAY_EGATEWAY",
        recognises=_is_egateway,
        zone="as sent, behind a fraction: .0000+0530",
        traps=("Waves come as NA among the numerics.",),
    ),
    Profile(
        name="comen",
        title="Comen and others of its make, HL7 2.6",
        marks="MSH-3 is NC_Monitor, or a group is of 99COMEN",
        recognises=_is_comen,
        sentinels=frozenset({"-100"}),
        traps=(
            "149522 MDC_PULS_RATE: the number is the invasive pulse. It stays unmapped.",
            "150031 MDC_PRESS_CUFF_SYS comes beside 150301: it stays unmapped.",
            "A temperature of 384.5 was seen: out of range, not shown.",
        ),
    ),
    Profile(
        name="philips",
        title="Philips Efficia, SureSigns and IntelliBridge, HL7 2.2 to 2.4",
        marks="MSH-3 names EfficiaCM or SureSignsVS, or codes are of MDIL",
        recognises=_is_philips,
        default_system=PHILIPS,
        period_s=60.0,
        priorities={"1": Priority.HIGH, "2": Priority.MEDIUM, "6": Priority.LOW},
        traps=(
            "Values come about once a minute: older ones are not live.",
            "An alarm whose text is empty has ended.",
        ),
    ),
    Profile(
        name="ge-vsp",
        title="GE VSP and B1x5, HL7 2.6",
        marks="MSH-3 is VSP",
        recognises=_is_ge,
        traps=("Wrong numbers go about in samples: neither number nor name is taken alone.",),
    ),
    Profile(
        name="edan",
        title="Edan",
        marks="codes are of EHC",
        recognises=_is_edan,
        default_system=EDAN,
        traps=("Its numbers are its own.",),
    ),
    Profile(
        name="bbraun",
        title="B. Braun Space pumps behind their gateway, HL7 2.6",
        marks="MSH-3 begins with PAT_DEVICE_BBRAUN",
        recognises=_is_bbraun,
        priorities=IHE_PRIORITIES,
        traps=(
            "Pumps of one station share its id; 67972 MDC_ATTR_SYS_ID tells them apart.",
            "Alarms do not say which pump. No message ever holds a patient.",
        ),
    ),
    Profile(
        name="vital-recorder",
        title="VitalRecorder, HL7 2.6",
        marks="VITAL_SIGNS stands in the header",
        recognises=_is_vital,
        default_system=VITAL,
        zone="never sent: the clinic's",
        period_s=1.0,
        traps=(
            "One payload holds several messages.",
            "Its tracks are named, not numbered; all but ECG_HR stay unmapped.",
        ),
    ),
    Profile(
        name="ihe-pcd",
        title="Any other device that follows IHE PCD",
        marks=f"MSH-21 holds {_IHE_OID}",
        recognises=_is_ihe,
    ),
    Profile(name="generic", title="Any other device", marks="none", recognises=_is_any),
)
"""In the order they are tried.

Source: device_captures
"""


def recognise(message: Message) -> Profile:
    """The first profile whose marks a message shows; the generic one takes all."""
    return next(profile for profile in PROFILES if profile.recognises(message))


def profile_named(name: str) -> Profile:
    """A profile by its name, where a device is set up by hand.

    Raises:
        ValueError: There is none; lists the names.
    """
    for profile in PROFILES:
        if profile.name == name:
            return profile
    names = ", ".join(profile.name for profile in PROFILES)
    raise ValueError(f"profile must be one of {names}, not {name!r}")
