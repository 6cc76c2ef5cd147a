"""One complete visit for phantom limb pain, in memory: log, state, monitor samples, names.

Check-in at 09:00 local time, 41 mg over 40 minutes started at 09:24, one hold, one
change of rate, one retracted reading and one amended one, stop at 10:08, handed over
at 11:14, signed. `write(log)` may be continued to make a longer or stranger visit.
"""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds
from ebbtide.clinic.people.models import Patient, User
from ebbtide.clinic.plans.models import Order, Plan, ProtocolVersion
from ebbtide.clinic.sites.models import Chair, Room, Site
from ebbtide.science.screening.protocol import DEFAULT_PROTOCOL
from ebbtide.science.visit.chain import GENESIS, StoredEvent, body_of, hash_of, site_hash_of
from ebbtide.science.visit.events import Event, Kind, read_payload
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import VisitState

VISIT_ID = UUID("5b0c3f3e-7a41-4f1e-9d55-2f6f0e6a1c01")
NINE = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # 09:00 at the site
PRINTED_AT = NINE + timedelta(hours=2, minutes=31, seconds=9)
NAMES: Mapping[str, str] = {
    "nora": "Nora Vale (synthetic), RN",
    "nils": "Nils Harrow (synthetic), RN",
    "petra": "Petra Sund (synthetic), MD",
}
ORDER: Mapping[str, Any] = {
    "mg_per_kg": "0.5",
    "minutes": "40",
    "stock": {"mg_per_ml": "10", "vial_ml": "20"},
    "bag_ml": "50",
    "max_dose_mg": "80",
}


def at(minute: float) -> datetime:
    """A moment, minutes after nine in the morning at the site."""
    return NINE + timedelta(minutes=minute)


class Log:
    """Builds the events of the visit in the order they are recorded."""

    def __init__(self) -> None:
        """Start empty."""
        self.events: list[Event] = []
        self._ids: Iterator[int] = count(0xA000)

    def add(
        self, kind: Kind, minute: float, *, by: str = "nora", late: float = 0.1, **payload: Any
    ) -> Event:
        """Append an event that happened at a minute and was written down `late` minutes after."""
        event = Event(
            id=UUID(int=next(self._ids)),
            visit=VISIT_ID,
            seq=len(self.events) + 1,
            kind=kind,
            actor=by,
            happened_at=at(minute),
            recorded_at=at(minute + late),
            payload=read_payload(kind, payload),
        )
        self.events.append(event)
        return event

    def read(self, minute: float, kind: Kind = Kind.READING_ENTERED, **values: Any) -> Event:
        """Append a reading."""
        return self.add(kind, minute, reading=values)

    @property
    def state(self) -> VisitState:
        """What the log says."""
        return replay(self.events)

    @property
    def chain(self) -> tuple[StoredEvent, ...]:
        """The rows as stored, the first at place 4,001 of its site's chain."""
        rows, previous, site_head = [], GENESIS, GENESIS
        for event in self.events:
            body = body_of(event, previous_hash=previous)
            previous, place = hash_of(body), 4_000 + event.seq
            site_head = site_hash_of(
                previous=site_head, site="harbor", site_seq=place, event_hash=previous
            )
            rows.append(
                StoredEvent(
                    id=event.id,
                    visit=event.visit,
                    seq=event.seq,
                    kind=event.kind.value,
                    site="harbor",
                    site_seq=place,
                    body=body,
                    hash=previous,
                    site_hash=site_head,
                )
            )
        return tuple(rows)


def write(log: Log) -> Log:
    """Write the whole visit, unsigned."""
    _prepare(log)
    _infuse(log)
    _recover(log)
    return log


def a_log() -> Log:
    """The whole visit, signed and once amended afterwards."""
    log = write(Log())
    head = log.chain[-1].hash
    log.add(
        Kind.SIGNED,
        138,
        by="petra",
        name="Petra Sund (synthetic)",
        role="Prescriber, MD",
        head_hash=head,
    )
    return log


