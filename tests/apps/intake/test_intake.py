"""What a patient brings: limb loss, allergies, and where line and cuff may go."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from ebbtide.clinic.intake.models import Allergy, Amputation, VascularAccess
from ebbtide.clinic.intake.queries import allergies_in_words, limbs_lost


@pytest.fixture
def lose(patient):
    def make(limb="leg", side="left", level="transtibial"):
        return Amputation.objects.create(
            patient=patient, limb=limb, side=side, level=level, cause="trauma",
            happened_on=date(2020, 1, 1),
        )  # fmt: skip

    return make


@pytest.mark.parametrize(
    ("level", "is_lost"),
    [
        *[(level, False) for level in ("finger", "toe", "transmetatarsal")],
        *[(level, True) for level in ("partial_hand", "wrist_disarticulation", "transtibial")],
        *[(level, True) for level in ("ankle_disarticulation", "hip_disarticulation")],
    ],
)
def test_a_limb_counts_as_lost_from_hand_or_foot_up(patient, lose, level, is_lost):
    lose(level=level)
    assert bool(limbs_lost(patient)) is is_lost


def test_a_limb_shortened_twice_is_one_limb_lost(patient, lose):
    lose(level="transtibial")
    lose(level="transfemoral")
    lose(side="right")
    assert limbs_lost(patient) == {("leg", "left"), ("leg", "right")}
    assert str(Amputation.objects.first()) == "left leg, transtibial"


def test_allergies_not_asked_none_known_and_named_are_three_things(patient):
    assert allergies_in_words(patient) == "not asked yet"
    Allergy.objects.create(patient=patient, none_known=True)
    assert allergies_in_words(patient) == "none known"
    Allergy.objects.create(patient=patient, substance="latex")
    Allergy.objects.create(patient=patient, substance="codeine", reaction="rash")
    assert allergies_in_words(patient) == "codeine (rash), latex"
    assert [str(allergy) for allergy in Allergy.objects.all()] == ["none known", "codeine", "latex"]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"limb": "fin"}, "intake_amputation_limb_known"),
        ({"side": "both"}, "intake_amputation_side_known"),
        ({"level": "somewhere"}, "intake_amputation_level_known"),
    ],
)
def test_a_limb_loss_that_cannot_be_is_refused(lose, change, constraint):
    loss = lose()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Amputation.objects.filter(pk=loss.pk).update(**change)


@pytest.mark.parametrize("fields", [{}, {"substance": "latex", "none_known": True}])
def test_an_allergy_names_a_substance_or_says_none_is_known(patient, fields):
    with (
        pytest.raises(IntegrityError, match="intake_allergy_named_or_none_known"),
        transaction.atomic(),
    ):
        Allergy.objects.create(patient=patient, **fields)


@pytest.mark.parametrize("fields", [{"line_limb": "x", "cuff_limb": ""}, {"line_limb": ""}])
def test_line_and_cuff_limb_are_named(patient, fields):
    with (
        pytest.raises(IntegrityError, match="intake_access_limbs_named"),
        transaction.atomic(),
    ):
        VascularAccess.objects.create(patient=patient, **{"cuff_limb": "y"} | fields)
    access = VascularAccess.objects.create(patient=patient, line_limb="x", cuff_limb="y")
    assert str(access) == "line x, cuff y"
