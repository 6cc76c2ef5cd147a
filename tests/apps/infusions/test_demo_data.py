"""The synthetic clinic group: made from a seed, marked as made up, true to the rules."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from ebbtide.cli import demo_data, main
from ebbtide.cli.demo_data import cast, places
from ebbtide.cli.demo_data.patients import MARKS, PATIENTS, STAGES
from ebbtide.cli.demo_data.today import fill_today, within_today
from ebbtide.clinic.infusions import actions, queries
from ebbtide.clinic.infusions.feeds import source_of
from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent
from ebbtide.clinic.intake.models import Allergy, Amputation, VascularAccess
from ebbtide.clinic.monitoring.models import Sample
from ebbtide.clinic.people.models import Membership, Patient, Practitioner, Role, User
from ebbtide.clinic.plans.models import Indication, Order, Plan, ProtocolVersion
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.scheduling.queries import bookings_on
from ebbtide.clinic.sites.models import Device, Site
from ebbtide.science.dosing.pump import pump_sheet
from ebbtide.science.findings import RefusedError, Severity
from ebbtide.science.visit.chain import breaks
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.state import Status

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)  # a Monday, half past one at the coast


@pytest.fixture(scope="module")
def unblocked(django_db_setup, django_db_blocker):
    """The database for the whole module; nothing stays in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def northgate(unblocked):
    """What one site's record is when it alone is filled: by the usual seed and by another."""

    def bodies(seed: int) -> list[str]:
        with pytest.MonkeyPatch.context() as patch, transaction.atomic():
            patch.setattr(places, "HOUSES", cast.HOUSES[-1:])
            demo_data.fill(lambda _: None, seed=seed, now=NOW)
            found = bodies_of("north")
            transaction.set_rollback(True)
        return found

    return SimpleNamespace(usual=bodies(demo_data.SEED), other=bodies(7))


@pytest.fixture(scope="module")
def group(northgate):
    """The whole group, filled once."""
    said: list[str] = []
    demo_data.fill(said.append, now=NOW)
    return SimpleNamespace(said=said)


def bodies_of(site_code: str) -> list[str]:
    rows = VisitEvent.objects.filter(site_code=site_code).order_by("site_seq")
    return list(rows.values_list("body", flat=True))


def states() -> list[tuple[Visit, object]]:
    visits = Visit.objects.select_related("patient", "chair__room", "site", "order")
    found = queries.states_of([visit.pk for visit in visits])
    return [(visit, found[visit.pk]) for visit in visits]


def visit_of(stage: str, site: str = "harbor") -> Visit:
    person = next(one for one in PATIENTS if (one.site, one.stage) == (site, stage))
    visits = Visit.objects.filter(patient__family_name=person.family)
    return visits.select_related("chair__room", "order").latest("created_at")


# Made from a seed


def test_the_same_seed_and_moment_give_the_same_record(group, northgate):
    assert bodies_of("north") == northgate.usual


def test_another_seed_gives_another_record(northgate):
    assert northgate.other != northgate.usual


def test_a_filled_clinic_is_never_filled_again(group):
    with pytest.raises(ValueError, match="already holds a clinic"):
        demo_data.fill(lambda _: None, now=NOW)


def test_filling_says_how_far_it_is(group):
    assert [line.split(":")[0] for line in group.said[1:]] == ["Harbor", "Mill Street", "Northgate"]


# Made up, and seen to be


def test_about_forty_patients_are_all_synthetic_and_named_so(group):
    patients = list(Patient.objects.all())
    assert 38 <= len(patients) <= 44
    assert all(patient.is_synthetic for patient in patients)
    assert all(patient.full_name.endswith(" (synthetic)") for patient in patients)
    assert all(patient.home_contact_name.endswith(" (synthetic)") for patient in patients)
    assert len({patient.family_name for patient in patients}) == len(patients)


def test_staff_are_named_as_synthetic(group):
    names = [*User.objects.values_list("full_name", flat=True)]
    names += Practitioner.objects.values_list("name", flat=True)
    assert all(name.endswith(" (synthetic)") for name in names)


def test_telephone_numbers_are_those_of_nobody(group):
    numbers = [*Site.objects.values_list("phone", flat=True)]
    numbers += Patient.objects.values_list("phone", flat=True)
    numbers += Patient.objects.values_list("home_contact_phone", flat=True)
    assert all(number.startswith("555-01") and len(number) == 8 for number in numbers)


# Sites and staff


