"""Reading the record: a visit's log, its state, and the visits in hand."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db.models import Max, QuerySet
from django.shortcuts import get_object_or_404

from ebbtide.clinic.infusions.models import Visit, VisitEvent
from ebbtide.clinic.monitoring.queries import newest_arrival
from ebbtide.clinic.sites.models import Site
from ebbtide.science.visit.chain import GENESIS, event_of
from ebbtide.science.visit.events import Event
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import VisitState

# A visit stays on the board for a day around its booking.
BOARD_REACH = timedelta(hours=18)


def visit_or_404(visit_id: UUID) -> Visit:
    """One visit with all that its pages name, in one query.

    Raises:
        Http404: There is no such visit.
    """
    visits = Visit.objects.select_related(
        "site",
        "patient__site",
        "chair__room",
        "booking",
        "order__plan__protocol_version",
        "order__signed_by",
    )
    return get_object_or_404(visits, pk=visit_id)


def log_of(visit_id: UUID) -> tuple[Event, ...]:
    """The events of a visit in the order of `seq`."""
    bodies = (
        VisitEvent.objects.filter(visit=visit_id).order_by("seq").values_list("body", flat=True)
    )
    return tuple(event_of(body) for body in bodies)


def state_of(visit_id: UUID) -> VisitState:
    """The state of a visit, from its log alone."""
    return states_of([visit_id])[visit_id]


def states_of(visit_ids: Iterable[UUID]) -> dict[UUID, VisitState]:
    """The states of several visits, in one query when none has moved on."""
    heads = dict.fromkeys(visit_ids, (0, GENESIS))
    rows = VisitEvent.objects.filter(visit__in=heads).order_by("visit", "seq")
    for visit_id, seq, event_hash in rows.values_list("visit_id", "seq", "hash"):
        heads[visit_id] = (seq, event_hash)
    return {visit_id: _replayed(visit_id, *head) for visit_id, head in heads.items()}


@lru_cache(maxsize=512)
def _replayed(visit_id: UUID, seq: int, _head: str) -> VisitState:
    """Fold a log once per head: a hash names its whole past, so it never goes stale."""
    return replay(log_of(visit_id)) if seq else VisitState()


def visits_on_board(sites: Sequence[Site], at: datetime) -> QuerySet[Visit]:
    """Visits around now at the sites, by site, room and time."""
    return (
        Visit.objects.select_related(
            "site", "patient", "chair__room", "booking", "order__plan__protocol_version"
        )
        .filter(
            # By the chairs' days; by the visit's own site it would read through all of its years.
            booking__chair__room__site__in=sites,
            booking__starts_at__range=(at - BOARD_REACH, at + BOARD_REACH),
        )
        .prefetch_related("chair__room__devices")
        .order_by("site__name", "chair__room__name", "booking__starts_at")
    )


def open_visits(at: datetime) -> list[tuple[Visit, VisitState]]:
    """Every visit with somebody in a chair, at every site."""
    visits = Visit.objects.select_related("site", "patient", "chair__room", "booking").filter(
        booking__starts_at__range=(at - BOARD_REACH, at + BOARD_REACH)
    )
    by_id = {visit.pk: visit for visit in visits}
    return [
        (by_id[visit_id], state)
        for visit_id, state in states_of(by_id).items()
        if state.is_in_chair
    ]


def visits_of_plan(plan_id: int) -> QuerySet[Visit]:
    """The visits of a plan, oldest first."""
    return Visit.objects.filter(order__plan=plan_id).order_by("created_at")


def visit_in_chair(chair_id: int, at: datetime) -> Visit | None:
    """The visit whose patient still sits in a chair."""
    around = (at - BOARD_REACH, at + BOARD_REACH)
    for visit in Visit.objects.filter(chair=chair_id, created_at__range=around):
        if state_of(visit.pk).is_in_chair:
            return visit
    return None


def last_weight_kg(patient_id: int, *, before: UUID) -> Decimal | None:
    """The newest weight of earlier visits, kg."""
    earlier = Visit.objects.filter(patient=patient_id).exclude(pk=before).order_by("-created_at")
    for visit_id in earlier.values_list("pk", flat=True)[:3]:
        weight = state_of(visit_id).weight
        if weight:
            return weight.weight_kg
    return None


def newest_moment() -> datetime | None:
    """The latest moment at which an event or a sample was put on record; None before any."""
    event = VisitEvent.objects.aggregate(newest=Max("recorded_at"))["newest"]
    return max(filter(None, (event, newest_arrival())), default=None)


def head_hash(visit_id: UUID) -> str:
    """Hash of the newest event of a visit; it names the whole record."""
    rows = VisitEvent.objects.filter(visit=visit_id).order_by("-seq")
    return rows.values_list("hash", flat=True).first() or GENESIS


def visits_of_patient(patient_id: int) -> QuerySet[Visit]:
    """Every visit of a patient, newest first."""
    visits = Visit.objects.select_related("site", "chair__room", "booking")
    return visits.filter(patient=patient_id).order_by("-created_at")
