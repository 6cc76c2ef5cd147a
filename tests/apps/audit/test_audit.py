"""The audit log keeps what was done, in order, and cannot be changed."""

import pytest
from django.db import DatabaseError, connection, transaction

from ebbtide.clinic.audit import actions, chain, queries
from ebbtide.clinic.audit.actions import Outcome
from ebbtide.clinic.audit.models import AuditEvent, AuditHead


def write(count, *, now, **more):
    with transaction.atomic():
        for _ in range(count):
            actions.record("people.view_patients", by="nora", at=now, **more)


def test_an_event_says_who_did_what_to_whose_data(nurse, patient, site_a, now):
    actions.record(
        "infusions.view_visit",
        by=nurse,
        at=now,
        site_code=site_a.code,
        patient=patient,
        about=patient,
        outcome=Outcome.DENIED,
        detail={"page": "x"},
    )
    (line,) = queries.events_about_patient("EB-0007")
    assert (line.actor, line.verb, line.outcome) == ("nora", "infusions.view_visit", "denied")
    assert (line.object_type, line.object_id) == ("people.patient", str(patient.pk))
    assert line.at == now


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded(now):
    with pytest.raises(RuntimeError, match="transaction"):
        actions.record("people.log_in", by="nora", at=now)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_undone_leaves_no_event(now):
    def act():
        with transaction.atomic():
            actions.record("people.log_in", by="nora", at=now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert AuditEvent.objects.count() == 0
    assert AuditHead.objects.get().length == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: AuditEvent.objects.filter(seq=2).update(actor="otis"),
        lambda: AuditEvent.objects.filter(seq=2).delete(),
        lambda: AuditHead.objects.all().delete(),
        lambda: AuditHead.objects.update(length=1),
    ],
    ids=["update", "delete", "delete the head", "shorten the head"],
)
def test_the_database_refuses_to_touch_the_log(db, now, change):
    write(3, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert queries.find_break() is None


def test_a_chain_that_was_written_holds(db, now):
    write(3, now=now, detail={"n": 1.5, "text": "é"})
    assert queries.find_break() is None
    assert AuditHead.objects.get().length == 3


def rows_of(count, now):
    write(count, now=now)
    return list(queries._rows()), AuditHead.objects.get()


@pytest.mark.parametrize(
    ("tamper", "finding"),
    [
        (lambda rows: rows[1].update(actor="otis"), "audit event 2 was changed"),
        (lambda rows: rows[1].update(at="2026-03-02T17:00:01.000000+00:00"), "2 was changed"),
        (lambda rows: rows.pop(1), "audit event 2 is missing"),
        (lambda rows: rows.pop(), "audit event 3 is missing"),
        (lambda rows: rows.insert(0, rows.pop(1)), "audit event 1 is missing"),
        (lambda rows: rows[2].update(previous="f" * 64), "audit event 3 does not follow"),
    ],
)
def test_tampering_is_named(db, now, tamper, finding):
    rows, head = rows_of(3, now)
    tamper(rows)
    found = chain.find_break(rows, head_length=head.length, head_hash=head.hash)
    assert finding in found


def test_a_rewritten_chain_is_told_from_the_head(db, now):
    rows, head = rows_of(2, now)
    rows[1]["actor"] = "otis"
    rows[1]["hash"] = chain.link(rows[1]["previous"], rows[1])
    found = chain.find_break(rows, head_length=head.length, head_hash=head.hash)
    assert found == "the audit head does not name event 2"


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "perhaps"}, "audit_event_outcome_known"),
        ({"actor": ""}, "audit_event_says_who_and_what"),
        ({"verb": ""}, "audit_event_says_who_and_what"),
    ],
)
def test_a_row_that_says_nothing_is_refused(db, now, fields, constraint):
    row = {"seq": 1, "at": now, "actor": "a", "verb": "b", "outcome": "done", "hash": "0"}
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        AuditEvent.objects.create(**{**row, **fields})


def test_there_is_one_head(db):
    with pytest.raises(DatabaseError, match="audit_head_is_one"), transaction.atomic():
        AuditHead.objects.create(pk=2, hash="0")


class TestReaderPage:
    def test_shows_events_of_the_directors_sites_only(
        self, client_of, director, site_a, site_b, now
    ):
        write(1, now=now, site_code=site_a.code, detail={"page": "here"})
        write(1, now=now, site_code=site_b.code, detail={"page": "elsewhere"})
        page = client_of(director).get("/audit/").content.decode()
        assert "here" in page
        assert "elsewhere" not in page

    def test_narrows_by_who_patient_and_local_day(self, client_of, director, site_a, patient, now):
        write(1, now=now, site_code=site_a.code, patient=patient, detail={"page": "wanted"})
        client = client_of(director)

        def shows(**asked):
            return "wanted" in client.get("/audit/", asked).content.decode()

        assert shows(actor="nora")
        assert not shows(actor="otis")
        assert shows(patient_number="EB-0007")
        assert not shows(patient_number="EB-0008")
        assert shows(day="2026-03-02")
        assert not shows(day="2026-03-03")

    def test_a_day_is_the_sites_day(self, client_of, director, site_a):
        from datetime import UTC, datetime

        late = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # 20:00 the evening before, at the site
        write(1, now=late, site_code=site_a.code, detail={"page": "wanted"})
        page = client_of(director).get("/audit/", {"day": "2026-03-02"})
        assert b"wanted" in page.content

    def test_a_day_that_is_none_is_named_at_its_field(self, client_of, director):
        page = client_of(director).get("/audit/", {"day": "yesterday"})
        assert page.status_code == 422
        assert b"Enter a valid date" in page.content

    def test_fifty_events_make_a_page(self, client_of, director, site_a, now):
        write(60, now=now, site_code=site_a.code)
        page = client_of(director).get("/audit/", {"actor": "nora", "page": "2"})
        assert b"Page 2 of 2" in page.content

    def test_reading_it_is_in_it(self, client_of, director):
        client_of(director).get("/audit/")
        line = queries.last_events(1)[0]
        assert (line.actor, line.verb) == ("dario", "audit.read_events")


def test_the_log_survives_writers_in_many_threads(transactional_db, now):
    from concurrent.futures import ThreadPoolExecutor

    def work(number):
        try:
            write(5, now=now)
        finally:
            connection.close()
        return number

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(work, range(8)))) == 8
    assert queries.find_break() is None
    assert AuditHead.objects.get().length == 40
