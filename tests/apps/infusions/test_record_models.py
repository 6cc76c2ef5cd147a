"""The database itself refuses what the record must never hold."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ebbtide.clinic.infusions.models import SiteChain, Visit, VisitEvent

RECORD = "infusions_visitevent"


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {RECORD} SET body = body",
        f"UPDATE {RECORD} SET hash = 'x' WHERE seq = 1",
        f"DELETE FROM {RECORD}",
        f"DELETE FROM {RECORD} WHERE seq = 2",
    ],
)
def test_an_event_is_never_changed_or_deleted(bedside, statement):
    bedside.weigh_and_draw()
    before = list(VisitEvent.objects.values_list())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(VisitEvent.objects.values_list()) == before


def test_django_cannot_delete_an_event_either(bedside):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        VisitEvent.objects.all().delete()


@pytest.mark.parametrize("thing", ["visit", "patient", "booking", "order", "chair", "site"])
def test_what_a_visit_hangs_on_cannot_be_deleted(visit, thing):
    doomed = visit if thing == "visit" else getattr(visit, thing)
    with pytest.raises(DatabaseError), transaction.atomic():
        doomed.delete()
    assert Visit.objects.filter(pk=visit.pk).exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"seq": 1}, "infusions_event_seq_once|visit_id.*seq"),
        ({"site_seq": 1}, "infusions_event_site_seq_once|site_code.*site_seq"),
        ({"kind": "cancelled"}, "infusions_event_kind_known"),
        ({"seq": 0}, "infusions_event_seq_from_one|seq"),
    ],
)
def test_a_row_that_breaks_the_order_is_refused(bedside, change, constraint):
    import uuid

    row = VisitEvent.objects.get()
    fields = {
        "id": uuid.uuid4(),
        "visit": row.visit,
        "seq": 2,
        "kind": "held",
        "recorded_at": row.recorded_at,
        "body": "{}",
        "hash": "x",
        "site_code": row.site_code,
        "site_seq": 2,
        "site_hash": "x",
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        VisitEvent.objects.create(**fields | change)
    assert VisitEvent.objects.create(**fields).pk


def test_one_booking_has_one_visit(visit):
    with pytest.raises(IntegrityError, match="booking"), transaction.atomic():
        Visit.objects.create(
            site=visit.site, patient=visit.patient, booking=visit.booking, order=visit.order,
            chair=visit.chair, created_at=visit.created_at,
        )  # fmt: skip


def test_the_head_of_a_sites_chain_follows_every_event(bedside):
    bedside.weigh_and_draw()
    chain = SiteChain.objects.get()
    last = VisitEvent.objects.order_by("-site_seq").first()
    assert (chain.length, chain.head) == (last.site_seq, last.site_hash) == (3, last.site_hash)
    assert str(chain) == "harbor: 3"


def test_a_row_says_what_it_is_without_saying_what_it_holds(bedside):
    bedside.weigh_and_draw()
    assert str(VisitEvent.objects.get(kind="weight_taken")) == "2 weight_taken"
    assert str(bedside.visit) == str(bedside.visit.pk)
