"""Thousands of signed visits for benchmarks: ten years of a busy group's record.

Sixteen events a visit, their figures fitting the order and the weight, appended by
the thousand. They are plainer than the visits of `histories`: no rule judges them
and no samples lie beside them.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db import transaction

from ebbtide.cli.demo_data.calendar import Calendar
from ebbtide.cli.demo_data.cast import SYNTHETIC
from ebbtide.cli.demo_data.places import PUMP, Place
from ebbtide.cli.demo_data.protocols import REGIMENS
from ebbtide.clinic.infusions.imports import WholeLog, import_visits
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.intake.models import Allergy, Amputation, VascularAccess
from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.plans.models import Order, Plan, ProtocolVersion
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.science.dosing.pump import DoseOrder, Preparation, pump_sheet
from ebbtide.science.plain import to_plain
from ebbtide.science.visit.chain import GENESIS, body_of, hash_of
from ebbtide.science.visit.events import (
    CheckedIn,
    DoseChecked,
    DoseDrawn,
    Event,
    GateConfirmed,
    HandedOver,
    Kind,
    LinePlaced,
    Payload,
    RateSet,
    ReadingEntered,
    ScoreTaken,
    Signed,
    Stopped,
    WeightTaken,
)
from ebbtide.science.vitals.reading import Reading

YEARS = 10
VISITS_PER_PATIENT = 16
BATCH = 500
FIRST_NUMBER = 1001
GIVEN = ("Ada", "Ben", "Cleo", "Don", "Eve", "Gus", "Ida", "Jon", "Kit", "Lou", "Max", "Pam")
FAMILY = ("Benchley", "Loadman", "Bulkhead", "Massey-Test", "Quantiby", "Thousandley")

Report = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Treated:
    """A patient with a plan and an order, as often as they come."""

    place: Place
    patient: Patient
    order: Order
    terms: DoseOrder
    weight_kg: Decimal
    sheet: Preparation
    systolic_mmhg: int


def fill_volume(
    places: Sequence[Place],
    protocol: ProtocolVersion,
    *,
    visits: int,
    seed: int,
    now: datetime,
    report: Report,
) -> None:
    """Add signed visits for phantom limb pain, spread evenly over ten years.

    Args:
        places: The sites, taking turns.
        protocol: What every plan follows.
        visits: How many are added.
        seed: Fixes all that is random.
        now: The last visit lies a day before it.
        report: Told how many are in the database after each batch.
    """
    rng = Random(f"{seed} volume")  # noqa: S311, a seeded story, no secret
    treated = _treat(places, protocol, visits=visits, rng=rng, now=now)
    calendars = {place.site.pk: Calendar(place.site, place.chairs) for place in places}
    begun = (now - timedelta(days=365 * YEARS)).date()
    span_days = 365 * YEARS - 3
    done = 0
    for start in range(0, visits, BATCH):
        numbers = range(start, min(start + BATCH, visits))
        days = [begun + timedelta(days=number * span_days // visits) for number in numbers]
        with transaction.atomic():
            for place in places:
                turns = [
                    (treated[number % len(treated)], day, number // len(treated) + 1)
                    for number, day in zip(numbers, days, strict=True)
                    if treated[number % len(treated)].place is place
                ]
                logs = _visits(turns, calendars[place.site.pk], rng)
                import_visits(place.site, logs, by=place.director, at=now)
        done += len(numbers)
        report(done)


def _treat(
    places: Sequence[Place], protocol: ProtocolVersion, *, visits: int, rng: Random, now: datetime
) -> list[Treated]:
    known_at = now - timedelta(days=365 * YEARS + 30)
    how_many = -(-visits // VISITS_PER_PATIENT)
    with transaction.atomic():
        patients = Patient.objects.bulk_create(
            _patient(places[turn % len(places)], turn, known_at, rng) for turn in range(how_many)
        )
        Allergy.objects.bulk_create(Allergy(patient=who, none_known=True) for who in patients)
        Amputation.objects.bulk_create(
            Amputation(
                patient=who,
                limb="leg",
                side=rng.choice(("left", "right")),
                level="transtibial",
                cause="trauma",
                happened_on=(known_at - timedelta(days=400)).date(),
            )
            for who in patients
        )
        VascularAccess.objects.bulk_create(
            VascularAccess(patient=who, line_limb="left arm", cuff_limb="right arm")
            for who in patients
        )
        plans = Plan.objects.bulk_create(
            Plan(
                patient=who,
                protocol_version=protocol,
                visits_planned=VISITS_PER_PATIENT + 1,
                days_between=7,
                created_at=known_at,
                created_by=places[turn % len(places)].prescriber,
            )
            for turn, who in enumerate(patients)
        )
        terms = REGIMENS["plp"].order()
        limits = protocol.protocol.dose
        body = json.dumps(to_plain(terms), sort_keys=True)
        orders = Order.objects.bulk_create(
            Order(
                plan=plan,
                number=f"ORD-{FIRST_NUMBER + turn}-1",
                body=body,
                signed_by=places[turn % len(places)].prescriber,
                signed_at=known_at,
                valid_until=date(now.year + 1, 1, 1),
            )
            for turn, plan in enumerate(plans)
        )
    treated = []
    for turn, (who, order) in enumerate(zip(patients, orders, strict=True)):
        weight_kg = Decimal(rng.randint(520, 1100)) / 10
        sheet = pump_sheet(terms, weight_kg=weight_kg, pump=PUMP, limits=limits)
        treated.append(
            Treated(
                place=places[turn % len(places)],
                patient=who,
                order=order,
                terms=terms,
                weight_kg=weight_kg,
                sheet=sheet.rounded,
                systolic_mmhg=rng.randint(108, 132),
            )
        )
    return treated


def _patient(place: Place, turn: int, known_at: datetime, rng: Random) -> Patient:
    return Patient(
        site=place.site,
        number=f"EB-{FIRST_NUMBER + turn}",
        given_name=rng.choice(GIVEN),
        family_name=rng.choice(FAMILY),
        born_on=date(rng.randint(1945, 1995), rng.randint(1, 12), rng.randint(1, 28)),
        sex=rng.choice(("female", "male")),
        height_cm=Decimal(rng.randint(155, 192)),
        phone="555-0199",
        home_contact_name=f"Contact {FIRST_NUMBER + turn} {SYNTHETIC}",
        home_contact_phone="555-0198",
        is_synthetic=True,
        created_at=known_at,
    )


def _visits(
    turns: Sequence[tuple[Treated, date, int]], calendar: Calendar, rng: Random
) -> list[WholeLog]:
    slots = [calendar.take(day) for _, day, _ in turns]
    bookings = Booking.objects.bulk_create(
        Booking(
            patient=who.patient,
            plan=who.order.plan,
            chair=chair,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=165),
            status=Booking.Status.FULFILLED,
        )
        for (who, _, _), (chair, starts_at) in zip(turns, slots, strict=True)
    )
    logs = []
    for (who, _, number), booking in zip(turns, bookings, strict=True):
        visit = Visit(
            id=UUID(int=rng.getrandbits(128), version=4),
            site=who.place.site,
            patient=who.patient,
            booking=booking,
            order=who.order,
            chair=booking.chair,
            created_at=booking.starts_at,
        )
        logs.append(WholeLog(visit, _log(who, visit, number, rng)))
    return logs


def _log(who: Treated, visit: Visit, number: int, rng: Random) -> tuple[Event, ...]:
    nurse = who.place.nurse
    actors = {
        Kind.CHECKED_IN: who.place.desk.username,
        Kind.DOSE_CHECKED: who.place.nurse2.username,
    }
    drawn = UUID(int=rng.getrandbits(128), version=4)
    events: list[Event] = []
    head = GENESIS
    for minute, kind, said in _story(who, number=number, drawn=drawn, rng=rng):
        at = visit.created_at + timedelta(minutes=minute)
        payload = replace(said, head_hash=head) if isinstance(said, Signed) else said
        is_draw = kind is Kind.DOSE_DRAWN
        event = Event(
            id=drawn if is_draw else UUID(int=rng.getrandbits(128), version=4),
            visit=visit.pk,
            seq=len(events) + 1,
            kind=kind,
            actor=actors.get(kind, nurse.username),
            happened_at=at,
            recorded_at=at + timedelta(seconds=8),
            payload=payload,
        )
        head = hash_of(body_of(event, previous_hash=head))
        events.append(event)
    return tuple(events)


def _story(
    who: Treated, *, number: int, drawn: UUID, rng: Random
) -> Iterator[tuple[float, Kind, Payload]]:
    sheet, pain = who.sheet, rng.randint(4, 9)
    rest, risen = who.systolic_mmhg, who.systolic_mmhg + rng.randint(6, 26)
    yield 0, Kind.CHECKED_IN, _terms(who, number)
    yield 5, Kind.GATE_CONFIRMED, GateConfirmed(item="identity")
    yield 9, Kind.WEIGHT_TAKEN, WeightTaken(weight_kg=who.weight_kg, prosthesis="off")
    yield 12, Kind.READING_ENTERED, _reading(rest, pain, rng)
    yield 16, Kind.LINE_PLACED, LinePlaced(limb="left arm", place="forearm", gauge="22 G")
    yield (
        20,
        Kind.DOSE_DRAWN,
        DoseDrawn(
            dose_mg=sheet.dose_mg,
            draw_ml=sheet.draw_ml,
            volume_ml=sheet.volume_ml,
            rate_ml_per_h=sheet.rate_ml_per_h,
            stock_mg_per_ml=who.terms.stock.mg_per_ml,
            vial_ml=who.terms.stock.vial_ml,
        ),
    )
    yield 22, Kind.DOSE_CHECKED, DoseChecked(drawn=drawn)
    yield 26, Kind.STARTED, RateSet(rate_ml_per_h=sheet.rate_ml_per_h)
    yield 41, Kind.READING_ENTERED, _reading((rest + risen) // 2, pain - 2, rng)
    yield 56, Kind.READING_ENTERED, _reading(risen, pain - 3, rng)
    yield 26 + float(sheet.minutes), Kind.STOPPED, Stopped(reason="bag is empty")
    yield 86, Kind.RECOVERY_READING_ENTERED, _reading(rest + 8, pain - 4, rng)
    yield 140, Kind.RECOVERY_READING_ENTERED, _reading(rest + 2, pain - 4, rng)
    yield 144, Kind.SCORE_TAKEN, ScoreTaken(instrument="aldrete", total=10, answers=(2,) * 5)
    yield (
        150,
        Kind.HANDED_OVER,
        HandedOver(
            escort_name=who.patient.home_contact_name,
            escort_relation="friend",
            is_adult=True,
            is_present=True,
            instructions_given=True,
        ),
    )
    yield 158, Kind.SIGNED, Signed(name=who.place.nurse.full_name, role="Nurse", head_hash="")


def _terms(who: Treated, number: int) -> CheckedIn:
    return CheckedIn(
        order=who.terms,
        order_number=who.order.number,
        protocol=str(who.order.plan.protocol_version),
        indication="plp",
        visit_number=number,
        limbs_present=3,
        access_limb="left arm",
        cuff_limb="right arm",
        last_weight_kg=who.weight_kg if number > 1 else None,
        height_cm=who.patient.height_cm,
    )


def _reading(systolic_mmhg: int, pain: int, rng: Random) -> ReadingEntered:
    reading = Reading(
        systolic_mmhg=systolic_mmhg,
        diastolic_mmhg=round(systolic_mmhg * 0.62),
        pulse_per_min=rng.randint(62, 84),
        spo2_percent=rng.randint(96, 99),
        resp_per_min=rng.randint(12, 16),
        moaas=5,
        phantom_pain_nrs=max(0, pain),
        residual_limb_pain_nrs=max(0, pain - 3),
    )
    return ReadingEntered(reading)