def test_every_role_is_filled_at_every_site(group):
    held = {(one.site.code, one.role) for one in Membership.objects.select_related("site")}
    assert held == {(house.code, role) for house in cast.HOUSES for role in Role.values}


def test_every_site_has_two_nurses_because_a_dose_needs_two_people(group):
    nurses = Counter(Membership.objects.filter(role="nurse").values_list("site__code", flat=True))
    assert set(nurses.values()) == {2}


def test_the_printed_logins_open_the_first_site(group):
    assert [role for role, _, _ in demo_data.LOGINS] == [
        "Front desk", "Nurse", "Second nurse", "Prescriber", "Director",
    ]  # fmt: skip
    for _, username, password in demo_data.LOGINS:
        user = User.objects.get(username=username)
        assert user.check_password(password)
        validate_password(password, user)
        assert user.memberships.filter(site__code="harbor").exists()


def test_one_site_keeps_another_time(group):
    assert len(set(Site.objects.values_list("timezone", flat=True))) == 2


def test_every_room_has_a_chair_a_simulated_monitor_and_a_pump(group):
    for site in Site.objects.all():
        assert site.rooms.count() >= 2
        for room in site.rooms.all():
            assert room.chairs.count() == 1
            kinds = Device.objects.filter(room=room).values_list("kind", "source")
            assert sorted(kinds) == [("monitor", "simulator"), ("pump", "none")]


# Patients


def test_every_stage_and_mark_of_the_table_is_met():
    assert {person.stage for person in PATIENTS} == set(STAGES)
    assert {person.mark for person in PATIENTS} - {""} == set(MARKS)


def test_every_indication_and_many_losses_are_met(group):
    assert set(Plan.objects.values_list("protocol_version__indication", flat=True)) == set(
        Indication.values
    )
    losses = Amputation.objects.all()
    assert {"arm", "leg"} == {loss.limb for loss in losses}
    assert len({loss.level for loss in losses}) >= 10
    assert {loss.cause for loss in losses} == {
        "trauma", "dysvascular", "cancer", "infection", "congenital",
    }  # fmt: skip
    legs = Counter(loss.patient_id for loss in losses if loss.limb == "leg")
    assert max(legs.values()) == 2, "nobody lost both legs"


def test_everybody_is_of_the_age_in_the_table(group):
    ages = {person.family: person.age for person in PATIENTS}
    for patient in Patient.objects.all():
        assert patient.age_years(on=NOW.date()) == ages[patient.family_name]


def test_allergies_are_known_none_or_not_asked(group):
    asked = {allergy.patient_id for allergy in Allergy.objects.all()}
    assert Allergy.objects.filter(none_known=True).exists()
    assert Allergy.objects.filter(none_known=False).exists()
    assert 1 <= Patient.objects.exclude(pk__in=asked).count() <= 4


def test_no_line_and_no_cuff_is_on_a_residual_limb(group):
    lost = {}
    for loss in Amputation.objects.all():
        lost.setdefault(loss.patient_id, set()).add(f"{loss.side} {loss.limb}")
    for access in VascularAccess.objects.all():
        gone = lost.get(access.patient_id, set())
        assert not {access.line_limb, access.cuff_limb} & gone, access.patient
        assert access.line_limb != access.cuff_limb
    for visit, state in states():
        if state.line:
            assert state.line.limb not in lost.get(visit.patient_id, set())
            assert state.line.limb.endswith("arm")


def test_orders_stand_without_a_reason_at_the_patients_weight(group):
    weights = {person.family: person.weight_kg for person in PATIENTS}
    for order in Order.objects.select_related("plan__patient", "plan__protocol_version"):
        limits = order.plan.protocol_version.protocol.dose
        weight_kg = Patient._meta.get_field("height_cm").to_python(
            weights[order.plan.patient.family_name]
        )
        sheet = pump_sheet(order.terms, weight_kg=weight_kg, pump=places.PUMP, limits=limits)
        assert all(finding.severity is Severity.NOTICE for finding in sheet.findings), order


def test_one_order_has_run_out_and_two_were_replaced(group):
    assert Order.objects.filter(valid_until__lt=NOW.date()).count() == 1
    assert Order.objects.exclude(replaced_by=None).count() == 2


def test_protocols_differ_by_indication(group):
    newest = {row.indication: row.protocol for row in ProtocolVersion.objects.order_by("version")}
    assert len({protocol.to_json() for protocol in newest.values()}) == len(Indication.values)
    assert newest["plp"].dose.max_minutes == 60
    assert newest["plp"].source_of("dose.max_minutes").reference == "nikolajsen1996"