def _prepare(log: Log) -> None:
    log.add(
        Kind.CHECKED_IN, 0, order=ORDER, order_number="ORD-2026-0147",
        protocol="Phantom limb pain, version 2", indication="Phantom limb pain", visit_number=3,
        limbs_present=3, access_limb="right arm", cuff_limb="left arm", last_weight_kg="83.1",
        height_cm="178",
    )  # fmt: skip
    for index, item in enumerate(DEFAULT_PROTOCOL.checklist):
        answer = "not_applicable" if item.id == "pregnancy" else "yes"
        log.add(Kind.GATE_CONFIRMED, 2 + index / 3, item=item.id, answer=answer)
    log.add(Kind.WEIGHT_TAKEN, 9, weight_kg="82.5", prosthesis="off")
    log.read(
        11, systolic_mmhg=128, diastolic_mmhg=78, mean_mmhg=95, pulse_per_min=72, spo2_percent=97,
        oxygen_l_per_min="0", resp_per_min=14, temperature_c="36.6", moaas=5, rass=0,
        phantom_pain_nrs=6, residual_limb_pain_nrs=2,
    )  # fmt: skip
    log.add(Kind.SCORE_TAKEN, 12, instrument="cadss-6", total=0, answers=[0] * 6)
    log.add(Kind.LINE_PLACED, 14, limb="right arm", place="forearm", gauge="22 G")
    drawn = log.add(
        Kind.DOSE_DRAWN, 17, dose_mg="41", draw_ml="4.1", volume_ml="50", rate_ml_per_h="75.0",
        stock_mg_per_ml="10", vial_ml="20", lot="K7-2281",
        overridden={"codes": ["dose.dilution"], "reason": "pharmacy has no other strength today"},
    )  # fmt: skip
    log.add(
        Kind.DOSE_CHECKED,
        19,
        by="nils",
        drawn=str(drawn.id),
        statement="41 mg in 50 mL at 75.0 mL/h",
    )
    log.add(Kind.COMFORT_CHANGED, 20, what="light", setting="dimmed")
    log.add(Kind.COMFORT_CHANGED, 20.5, what="eye_mask", setting="on")
    log.add(Kind.COMFORT_CHANGED, 21, what="music", setting="own playlist, quiet")


def _infuse(log: Log) -> None:
    log.add(Kind.STARTED, 24, rate_ml_per_h="75.0")
    log.read(
        34,
        systolic_mmhg=141,
        diastolic_mmhg=86,
        pulse_per_min=79,
        spo2_percent=96,
        moaas=5,
        phantom_pain_nrs=4,
    )
    log.add(Kind.SCORE_TAKEN, 38, instrument="cadss-6", total=7, answers=[2, 1, 1, 0, 2, 1])
    log.add(Kind.ADVERSE_EVENT_NOTED, 40, term="Nausea", grade=1, note="waves, no retching")
    log.add(Kind.HELD, 41, reason="nausea; patient asked for a pause")
    log.add(
        Kind.RESCUE_GIVEN,
        42.5,
        drug="ondansetron",
        dose="4",
        unit="mg",
        route="IV",
        trigger="nausea",
    )
    log.read(44, systolic_mmhg=148, diastolic_mmhg=91, pulse_per_min=81, spo2_percent=96, moaas=4)
    log.add(Kind.RESUMED, 45, rate_ml_per_h="60.0")
    wrong = log.read(
        52, systolic_mmhg=139, diastolic_mmhg=84, pulse_per_min=18, spo2_percent=97, moaas=4
    )
    log.add(Kind.RATE_CHANGED, 55, rate_ml_per_h="75.0")
    log.add(
        Kind.AMENDED, 56, event=str(wrong.id), reason="Pulse typed without its last digit.",
        changes='{"reading": {"pulse_per_min": 78}}',
    )  # fmt: skip
    double = log.add(Kind.ADVERSE_EVENT_NOTED, 58, term="Dizziness", grade=1)
    log.add(
        Kind.AMENDED, 59, event=str(double.id), reason="Belongs to another room.", is_retracted=True
    )
    log.add(Kind.STOPPED, 68, reason="time is up; last of the bag kept")


