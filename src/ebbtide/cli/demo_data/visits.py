"""A visit of a patient: the booking, the log told by the story, the samples beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from ebbtide.cli.demo_data.bedside import Bedside, Monitored
from ebbtide.cli.demo_data.charts import Chart
from ebbtide.cli.demo_data.places import PUMP
from ebbtide.cli.demo_data.story import Incident, Story, Visitor
from ebbtide.cli.demo_data.writing import Log, NotYetError
from ebbtide.clinic.infusions.feeds import source_of
from ebbtide.clinic.infusions.imports import WholeLog, import_visit
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.actions import store_frames
from ebbtide.clinic.people.models import Role
from ebbtide.clinic.plans.models import Order
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.sites.models import Chair
from ebbtide.science.visit.events import CheckedIn, Kind
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.state import Status, VisitState

LASTS = timedelta(minutes=165)

INCIDENTS = (
    Incident(21.2, "Dizziness", note="Eyes closed, easier at once."),
    Incident(26.3, "Nausea", note="Waves, no retching."),
    Incident(31.2, "Headache", note="Dull, both sides."),
    Incident(16.2, hold="patient asked for the toilet", hold_min=2.8),
    Incident(36.3, "Feeling abnormal", note="Floating; not unpleasant."),
    Incident(31.4, "Vision blurred", note="Passed within ten minutes."),
)
QUEASY = Incident(
    26.2, "Nausea", note="Asked for a pause.", hold="nausea", hold_min=2.7, drug="ondansetron"
)
# The hold that stands behind the visit running now.
PAUSED = Incident(9.2, "Nausea", note="Waves, gone in the pause.", hold="nausea", hold_min=2.5)


@dataclass(slots=True)
class Told:
    """A visit as far as it has come."""

    visit: Visit
    log: Log
    bedside: Bedside
    began: datetime

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
    has_feed: bool = False,
    is_called_off: bool = False,
) -> Told:
    """Tell a visit from its check-in to its hand-over, no further than `until`."""
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
    if has_feed:
        visitor.incidents = (PAUSED,)
    log = Log(visit.pk, around=_around(chart, order), rng=rng, until=until)
    bedside = _bedside(chart, visit, visitor.weight_kg, began, rng, has_feed=has_feed)
    told = Told(visit, log, bedside, began)
    story = Story(log, place=chart.place, visitor=visitor, bedside=bedside, began=began, rng=rng)
    try:
        story.tell()
    except NotYetError:
        pass
    return told


def sign(told: Told, chart: Chart) -> None:
    """Let the nurse sign, and at most visits the prescriber too."""
    place, rng = chart.place, chart.rng
    closed_at = told.log.events[-1].happened_at
    try:
        told.log.sign(closed_at + timedelta(minutes=rng.randint(3, 12)), place.nurse, Role.NURSE)
        if rng.random() < 0.8:
            later = closed_at + timedelta(minutes=rng.randint(20, 90))
            told.log.sign(later, place.prescriber, Role.PRESCRIBER)
    except NotYetError:
        pass


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


def keep(told: Told, *, by: str, at: datetime, has_samples: bool = False) -> None:
    """Put the visit in the database, its booking as far as the visit has come."""
    booking = told.visit.booking
    is_here = told.state.is_in_chair
    booking.status = Booking.Status.ARRIVED if is_here else Booking.Status.FULFILLED
    booking.save(update_fields=["status"])
    import_visit(WholeLog(told.visit, tuple(told.log.events)), by=by, at=at)
    if has_samples:
        store_frames(told.bedside.frames(str(told.visit.pk)))


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


def _bedside(
    chart: Chart, visit: Visit, weight_kg: Decimal, began: datetime, rng: Random, *, has_feed: bool
) -> Bedside:
    if has_feed:
        source = source_of(visit, _weighed(weight_kg))
        if source is not None:
            return Monitored(chart.body, began=began, rng=rng, source=source)
    return Bedside(chart.body, began=began, rng=rng)


def _weighed(weight_kg: Decimal) -> VisitState:
    """All that a feed asks of a state before its first frame."""
    from ebbtide.science.visit.events import WeightTaken

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
        incidents=(QUEASY,) if person.mark == "queasy" else _incidents(rng),
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


def _incidents(rng: Random) -> tuple[Incident, ...]:
    return (rng.choice(INCIDENTS),) if rng.random() < 0.45 else ()


__all__ = ["LASTS", "Status", "Told", "amend", "book", "keep", "sign", "tell_visit", "watch_until"]