# The record


def test_the_chains_hold(group):
    for site in Site.objects.all():
        rows = VisitEvent.objects.filter(site_code=site.code).order_by("site_seq")
        assert [str(each) for each in breaks(row.stored() for row in rows)] == []
        head = SiteChain.objects.get(site_code=site.code)
        last = rows.last()
        assert (head.length, head.head) == (last.site_seq, last.site_hash)


def test_every_log_replays_to_a_sensible_state(group):
    found = Counter(state.status for _, state in states())
    assert found[Status.CHECKED_IN] == found[Status.RUNNING] == found[Status.RECOVERY] == 1
    assert found[Status.HANDED_OVER] == 1
    assert set(found) == {
        Status.CHECKED_IN, Status.RUNNING, Status.RECOVERY, Status.HANDED_OVER, Status.SIGNED,
    }  # fmt: skip
    for _, state in states():
        if state.status is Status.SIGNED and state.infusion:
            given_mg = state.given_mg(NOW)
            assert 0 < given_mg <= state.drawn.dose_mg
            assert state.handed_over.is_present
            assert state.terms.last_weight_kg is None or (
                abs(state.weight.weight_kg - state.terms.last_weight_kg) < 2
            )


def test_nothing_in_the_record_lies_in_the_future_or_before_it_happened(group):
    for _, state in states():
        for entry in state.entries:
            assert entry.happened_at <= entry.recorded_at <= NOW


def test_a_signature_names_the_record_as_it_stood(group):
    rows = VisitEvent.objects.filter(kind=Kind.SIGNED)
    assert rows.count() > 100
    for row in rows:
        before = VisitEvent.objects.get(visit=row.visit_id, seq=row.seq - 1)
        assert row.event().payload.head_hash == before.hash


def test_histories_hold_what_happens_in_a_clinic(group):
    kinds = Counter(VisitEvent.objects.values_list("kind", flat=True))
    for kind in ("held", "rate_changed", "adverse_event_noted", "rescue_given", "called_off"):
        assert kinds[kind] >= 1, kind
    assert kinds["amended"] == 1
    reactive = next(person for person in PATIENTS if person.mark == "reactive")
    last = Visit.objects.filter(patient__family_name=reactive.family).latest("created_at")
    state = queries.state_of(last.pk)
    assert state.given_mg(NOW) < state.drawn.dose_mg / 2
    assert "Hypertension" in [event.term for _, event in state.adverse_events]


def test_phantom_pain_falls_with_the_infusion_and_ebbs_over_the_series(group):
    before, after, first, last = [], [], [], []
    for _, state in states():
        pains = [
            reading.reading.phantom_pain_nrs
            for _, reading in state.readings
            if reading.reading.phantom_pain_nrs is not None
        ]
        if len(pains) > 3 and state.handed_over:
            before.append(pains[0])
            after.append(pains[-1])
            (first if state.terms.visit_number == 1 else last).append(pains[0])
    assert sum(after) < 0.7 * sum(before)
    assert sum(last) / len(last) < sum(first) / len(first)


def test_no_chair_holds_two_patients(group):
    by_chair: dict[int, list[tuple[datetime, datetime]]] = {}
    for visit, state in states():
        left_at = state.handed_over_at or state.ended_at or NOW
        if state.is_in_chair:
            left_at = NOW
        by_chair.setdefault(visit.chair_id, []).append((state.checked_in_at, left_at))
    for stays in by_chair.values():
        stays.sort()
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(stays))


def test_no_chair_is_booked_twice(group):
    held = Booking.objects.exclude(status__in=("cancelled", "noshow")).order_by("starts_at")
    by_chair: dict[int, list[Booking]] = {}
    for booking in held:
        by_chair.setdefault(booking.chair_id, []).append(booking)
    for bookings in by_chair.values():
        assert all(a.ends_at <= b.starts_at for a, b in itertools.pairwise(bookings))


# Today


def test_each_site_has_a_list_for_today_and_bookings_for_two_weeks(group):
    for site in Site.objects.all():
        today = NOW.astimezone(site.zone).date()
        assert len(bookings_on(site, today)) >= 3
        ahead = Booking.objects.filter(chair__room__site=site, starts_at__gt=NOW)
        assert max(one.starts_at for one in ahead) > NOW + timedelta(days=7)
    statuses = Counter(Booking.objects.values_list("status", flat=True))
    assert statuses["cancelled"] == statuses["noshow"] == 1


