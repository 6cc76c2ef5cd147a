"""A visit of a patient: the booking, the log told by the story, the samples beside it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from uuid import UUID

from ebbtide.cli.demo_data.bedside import Bedside, Monitored
from ebbtide.cli.demo_data.charts import Chart
from ebbtide.cli.demo_data.nursing import Incident, Nursing, Visitor
from ebbtide.cli.demo_data.places import PUMP
from ebbtide.cli.demo_data.story import tell
from ebbtide.cli.demo_data.writing import Log, NotYetError
from ebbtide.clinic.infusions.feeds import source_of
from ebbtide.clinic.infusions.imports import WholeLog, import_visit
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.people.models import Role
from ebbtide.clinic.plans.models import Order
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.sites.models import Chair
from ebbtide.science.patient.body import VirtualPatient
from ebbtide.science.visit.events import CheckedIn, Kind, WeightTaken
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.state import VisitState

LASTS = timedelta(minutes=165)

INCIDENTS = (
    Incident(minute=21.2, term="Dizziness", note="Eyes closed, easier at once."),
    Incident(minute=26.3, term="Nausea", note="Waves, no retching."),
    Incident(minute=31.2, term="Headache", note="Dull, both sides."),
    Incident(minute=16.2, hold="patient asked for the toilet", hold_min=4.4),
    Incident(minute=36.3, term="Feeling abnormal", note="Floating; not unpleasant."),
    Incident(minute=31.4, term="Vision blurred", note="Passed within ten minutes."),
)
QUEASY = Incident(
    minute=26.2,
    term="Nausea",
    note="Asked for a pause.",
    hold="nausea",
    hold_min=3.5,
    drug="ondansetron",
)
# The hold that stands behind the visit running now.
PAUSED = Incident(
    minute=9.2, term="Nausea", note="Waves, gone in the pause.", hold="nausea", hold_min=2.5
)


class Detail(Enum):
    """What of a visit is kept beside its log; the value is the virtual patient's step, seconds."""

    TYPED = 60.0
    """The nurse's readings alone."""
    SAMPLED = 10.0
    """A monitor's samples too, thin, yet close enough for an unbroken plot."""
    FED = 30.0
    """The samples of the room's own feed, which goes on with them."""


@dataclass(slots=True)
class Told:
    """A visit as far as it has come."""

    visit: Visit
    log: Log
    bedside: Bedside
    detail: Detail

    @property
    def state(self) -> VisitState:
        """What the log says."""
        return self.log.state


def book(
    chart: Chart, chair: Chair, starts_at: datetime, status: Booking.Status = Booking.Status.BOOKED
) -> Booking:
    """Hold a chair for a patient with a plan."""
    if chart.plan is None:
        raise ValueError(f"{chart.patient} has no plan to book for")
    return Booking.objects.create(
        patient=chart.patient,
        plan=chart.plan,
        chair=chair,
        starts_at=starts_at,
        ends_at=starts_at + LASTS,
        status=status,
    )


def tell_visit(
    chart: Chart,
    chair: Chair,
    *,
    number: int,
    began: datetime,
    until: datetime,
    last_weight_kg: Decimal | None,
    detail: Detail = Detail.TYPED,
    pressor: float = 1.0,
    is_called_off: bool = False,
) -> Told:
    """Tell a visit from its check-in to its hand-over, no further than `until`.

    `number` is the visit's in its plan; `pressor` says how much more than usual the blood
    pressure rises today.
    """
    order, rng = chart.order_at(began), chart.rng
    booking = book(chart, chair, _booked_for(began))
    visit = Visit(
        id=UUID(int=rng.getrandbits(128), version=4),
        site=chart.place.site,
        patient=chart.patient,
        booking=booking,
        order=order,
        chair=chair,
        created_at=began,
    )
    visitor = _visitor(chart, order, number, last_weight_kg, is_called_off=is_called_off)
    log = Log(visit.pk, around=_around(chart, order), rng=rng, until=until)
    body = _today(chart.body, pressor)
    step_s = detail.value
    bedside = Bedside(body, began=began, rng=rng, step_s=step_s)
    if detail is Detail.FED and (source := source_of(visit, _weighed(visitor.weight_kg))):
        bedside = Monitored(body, began=began, rng=rng, step_s=step_s, source=source)
    told = Told(visit, log, bedside, detail)
    nursing = Nursing(log, place=chart.place, visitor=visitor, bedside=bedside, rng=rng)
    with suppress(NotYetError):
        tell(nursing, began=began)
    return told


def sign(told: Told, chart: Chart) -> None:
    """Let the nurse sign, and at most visits the prescriber too."""
    place, rng = chart.place, chart.rng
    closed_at = told.log.events[-1].happened_at
    with suppress(NotYetError):
        told.log.sign(closed_at + timedelta(minutes=rng.randint(3, 12)), place.nurse, Role.NURSE)
        if rng.random() < 0.8:
            later = closed_at + timedelta(minutes=rng.randint(20, 90))
            told.log.sign(later, place.prescriber, Role.PRESCRIBER)


