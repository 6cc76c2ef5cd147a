"""What the database holds about people, tested by breaking it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from ebbtide.clinic.people.models import Membership, Patient, Practitioner, User


def refuses(constraint, act):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        act()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"number": "0007"}, "people_patient_number_form"),
        ({"given_name": ""}, "people_patient_named"),
        ({"family_name": ""}, "people_patient_named"),
        ({"sex": "f"}, "people_patient_sex_known"),
        ({"born_on": date(1899, 12, 31)}, "people_patient_born_after_1900"),
        ({"height_cm": "49.9"}, "people_patient_height_of_a_person"),
        ({"height_cm": "250.1"}, "people_patient_height_of_a_person"),
    ],
)
def test_a_patient_that_cannot_be_is_refused(patient, fields, constraint):
    refuses(constraint, lambda: Patient.objects.filter(pk=patient.pk).update(**fields))


@pytest.mark.parametrize(
    "fields",
    [{"born_on": date(1900, 1, 1)}, {"height_cm": 50}, {"height_cm": 250}, {"height_cm": None}],
)
def test_a_patient_at_the_limit_is_kept(patient, fields):
    assert Patient.objects.filter(pk=patient.pk).update(**fields) == 1


def test_a_patient_number_is_given_once(patient, site_b, now):
    twin = {"number": patient.number, "given_name": "Ada", "family_name": "Samples"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.create(
            **twin, site=site_b, born_on=date(1990, 1, 1), sex="male", created_at=now
        )


def test_a_role_is_held_once_and_is_one_of_the_four(nurse, site_a):
    def hold(role):
        return lambda: Membership.objects.create(user=nurse, site=site_a, role=role)

    with pytest.raises(IntegrityError), transaction.atomic():
        hold("nurse")()
    refuses("people_membership_role_known", hold("owner"))


def test_nobody_is_above_the_roles(nurse):
    act = User.objects.filter(pk=nurse.pk).update
    refuses("people_user_nobody_is_superuser", lambda: act(is_superuser=True))


def test_a_practitioner_has_a_licence(nurse):
    refuses(
        "people_practitioner_licence_given",
        lambda: Practitioner.objects.create(
            user=nurse, name="N", credentials="RN", licence_expires_on=date(2030, 1, 1)
        ),
    )


def test_who_has_a_past_cannot_be_deleted(nurse, site_a):
    for thing in (nurse, site_a):
        with pytest.raises(ProtectedError):
            thing.delete()


@pytest.mark.parametrize(
    ("on", "years"), [(date(2026, 5, 16), 45), (date(2026, 5, 17), 46), (date(1980, 5, 17), 0)]
)
def test_age_in_full_years(patient, on, years):
    assert patient.age_years(on=on) == years


def test_made_up_people_are_marked(patient):
    assert patient.full_name == "Wren Testwell (synthetic)"
    patient.is_synthetic = False
    assert patient.full_name == "Wren Testwell"