def test_a_visit_runs_with_a_hold_behind_it(group):
    state = queries.state_of(visit_of("running").pk)
    assert state.status is Status.RUNNING
    assert NOW - state.started_at == timedelta(minutes=22)
    assert [entry.kind for entry in state.entries if entry.kind in (Kind.HELD, Kind.RESUMED)] == [
        Kind.HELD, Kind.RESUMED,
    ]  # fmt: skip
    assert 0 < state.given_mg(NOW) < state.drawn.dose_mg


def test_the_patient_being_prepared_is_weighed_and_half_asked(group):
    state = queries.state_of(visit_of("preparing").pk)
    assert state.weight is not None
    assert 3 <= len(state.gate_answers) < 14
    assert state.drawn is None


@pytest.mark.parametrize("stage", ["waiting", "soon", "next"])
def test_three_patients_with_phantom_pain_can_be_checked_in_at_the_first_site(group, stage):
    person = next(one for one in PATIENTS if (one.site, one.stage) == ("harbor", stage))
    booking = Booking.objects.filter(patient__family_name=person.family).get(
        starts_at__range=(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    )
    assert booking.plan.protocol_version.indication == "plp"
    desk = User.objects.get(username="desk")
    visit = actions.check_in(booking=booking, visit_id=uuid4(), by=desk, at=NOW)
    assert queries.state_of(visit.pk).terms.visit_number == person.done + 1


def test_a_patient_whose_order_has_run_out_is_refused_at_the_desk(group):
    person = next(one for one in PATIENTS if one.stage == "expired")
    booking = Booking.objects.filter(patient__family_name=person.family, status="booked").earliest(
        "starts_at"
    )
    with pytest.raises(RefusedError, match="was valid until"):
        actions.check_in(
            booking=booking, visit_id=uuid4(), by=User.objects.get(username="desk"), at=NOW
        )


@pytest.mark.parametrize(
    ("stage", "site"), [("running", "harbor"), ("preparing", "harbor"), ("recovery", "mill")]
)
def test_a_restarted_feed_goes_on_from_what_is_stored(group, stage, site):
    visit = visit_of(stage, site)
    state = queries.state_of(visit.pk)
    source, began = source_of(visit, state), state.checked_in_at
    told, known_mg = {}, 0.0
    for second in range(int((NOW - began).total_seconds())):
        given_mg = float(state.given_mg(began + timedelta(seconds=second)))
        frame = source.next_frame(given_mg=given_mg - known_mg)
        known_mg = given_mg
        for sample in frame.samples:
            told[sample.quantity.value, second] = sample.value
    began_ms = int(began.timestamp() * 1000)
    stored = {
        (sample.quantity, (sample.at_ms - began_ms) // 1000): sample.value
        for sample in Sample.objects.filter(visit=visit.pk, source="monitor")
    }
    assert len(stored) > 500
    assert max(second for _, second in stored) > (NOW - began).total_seconds() - 4
    assert all(told[place] == value for place, value in stored.items())


def test_samples_are_stored_in_the_order_of_time(group):
    for visit in (visit_of("running"), visit_of("unsigned"), visit_of("signed", "mill")):
        rows = Sample.objects.filter(visit=visit.pk).order_by("id")
        times = list(rows.values_list("at_ms", flat=True))
        assert times == sorted(times)
        assert {row.source for row in rows} == {"monitor", "nurse"}


def test_a_demo_begun_late_in_the_evening_keeps_its_bookings_on_todays_list():
    place = SimpleNamespace(site=SimpleNamespace(zone=ZoneInfo("America/Denver")))
    chart = SimpleNamespace(place=place)
    late = datetime(2026, 3, 3, 6, 50, tzinfo=UTC)  # ten to midnight
    kept = within_today(late + timedelta(minutes=25), chart, late)
    assert kept.astimezone(place.site.zone).date() == late.astimezone(place.site.zone).date()


def test_a_stage_without_a_place_today_is_a_mistake_in_the_tables():
    chart = SimpleNamespace(person=SimpleNamespace(site="north", stage="running"))
    with pytest.raises(KeyError):
        fill_today(chart, number=1, last_weight_kg=None, now=NOW)


# The command


@pytest.mark.parametrize("visits", ["many", "-1", "1.5", "²"])
def test_a_number_of_visits_that_is_none_is_told_in_one_line(visits, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["demo-data", f"--visits={visits}"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
