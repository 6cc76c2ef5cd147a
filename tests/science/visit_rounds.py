"""Visits for the rules: everything in order, so that a test can take one thing away."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.science.visit_log import Log, at

from ebbtide.science.dosing.pump import Pump
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.events import Kind, read_payload
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import VisitState

AROUND = Surroundings(
    protocol=DEFAULT_PROTOCOL,
    pump=Pump(max_rate_ml_per_h=Decimal(999)),
    order_valid_until=date(2026, 3, 2),
    zone=ZoneInfo("America/Los_Angeles"),
)
WELL = {
    "systolic_mmhg": 120,
    "diastolic_mmhg": 78,
    "pulse_per_min": 70,
    "spo2_percent": 98,
    "oxygen_l_per_min": "0",
    "resp_per_min": 14,
    "temperature_c": "36.6",
    "moaas": 5,
    "rass": 0,
}
ESCORT = {
    "escort_name": "Alex Testwell (synthetic)",
    "escort_relation": "sister",
    "is_adult": True,
    "is_present": True,
    "instructions_given": True,
}


def prepared(*, without: str = "") -> Log:
    """A visit ready to start at minute 10, but for what is named."""
    log = Log().drawn()
    drawn = log.events[-1]
    for item in DEFAULT_PROTOCOL.checklist:
        if item.id != without:
            log.add(Kind.GATE_CONFIRMED, 6, {"item": item.id})
    if without != "check":
        log.add(Kind.DOSE_CHECKED, 7, {"drawn": str(drawn.id)}, actor="second")
    if without != "line_placed":
        log.add(Kind.LINE_PLACED, 8, {"limb": "right arm", "place": "forearm"})
    if without != "reading":
        read(log, 9)
    log.add(Kind.SCORE_TAKEN, 9, {"instrument": "cadss-6", "total": 0})
    return log


def read(log: Log, minute: float, kind: Kind = Kind.READING_ENTERED, **values: Any) -> None:
    """Take the usual set, but for what is named."""
    log.add(kind, minute, {"reading": WELL | values})


def running() -> Log:
    """Started at minute 10 at 150 mL/h for 40 minutes."""
    log = prepared()
    log.add(Kind.STARTED, 10, {"rate_ml_per_h": "150"})
    return log


def recovered(*, without: str = "") -> Log:
    """Stopped at minute 50, fit to leave at minute 130, but for what is named."""
    log = running()
    log.add(Kind.STOPPED, 50)
    for minute in () if without == "readings" else (65, 129):
        read(log, minute, Kind.RECOVERY_READING_ENTERED)
    if without != "cadss":
        log.add(Kind.SCORE_TAKEN, 129, {"instrument": "cadss-6", "total": 0})
    if without != "aldrete":
        log.add(Kind.SCORE_TAKEN, 129, {"instrument": "aldrete", "total": 10, "answers": [2] * 5})
    for item in DEFAULT_PROTOCOL.discharge_items:
        if item.id != without:
            log.add(Kind.DISCHARGE_CONFIRMED, 129, {"item": item.id})
    return log


def signed() -> Log:
    """Handed over at minute 131 and signed."""
    log = recovered()
    log.add(Kind.HANDED_OVER, 131, ESCORT)
    who = {"name": "Petra Sund (synthetic)", "role": "Prescriber", "head_hash": "0"}
    log.add(Kind.SIGNED, 140, who, actor="prescriber")
    return log


def state_of(log: Log) -> VisitState:
    """What the log says."""
    return replay(log.events)


__all__ = ["AROUND", "ESCORT", "WELL", "at", "prepared", "read", "read_payload", "recovered"]
