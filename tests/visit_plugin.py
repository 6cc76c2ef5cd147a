"""A visit for every test that needs one, and the bedside from which it is run."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from clinic_plugin import NOW

READY = {
    "systolic_mmhg": 120, "diastolic_mmhg": 78, "pulse_per_min": 70, "spo2_percent": 98,
    "resp_per_min": 14, "temperature_c": "36.6", "moaas": 5, "rass": 0,
}  # fmt: skip
VIAL = {"stock_mg_per_ml": "50", "vial_ml": "10"}


def minute(number: float) -> datetime:
    """A moment, minutes after the check-in."""
    return NOW + timedelta(minutes=number)


class Bedside:
    """Makes entries in one visit by the minute, through the clinic's own actions."""

    def __init__(self, visit, *, nurse, second, prescriber) -> None:
        """Stand by a visit that was checked in at minute 0."""
        self.visit, self.nurse, self.second, self.prescriber = visit, nurse, second, prescriber

    def enter(
        self,
        kind: str,
        at: float,
        *,
        by=None,
        id: UUID | None = None,  # noqa: A002, the entry's own word
        recorded: float | None = None,
        seen: int | None = None,
        **payload: Any,
    ):
        """Record an entry that happened at a minute, written down then or later."""
        from ebbtide.clinic.infusions import actions
        from ebbtide.clinic.infusions.entries import NewEntry
        from ebbtide.science.visit.events import Kind

        entry = NewEntry(
            id=id or uuid4(),
            kind=Kind(kind),
            payload=payload,
            happened_at=minute(at),
            seen_pump_seq=seen,
        )
        written = minute(at if recorded is None else recorded)
        return actions.record(visit=self.visit, entry=entry, by=by or self.nurse, at=written)

    def read(self, at: float, kind: str = "reading_entered", **values: Any):
        """Record a reading: the usual one, but for what is named."""
        return self.enter(kind, at, reading=READY | values)

    def stop(self, pressed: float, *, at: float | None = None, by=None, id: UUID | None = None):  # noqa: A002
        """Press STOP."""
        from ebbtide.clinic.infusions import actions

        return actions.stop(
            visit=self.visit,
            entry_id=id or uuid4(),
            pressed_at=minute(pressed),
            by=by or self.nurse,
            at=minute(pressed if at is None else at),
        )

    def weigh_and_draw(self) -> "Bedside":
        """70 kg, 35 mg drawn into 100 mL: 150 mL/h for 40 minutes."""
        self.enter("weight_taken", 2, weight_kg="70", prosthesis="off")
        self.enter("dose_drawn", 5, **VIAL)
        return self

    def prepare(self) -> "Bedside":
        """All that must be so before the start."""
        for item in self.visit.order.plan.protocol_version.protocol.checklist:
            self.enter("gate_confirmed", 1, item=item.id)
        self.weigh_and_draw()
        self.enter("dose_checked", 6, by=self.second, drawn=str(self.state.drawn_id))
        self.enter("line_placed", 7, limb="right arm", place="forearm")
        self.read(8)
        self.enter("score_taken", 8, instrument="cadss-6", total=0, answers=[0] * 6)
        return self

    def start(self) -> "Bedside":
        """Prepared, and started at minute 10."""
        self.prepare().enter("started", 10, rate_ml_per_h="150")
        return self

    def recover(self) -> "Bedside":
        """Stopped at minute 50, and all recorded that lets a patient go at minute 130."""
        self.start().stop(50)
        for when in (65, 80, 129):
            self.read(when, "recovery_reading_entered", oxygen_l_per_min="0")
        self.enter("score_taken", 129, instrument="cadss-6", total=0, answers=[0] * 6)
        self.enter("score_taken", 129, instrument="aldrete", total=10, answers=[2] * 5)
        for item in self.visit.order.plan.protocol_version.protocol.discharge_items:
            self.enter("discharge_confirmed", 129, item=item.id)
        return self

    def hand_over(self) -> "Bedside":
        """Gone home with an escort at minute 131."""
        self.recover().enter("handed_over", 131, **ESCORT)
        return self

    def sign(self) -> "Bedside":
        """Signed by the prescriber at minute 140."""
        self.hand_over().enter("signed", 140, by=self.prescriber)
        return self

    @property
    def state(self):
        """What the record says."""
        from ebbtide.clinic.infusions import queries

        return queries.state_of(self.visit.pk)


ESCORT = {
    "escort_name": "Alex Testwell (synthetic)",
    "escort_relation": "sister",
    "is_adult": True,
    "is_present": True,
    "instructions_given": True,
}


@pytest.fixture
def room(site_a):
    """A room with a pump and a simulated monitor."""
    from ebbtide.clinic.sites.models import Device, Room

    room = Room.objects.create(site=site_a, name="Room 1")
    Device.objects.create(
        site=site_a, room=room, kind="pump", label="Pump 1", serial="P-1",
        max_rate_ml_per_h="999", rate_step_ml_per_h="0.1",
    )  # fmt: skip
    Device.objects.create(
        site=site_a, room=room, kind="monitor", label="Monitor 1", serial="M-1", source="simulator"
    )
    return room


@pytest.fixture
def make_chair(room) -> Callable:
    from ebbtide.clinic.sites.models import Chair

    return lambda name: Chair.objects.create(room=room, name=name)


@pytest.fixture
def chair(make_chair):
    return make_chair("chair A")


@pytest.fixture
def plan(patient, prescriber, director):
    from ebbtide.clinic.plans.models import Plan, ProtocolVersion
    from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL

    protocol = ProtocolVersion.objects.create(
        indication="plp", version=1, body=DEFAULT_PROTOCOL.to_json(),
        approved_by=director, approved_at=NOW,
    )  # fmt: skip
    return Plan.objects.create(
        patient=patient, protocol_version=protocol, visits_planned=6, days_between=7,
        created_at=NOW, created_by=prescriber,
    )  # fmt: skip


@pytest.fixture
def order(plan, prescriber):
    """0.5 mg/kg over 40 minutes from 50 mg/mL in 100 mL."""
    from ebbtide.clinic.plans.models import Order

    terms = {
        "mg_per_kg": "0.5",
        "minutes": "40",
        "stock": {"mg_per_ml": "50", "vial_ml": "10"},
        "bag_ml": "100",
    }
    return Order.objects.create(
        plan=plan, number="ORD-1", body=json.dumps(terms), signed_by=prescriber,
        signed_at=minute(-60), valid_until=date(2026, 6, 1),
    )  # fmt: skip


@pytest.fixture
def make_booking(patient, plan, chair) -> Callable:
    """Books the patient, by default now and into the one chair."""
    from ebbtide.clinic.scheduling.models import Booking

    def make(starts: float = 0, *, into=None, status: str = "booked"):
        return Booking.objects.create(
            patient=patient, plan=plan, chair=into or chair, status=status,
            starts_at=minute(starts), ends_at=minute(starts + 180),
        )  # fmt: skip

    return make


@pytest.fixture
def booking(make_booking, order):
    """A booking for now, with an order in force."""
    return make_booking()


@pytest.fixture
def visit(booking, nurse):
    """A visit checked in at minute 0."""
    from ebbtide.clinic.infusions import actions

    return actions.check_in(booking=booking, visit_id=uuid4(), by=nurse, at=NOW)


@pytest.fixture
def bedside(visit, nurse, second_nurse, prescriber):
    """The bedside of a visit that was just checked in."""
    return Bedside(visit, nurse=nurse, second=second_nurse, prescriber=prescriber)
