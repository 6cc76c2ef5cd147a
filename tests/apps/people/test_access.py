"""Who may do what, where; and what the log says of it."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.people import queries
from ebbtide.clinic.people.access import staff_page
from ebbtide.clinic.people.models import Patient, Role
from ebbtide.clinic.people.rules import PERMISSIONS

ROLES = {"front_desk", "nurse", "prescriber", "director"}


@pytest.fixture
def user_of(request):
    return request.getfixturevalue


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
@pytest.mark.parametrize("who", sorted(ROLES))
def test_a_role_holds_its_permissions_at_its_site_and_no_other(
    who, permission, user_of, site_a, site_b, patient
):
    user = user_of(who)
    allowed = Role(who) in PERMISSIONS[permission]
    assert user.has_perm(permission, site_a) is allowed
    assert user.has_perm(permission, patient) is allowed
    assert user.has_perm(permission, site_b) is False
    assert user.has_perm(permission) is False


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("people.view_patients", ROLES),
        ("infusions.view_visit", {"nurse", "prescriber", "director"}),
        ("infusions.run_visit", {"nurse"}),
        ("infusions.stop", {"nurse", "prescriber", "director"}),
        ("infusions.sign", {"nurse", "prescriber"}),
        ("plans.change_order", {"prescriber"}),
        ("audit.read_events", {"director"}),
        ("people.manage_staff", {"director"}),
    ],
)
def test_the_table_of_roles(permission, roles):
    assert set(PERMISSIONS[permission]) == roles


def test_a_user_who_left_may_nothing(nurse, site_a):
    nurse.is_active = False
    assert not nurse.has_perm("infusions.stop", site_a)


def test_one_user_may_hold_roles_at_two_sites(make_user, site_a, site_b):
    user = make_user("remy", ("nurse", site_a), ("director", site_b))
    assert user.has_perm("infusions.run_visit", site_a)
    assert not user.has_perm("infusions.run_visit", site_b)
    assert queries.sites_with(user, permission="audit.read_events") == [site_b]
    assert queries.has_role(user, Role.DIRECTOR)
    assert not queries.has_role(user, Role.DIRECTOR, site=site_a)


def test_nobody_lists_patients_of_a_site_they_do_not_serve(nurse, outsider, patient):
    assert list(queries.patients_of(nurse)) == [patient]
    assert list(queries.patients_of(outsider)) == []


def test_staff_of_a_site_by_role(nurse, second_nurse, prescriber, outsider, site_a):
    assert list(queries.staff_at(site_a, Role.NURSE)) == [second_nurse, nurse]
    assert outsider not in queries.staff_at(site_a)
    assert prescriber in queries.staff_at(site_a)


def load_patient(patient_id):
    try:
        return Patient.objects.select_related("site").get(pk=patient_id)
    except Patient.DoesNotExist:
        raise Http404 from None


@staff_page("infusions.view_visit", load=load_patient)
def page_of_patient(request, patient):
    return HttpResponse(f"{patient.number} {[site.code for site in request.sites]}")


@staff_page("infusions.view_board")
def list_page(request):
    return HttpResponse(" ".join(site.code for site in request.sites))


@staff_page("infusions.view_visit", load=load_patient)
async def stream_of_patient(request, patient):
    return HttpResponse(patient.number)


def ask(user, *, method="get"):
    request = getattr(RequestFactory(), method)("/somewhere/")
    request.user = user
    request.resolver_match = None
    return request


def test_a_page_gets_its_thing_and_its_site(nurse, patient):
    answer = page_of_patient(ask(nurse), patient_id=patient.pk)
    assert answer.content == b"EB-0007 ['harbor']"


def test_a_list_gets_the_sites_where_the_user_may_see_it(make_user, site_a, site_b):
    user = make_user("remy", ("nurse", site_a), ("front_desk", site_b))
    assert list_page(ask(user)).content == b"harbor"


def test_a_list_of_one_site_is_logged_there(nurse, site_a):
    list_page(ask(nurse))
    assert audit.last_events(1)[0].site_code == "harbor"


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_read_is_logged_with_its_patient(nurse, patient, method):
    page_of_patient(ask(nurse, method=method), patient_id=patient.pk)
    (line,) = audit.events_about_patient("EB-0007")
    assert (line.actor, line.verb, line.outcome) == ("nora", "infusions.view_visit", "done")
    assert line.site_code == "harbor"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["outsider", "front_desk"])
def test_a_denied_try_is_logged_and_shows_nothing(user_of, who, patient, method):
    with pytest.raises(PermissionDenied):
        page_of_patient(ask(user_of(who), method=method), patient_id=patient.pk)
    (line,) = audit.events_about_patient("EB-0007")
    assert line.outcome == "denied"


def test_a_post_is_logged_by_its_action_and_not_twice(nurse, patient):
    page_of_patient(ask(nurse, method="post"), patient_id=patient.pk)
    assert audit.events_about_patient("EB-0007") == []


def test_what_is_not_there_is_not_found(nurse, db):
    with pytest.raises(Http404):
        page_of_patient(ask(nurse), patient_id=0)


@pytest.fixture
def _closes_the_streams_connection():
    yield
    asyncio.run(sync_to_async(connections.close_all)())


@pytest.mark.usefixtures("_closes_the_streams_connection")
@pytest.mark.django_db(transaction=True)
def test_a_stream_has_the_same_door(nurse, outsider, patient):
    answer = asyncio.run(stream_of_patient(ask(nurse), patient_id=patient.pk))
    assert answer.content == b"EB-0007"
    with pytest.raises(PermissionDenied):
        asyncio.run(stream_of_patient(ask(outsider), patient_id=patient.pk))
    outcomes = [line.outcome for line in audit.events_about_patient("EB-0007")]
    assert outcomes == ["done", "denied"]


def test_a_denial_outlives_the_refused_request(client_of, front_desk):
    with transaction.atomic():
        response = client_of(front_desk).get("/audit/")
    assert response.status_code == 403
    assert audit.last_events(1)[0].outcome == "denied"
