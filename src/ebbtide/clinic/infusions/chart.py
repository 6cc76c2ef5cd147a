"""A patient's chart, to be read in a minute."""

from dataclasses import dataclass
from datetime import datetime

from ebbtide.clinic.infusions import queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.pages import Banner, patient_banner
from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.plans.models import Plan
from ebbtide.science.units import shown
from ebbtide.science.visit.state import VisitState
from ebbtide.science.visit.transitions import WORDS


@dataclass(frozen=True, slots=True)
class ChartVisit:
    """One visit in a patient's chart: what was given, and the pain before and after."""

    visit: Visit
    status_word: str
    day: str
    dose: str
    phantom_pain: str
    residual_limb_pain: str
    highest_bp: str
    events: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A patient's chart, to be read in a minute."""

    patient: Patient
    banner: Banner
    plans: tuple[Plan, ...]
    visits: tuple[ChartVisit, ...]


def chart(patient: Patient, *, at: datetime) -> Chart:
    """Who the patient is, the plan and order in force, and every visit, newest first."""
    visits = list(queries.visits_of_patient(patient.pk))
    states = queries.states_of(visit.pk for visit in visits)
    return Chart(
        patient=patient,
        banner=patient_banner(patient, at=at),
        plans=tuple(patient.plans.select_related("protocol_version").prefetch_related("orders")),
        visits=tuple(_chart_visit(visit, states[visit.pk], at=at) for visit in visits),
    )


def _chart_visit(visit: Visit, state: VisitState, *, at: datetime) -> ChartVisit:
    pressures = [p.reading.systolic_mmhg for _, p in state.readings if p.reading.systolic_mmhg]
    given = f"{shown(state.given_mg(at), places=1)} mg" if state.infusion else ""
    return ChartVisit(
        visit=visit,
        status_word=WORDS[state.status],
        day=f"{(state.checked_in_at or visit.created_at).astimezone(visit.site.zone):%d %b %Y}",
        dose=given,
        phantom_pain=_before_after(state, "phantom_pain_nrs"),
        residual_limb_pain=_before_after(state, "residual_limb_pain_nrs"),
        highest_bp=f"{max(pressures)} mmHg" if pressures else "",
        events=", ".join(f"{event.term}, grade {event.grade}" for _, event in state.adverse_events),
    )


def _before_after(state: VisitState, field: str) -> str:
    """A pain score before the start and the last one after the end; a dash where none was taken."""
    before = [getattr(reading, field) for reading in state.baseline_readings()]
    after = [
        getattr(payload.reading, field)
        for entry, payload in state.readings
        if state.ended_at and entry.happened_at >= state.ended_at
    ]
    ends = [next((v for v in reversed(taken) if v is not None), None) for taken in (before, after)]
    if ends == [None, None]:
        return ""
    first, last = ("–" if end is None else str(end) for end in ends)
    return f"{first} → {last}"
