"""A patient's chart: the person, what they bring, the plan and its orders."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from ebbtide.cli.demo_data.cast import SYNTHETIC
from ebbtide.cli.demo_data.patients import Person
from ebbtide.cli.demo_data.places import Place
from ebbtide.cli.demo_data.protocols import REGIMENS
from ebbtide.clinic.intake.models import Allergy, Amputation, VascularAccess
from ebbtide.clinic.intake.queries import limbs_lost
from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.plans.models import Order, Plan, ProtocolVersion
from ebbtide.science.dosing.pump import DoseOrder
from ebbtide.science.patient.body import VirtualPatient
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.models import parameters
from ebbtide.science.plain import to_plain

RELATIONS = ("sister", "brother", "partner", "friend", "neighbour", "daughter", "son")
CONTACTS = (
    "Avery",
    "Blair",
    "Casey",
    "Drew",
    "Emery",
    "Finley",
    "Gray",
    "Harper",
    "Indigo",
    "Jules",
)
VALID_DAYS = 180
OFFICE_HOUR = time(10)  # intake, plans and orders are written in office hours
NO_PLAN = ("intake",)
NO_ORDER = ("intake", "draft")
PLAN_STATUS = {
    "draft": "draft",
    "paused": "on-hold",
    "revoked": "revoked",
    "completed": "completed",
}


@dataclass(slots=True)
class Chart:
    """Everything known of one patient, and their traits that nobody wrote down."""

    person: Person
    place: Place
    patient: Patient
    access: VascularAccess
    limbs_present: int
    contact: str
    relation: str
    body: VirtualPatient
    relief: float
    lasting: float
    dissociation: float
    rng: Random
    plan: Plan | None = None
    orders: tuple[Order, ...] = ()

    @property
    def has_prosthesis(self) -> bool:
        """Whether one comes off before weighing."""
        return "leg" in self.person.losses and "toe" not in self.person.losses

    def order_at(self, moment: datetime) -> Order:
        """The order in force at a moment: the newest signed by then."""
        return next(order for order in reversed(self.orders) if order.signed_at < moment)


def open_chart(
    person: Person,
    *,
    number: int,
    place: Place,
    protocol: ProtocolVersion,
    first_on: date,
    rng: Random,
    now: datetime,
) -> Chart:
    """Write down the person, and the plan and orders where they have come that far.

    `number` is the patient's, from 1; intake and plan lie before `first_on`, the day of
    the first visit.
    """
    known_at = datetime.combine(first_on, OFFICE_HOUR, place.site.zone) - timedelta(days=21)
    patient, contact = _patient(person, number, place, rng, known_at=known_at, now=now)
    access = _brought(person, patient, now)
    weight_kg = float(person.weight_kg)
    chart = Chart(
        person=person,
        place=place,
        patient=patient,
        access=access,
        limbs_present=4 - len(limbs_lost(patient)),
        contact=contact,
        relation=rng.choice(RELATIONS),
        body=_body(person, weight_kg, rng),
        relief=rng.choice((0.25, 0.45, 0.55, 0.65, 0.75)),
        lasting=rng.choice((0.02, 0.06, 0.09, 0.12)),
        dissociation=rng.uniform(0.4, 2.2),
        rng=rng,
    )
    if person.stage not in NO_PLAN:
        chart.plan = _plan(person, chart, protocol, known_at + timedelta(days=10))
    if chart.plan and person.stage not in NO_ORDER:
        chart.orders = _orders(chart, chart.plan, number, known_at + timedelta(days=14), now)
    return chart


def _patient(
    person: Person, number: int, place: Place, rng: Random, *, known_at: datetime, now: datetime
) -> tuple[Patient, str]:
    contact = f"{rng.choice(CONTACTS)} {person.family} {SYNTHETIC}"
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    is_ahead = (month, day) > (now.month, now.day)
    born_on = date(now.year - person.age - int(is_ahead), month, day)
    patient = Patient.objects.create(
        site=place.site,
        number=f"EB-{number:04}",
        given_name=person.given,
        family_name=person.family,
        born_on=born_on,
        sex=person.sex,
        height_cm=Decimal(person.height_cm),
        phone=f"555-01{10 + number % 40:02}",
        home_contact_name=contact,
        home_contact_phone=f"555-01{50 + number % 49:02}",
        is_synthetic=True,
        created_at=known_at,
    )
    return patient, contact


def _brought(person: Person, patient: Patient, now: datetime) -> VascularAccess:
    for loss in filter(None, person.losses.split(";")):
        limb, side, level, cause, years = loss.split()
        days = timedelta(days=365 * int(years) + 40)
        born = cause == "congenital"
        Amputation.objects.create(
            patient=patient,
            limb=limb,
            side=side,
            level=level,
            cause=cause,
            happened_on=patient.born_on if born else (now - days).date(),
        )
    if not person.allergies:
        Allergy.objects.create(patient=patient, none_known=True)
    elif person.allergies != "?":
        for allergy in person.allergies.split(";"):
            substance, _, reaction = allergy.partition(":")
            Allergy.objects.create(
                patient=patient, substance=substance.strip(), reaction=reaction.strip()
            )
    line, _, cuff = person.access.partition(" / ")
    has_one_hand = any(limb == "arm" for limb, _ in limbs_lost(patient))
    note = "Has one hand: leave it free where possible." if has_one_hand else ""
    return VascularAccess.objects.create(patient=patient, line_limb=line, cuff_limb=cuff, note=note)


def _body(person: Person, weight_kg: float, rng: Random) -> VirtualPatient:
    """Resting signs of their own; the marked answer more strongly than the typical patient."""
    stronger = {"reactive": 2.6, "slowed": 2.2}.get(person.mark, rng.uniform(0.5, 1.2))
    typical = VirtualPatient()
    systolic = rng.uniform(112, 130) + (4 if person.age > 55 else 0)
    return VirtualPatient(
        parameters=parameters(KAMP2020, weight_kg=min(max(weight_kg, 30), 200)),
        systolic_mmhg=systolic,
        diastolic_mmhg=systolic * 0.61 + rng.uniform(-3, 3),
        pulse_per_min=rng.uniform(60, 82),
        resp_per_min=rng.uniform(12.5, 15.5),
        spo2_percent=rng.uniform(97.0, 98.4),
        systolic_mmhg_per_ng_per_ml=typical.systolic_mmhg_per_ng_per_ml * stronger,
        diastolic_mmhg_per_ng_per_ml=typical.diastolic_mmhg_per_ng_per_ml * stronger,
        pressure_ceiling_ng_per_ml=typical.pressure_ceiling_ng_per_ml,
    )


def _plan(person: Person, chart: Chart, protocol: ProtocolVersion, created_at: datetime) -> Plan:
    regimen = REGIMENS[person.indication]
    return Plan.objects.create(
        patient=chart.patient,
        protocol_version=protocol,
        status=PLAN_STATUS.get(person.stage, "active"),
        goal=regimen.goal,
        visits_planned=regimen.visits,
        days_between=regimen.days_between,
        created_at=created_at,
        created_by=chart.place.prescriber,
    )


def _orders(
    chart: Chart, plan: Plan, number: int, signed_at: datetime, now: datetime
) -> tuple[Order, ...]:
    regimen = REGIMENS[chart.person.indication]
    first = _order(chart, plan, f"ORD-{number:04}-1", regimen.order(), signed_at, now)
    changed = {
        "raised": regimen.order(mg_per_kg="0.6", minutes=45),
        "renewed": regimen.order(mg_per_kg="0.4"),
    }.get(chart.person.mark)
    if changed is None:
        return (first,)
    later = signed_at + timedelta(days=6 + 3 * regimen.days_between)
    second = _order(chart, plan, f"ORD-{number:04}-2", changed, later, now)
    first.replaced_by = second
    first.save(update_fields=["replaced_by"])
    return (first, second)


def _order(
    chart: Chart, plan: Plan, number: str, terms: DoseOrder, signed_at: datetime, now: datetime
) -> Order:
    has_run_out = chart.person.stage == "expired"
    end = now - timedelta(days=2) if has_run_out else signed_at + timedelta(days=VALID_DAYS)
    return Order.objects.create(
        plan=plan,
        number=number,
        body=json.dumps(to_plain(terms), sort_keys=True),
        signed_by=chart.place.prescriber,
        signed_at=signed_at,
        valid_until=end.astimezone(chart.place.site.zone).date(),
    )