def _recover(log: Log) -> None:
    recovery = Kind.RECOVERY_READING_ENTERED
    log.read(
        70,
        recovery,
        systolic_mmhg=138,
        diastolic_mmhg=85,
        pulse_per_min=77,
        spo2_percent=97,
        moaas=4,
        phantom_pain_nrs=2,
    )
    log.read(
        85,
        recovery,
        systolic_mmhg=131,
        diastolic_mmhg=80,
        pulse_per_min=73,
        spo2_percent=97,
        resp_per_min=13,
        moaas=5,
        rass=0,
        phantom_pain_nrs=1,
        residual_limb_pain_nrs=2,
    )
    log.read(
        100,
        recovery,
        systolic_mmhg=129,
        diastolic_mmhg=79,
        pulse_per_min=71,
        spo2_percent=98,
        oxygen_l_per_min="0",
        resp_per_min=14,
        moaas=5,
        rass=0,
    )
    log.add(Kind.SCORE_TAKEN, 118, instrument="cadss-6", total=1, answers=[0, 0, 0, 0, 1, 0])
    log.add(Kind.SCORE_TAKEN, 120, instrument="aldrete", total=10, answers=[2, 2, 2, 2, 2])
    for index, item in enumerate(DEFAULT_PROTOCOL.discharge_items):
        late = 3 if item.id == "line_out" else 0.1
        log.add(Kind.DISCHARGE_CONFIRMED, 122 + index, item=item.id, late=late)
    log.add(
        Kind.HANDED_OVER, 134, escort_name="Alex Testwell (synthetic)", escort_relation="sister",
        is_adult=True, is_present=True, instructions_given=True,
    )  # fmt: skip


def samples(minutes: float = 134) -> list[Sampled]:
    """A monitor's hour: 1 Hz, a cuff every five minutes, a probe off, two minutes of silence."""
    chance = random.Random(7)
    made: list[Sampled] = []

    def put(second: int, quantity: str, value: float | None, quality: str = "ok") -> None:
        at_ms = milliseconds(NINE) + second * 1000
        made.append(Sampled(len(made) + 1, quantity, at_ms, at_ms + 150, value, quality, "monitor"))

    for second in range(9 * 60, int(minutes * 60)):
        minute = second / 60
        if 75 <= minute < 77:
            continue
        drug = math.exp(-(((minute - 62) / 26) ** 2)) if minute > 24 else 0.0
        if 48 <= minute < 49.2:
            put(second, "spo2", None, "no_reading")
        else:
            put(second, "spo2", round(97.4 - 2.2 * drug + chance.gauss(0, 0.5)))
        put(second, "pulse", round(71 + 9 * drug + 2 * math.sin(minute) + chance.gauss(0, 1)))
        put(second, "resp", round(14 - drug + chance.gauss(0, 0.8)))
        if second % 300 == 0:
            put(second, "systolic", round(127 + 19 * drug + chance.gauss(0, 3)))
            put(second, "diastolic", round(77 + 13 * drug + chance.gauss(0, 2)))
    return made


def a_visit(**patient: Any) -> Visit:
    """The visit's row with all it hangs on, none of it saved."""
    site = Site(code="harbor", name="Harbor", timezone="America/Los_Angeles", city="Testport")
    person = {
        "number": "EB-0007", "given_name": "Wren", "family_name": "Testwell", "sex": "female",
        "born_on": date(1980, 5, 17), "is_synthetic": True, "site": site,
    } | patient  # fmt: skip
    director = User(username="dario", full_name="Dario Lunde (synthetic)")
    prescriber = User(username="petra", full_name="Petra Sund (synthetic)")
    protocol = ProtocolVersion(
        indication="plp", version=2, approved_by=director, body=DEFAULT_PROTOCOL.to_json()
    )
    who = Patient(**person)
    plan = Plan(patient=who, protocol_version=protocol, visits_planned=6, days_between=7)
    order = Order(
        plan=plan, number="ORD-2026-0147", signed_by=prescriber, signed_at=at(-60 * 24 * 3),
        valid_until=date(2026, 6, 1),
    )  # fmt: skip
    chair = Chair(room=Room(site=site, name="Room 2"), name="chair A")
    return Visit(id=VISIT_ID, site=site, patient=who, order=order, chair=chair, created_at=NINE)
