"""Families of devices, and what their messages say in the house's own values."""

from ebbtide.devices.dialects.alarms import DeviceAlarm, Kind
from ebbtide.devices.dialects.observation import Action, Observation
from ebbtide.devices.dialects.profile import Priority, Profile
from ebbtide.devices.dialects.profiles import PROFILES, profile_named, recognise
from ebbtide.devices.dialects.pump import PumpStatus
from ebbtide.devices.dialects.report import DeviceReport, read_report, samples

__all__ = [
    "PROFILES",
    "Action",
    "DeviceAlarm",
    "DeviceReport",
    "Kind",
    "Observation",
    "Priority",
    "Profile",
    "PumpStatus",
    "profile_named",
    "read_report",
    "recognise",
    "samples",
]
