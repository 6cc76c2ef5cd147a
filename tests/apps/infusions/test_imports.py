"""Whole logs appended at once hang in the chains like entries made live."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from ebbtide.cli.demo_data.places import open_sites
from ebbtide.cli.demo_data.protocols import approve
from ebbtide.cli.demo_data.volume import fill_volume
from ebbtide.clinic.audit.queries import events_about_patient, find_break, last_events
from ebbtide.clinic.infusions import actions, queries
from ebbtide.clinic.infusions.entries import NewEntry
from ebbtide.clinic.infusions.imports import WholeLog, import_visit, import_visits
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.people.models import Patient
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.science.visit.chain import breaks
from ebbtide.science.visit.events import Event, Kind, read_payload
from ebbtide.science.visit.state import Status

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


@pytest.fixture
def group():
    """Three sites with thirty plain visits between them."""
    sites = open_sites(now=NOW)
    protocols = approve(director=sites["harbor"].director, now=NOW)
    told: list[int] = []
    fill_volume(
        list(sites.values()), protocols["plp"], visits=30, seed=1, now=NOW, report=told.append
    )
    return SimpleNamespace(sites=sites, told=told)


@pytest.fixture
def brought(group):
    """A visit of the first site that is not in the database yet, with a log of three entries."""
    like = Visit.objects.filter(site__code="harbor").first()
    booking = Booking.objects.create(
        patient=like.patient,
        plan=like.order.plan,
        chair=like.chair,
        starts_at=NOW - timedelta(hours=3),
        ends_at=NOW,
    )
    visit = Visit(
        id=uuid4(),
        site=like.site,
        patient=like.patient,
        booking=booking,
        order=like.order,
        chair=like.chair,
        created_at=booking.starts_at,
    )
    first = queries.log_of(like.pk)[0].payload
    reading = read_payload(
        Kind.READING_ENTERED,
        {"reading": {"systolic_mmhg": 121, "diastolic_mmhg": 74, "phantom_pain_nrs": 6}},
    )
    weight = read_payload(Kind.WEIGHT_TAKEN, {"weight_kg": "70"})
    told = ((Kind.CHECKED_IN, first), (Kind.WEIGHT_TAKEN, weight), (Kind.READING_ENTERED, reading))
    events = tuple(
        Event(
            id=UUID(int=visit.pk.int ^ seq),
            visit=visit.pk,
            seq=seq,
            kind=kind,
            actor="nurse",
            happened_at=booking.starts_at + timedelta(minutes=seq),
            recorded_at=booking.starts_at + timedelta(minutes=seq, seconds=9),
            payload=payload,
        )
        for seq, (kind, payload) in enumerate(told, start=1)
    )
    return WholeLog(visit, events)


def rows_of(site_code: str):
    return VisitEvent.objects.filter(site_code=site_code).order_by("site_seq")


def test_plain_visits_hang_in_unbroken_chains_and_are_signed(group):
    assert group.told == [30]
    assert Visit.objects.count() == 30
    for code in group.sites:
        assert [str(each) for each in breaks(row.stored() for row in rows_of(code))] == []
    for visit in Visit.objects.all():
        state = queries.state_of(visit.pk)
        assert state.status is Status.SIGNED
        assert state.given_mg(NOW) == pytest.approx(state.drawn.dose_mg)
        signed = rows_of(visit.site.code).get(visit=visit, kind=Kind.SIGNED)
        before = rows_of(visit.site.code).get(visit=visit, seq=signed.seq - 1)
        assert signed.event().payload.head_hash == before.hash


def test_plain_visits_are_of_synthetic_patients_over_ten_years(group):
    assert all(patient.is_synthetic for patient in Patient.objects.all())
    first, last = Visit.objects.earliest("created_at"), Visit.objects.latest("created_at")
    assert last.created_at - first.created_at > timedelta(days=3300)
    assert last.created_at < NOW


def test_great_numbers_leave_one_audit_row_for_each_call(group):
    imported = [line for line in last_events(20) if line.verb == "visit.imported"]
    assert sorted(line.site_code for line in imported) == ["harbor", "mill", "north"]
    assert sum(line.detail["visits"] for line in imported) == 30
    assert find_break() is None


def test_one_visit_is_appended_after_what_the_site_already_has(brought):
    before = SiteChain.objects.get(site_code="harbor").length
    import_visit(brought, by="importer", at=NOW)
    assert SiteChain.objects.get(site_code="harbor").length == before + 3
    assert [str(each) for each in breaks(row.stored() for row in rows_of("harbor"))] == []
    assert queries.state_of(brought.visit.pk).status is Status.CHECKED_IN


def test_one_visit_leaves_an_audit_row_about_its_patient(brought):
    import_visit(brought, by="importer", at=NOW)
    newest = events_about_patient(brought.visit.patient.number)[0]
    assert (newest.verb, newest.actor, newest.object_id, newest.detail) == (
        "visit.imported", "importer", str(brought.visit.pk), {"events": 3},
    )  # fmt: skip


def test_typed_readings_become_samples_as_they_do_live(brought):
    import_visit(brought, by="importer", at=NOW)
    samples = Sample.objects.filter(visit=brought.visit.pk).values_list(
        "quantity", "value", "source"
    )
    assert sorted(samples) == [("diastolic", 74.0, "nurse"), ("systolic", 121.0, "nurse")]


def test_a_live_entry_follows_an_imported_log(brought, settings):
    import_visit(brought, by="importer", at=NOW)
    nurse = (
        Visit.objects.get(pk=brought.visit.pk).site.memberships.filter(role="nurse").first().user
    )
    entry = NewEntry(
        id=uuid4(),
        kind=Kind.GATE_CONFIRMED,
        payload={"item": "identity", "answer": "yes"},
        happened_at=NOW,
    )
    recorded = actions.record(visit=brought.visit, entry=entry, by=nurse, at=NOW)
    assert recorded.row.seq == 4
    assert [str(each) for each in breaks(row.stored() for row in rows_of("harbor"))] == []


def test_the_new_head_is_anchored_outside_the_database(brought, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        import_visit(brought, by="importer", at=NOW)
    head = SiteChain.objects.get(site_code="harbor")
    lines = (settings.DATA_DIR / "anchors" / "harbor.txt").read_text().splitlines()
    assert lines[-1] == f"{head.length} {head.head}"


@pytest.mark.parametrize("fault", ["gap", "empty", "other visit", "other site"])
def test_a_log_that_does_not_fit_is_refused_and_leaves_no_trace(group, brought, fault):
    events, site = brought.events, brought.visit.site
    if fault == "gap":
        events = (events[0], events[2])
    elif fault == "empty":
        events = ()
    elif fault == "other visit":
        events = (*events[:2], replace(events[2], visit=uuid4()))
    else:
        site = group.sites["mill"].site
    rows, head = VisitEvent.objects.count(), SiteChain.objects.get(site_code="harbor").head
    with pytest.raises(ValueError, match=str(brought.visit.pk)):
        import_visits(site, [WholeLog(brought.visit, events)], by="importer", at=NOW)
    assert VisitEvent.objects.count() == rows
    assert SiteChain.objects.get(site_code="harbor").head == head
    assert not Visit.objects.filter(pk=brought.visit.pk).exists()