def amend(told: Told, chart: Chart) -> None:
    """Correct the pulse of one reading after the record was signed."""
    entry, payload = told.state.readings[2]
    wrong = payload.reading.pulse_per_min or 70
    told.log.add(
        Kind.AMENDED,
        told.log.events[-1].happened_at + timedelta(hours=2),
        chart.place.nurse,
        event=entry.id,
        reason="Pulse was read off the wrong line; the monitor's print says otherwise.",
        changes=f'{{"reading": {{"pulse_per_min": {wrong + 4}}}}}',
    )


def keep(told: Told, *, by: str, at: datetime) -> None:
    """Put the visit in the database, its booking as far as the visit has come."""
    booking = told.visit.booking
    is_here = told.state.is_in_chair
    booking.status = Booking.Status.ARRIVED if is_here else Booking.Status.FULFILLED
    booking.save(update_fields=["status"])
    is_typed = told.detail is Detail.TYPED
    frames = () if is_typed else told.bedside.frames(str(told.visit.pk))
    import_visit(WholeLog(told.visit, tuple(told.log.events)), frames=frames, by=by, at=at)


def watch_until(told: Told, moment: datetime) -> None:
    """Let the monitor run on to a moment."""
    told.bedside.at(moment, given_mg=lambda at: float(told.state.given_mg(at)))


def _booked_for(began: datetime) -> datetime:
    """Patients check in a few minutes around the booked time, which lies on a quarter."""
    return began.replace(minute=began.minute - began.minute % 5, second=0)


def _around(chart: Chart, order: Order) -> Surroundings:
    return Surroundings(
        protocol=order.plan.protocol_version.protocol,
        pump=PUMP,
        order_valid_until=order.valid_until,
        zone=chart.place.site.zone,
    )


def _today(body: VirtualPatient, pressor: float) -> VirtualPatient:
    return replace(
        body,
        systolic_mmhg_per_ng_per_ml=body.systolic_mmhg_per_ng_per_ml * pressor,
        diastolic_mmhg_per_ng_per_ml=body.diastolic_mmhg_per_ng_per_ml * pressor,
    )


def _weighed(weight_kg: Decimal) -> VisitState:
    """All that a feed asks of a state before its first frame."""
    return VisitState(weight=WeightTaken(weight_kg=weight_kg))


def _visitor(
    chart: Chart, order: Order, number: int, last_weight_kg: Decimal | None, *, is_called_off: bool
) -> Visitor:
    rng, person = chart.rng, chart.person
    usual = last_weight_kg or Decimal(person.weight_kg)
    weight_kg = (usual + Decimal(rng.randint(-6, 5)) / 10).quantize(Decimal("0.1"))
    terms = CheckedIn(
        order=order.terms,
        order_number=order.number,
        protocol=str(order.plan.protocol_version),
        indication=order.plan.protocol_version.indication,
        visit_number=number,
        limbs_present=chart.limbs_present,
        access_limb=chart.access.line_limb,
        cuff_limb=chart.access.cuff_limb,
        last_weight_kg=last_weight_kg,
        height_cm=chart.patient.height_cm,
    )
    ebb = 1 - chart.lasting * (number - 1)
    is_plp = person.indication == "plp"
    return Visitor(
        terms=terms,
        weight_kg=weight_kg,
        prosthesis="off" if chart.has_prosthesis else "none",
        escort_name=chart.contact,
        escort_relation=chart.relation,
        phantom=_pain(7, ebb, rng) if is_plp else None,
        residual=_pain(3, ebb, rng) if is_plp else None,
        pain=_pain(7, ebb, rng) if person.indication == "chronic_pain" else None,
        relief=max(0.0, min(0.95, chart.relief + rng.uniform(-0.1, 0.1))),
        dissociation=chart.dissociation,
        answers=_answers(chart),
        incidents=_incidents(chart),
        is_called_off=is_called_off,
    )


def _pain(usual: int, ebb: float, rng: Random) -> int:
    return max(0, min(10, round(usual * ebb + rng.uniform(-1, 1))))


def _answers(chart: Chart) -> dict[str, str]:
    rng, person = chart.rng, chart.person
    answers = {}
    if person.sex == "male" or person.age > 52:
        answers["pregnancy"] = "not_applicable"
    if rng.random() < 0.5:
        answers["questionnaires"] = "not_applicable"
    return answers


def _incidents(chart: Chart) -> tuple[Incident, ...]:
    if chart.person.stage == "running":
        return (PAUSED,)
    if chart.person.mark == "queasy":
        return (QUEASY,)
    return (chart.rng.choice(INCIDENTS),) if chart.rng.random() < 0.45 else ()
