"""The embedded database: encrypted, durable, one writer at a time."""

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, transaction

from ebbtide.clinic.audit.models import AuditHead
from ebbtide.clinic.sites.models import Site

base = pytest.importorskip("ebbtide.clinic.config.sqlcipher.base")


@pytest.fixture(autouse=True)
def _only_embedded(request):
    if request.config.getoption("--postgres"):
        pytest.skip("about the embedded database")


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("temp_store", 2)],
)
def test_every_connection_is_safe(db, name, value):
    assert pragma(name) == value


def test_it_is_encrypted(db):
    assert pragma("cipher_version")


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 2)])
def test_a_library_that_can_lose_commits_is_refused(version):
    with pytest.raises(ImproperlyConfigured, match="can lose committed data"):
        base.check_library(version)


def test_the_first_library_that_cannot_is_taken():
    base.check_library((3, 51, 3))


@pytest.mark.parametrize("key", ["", "secret", "A" * 64, "a" * 64 + "'"])
def test_without_a_proper_key_there_is_no_connection(key):
    settings = {**connection.settings_dict, "OPTIONS": {"key": key}}
    with pytest.raises(ImproperlyConfigured, match="no key"):
        base.DatabaseWrapper(settings).connect()


def is_locked():
    return base._write_locks[str(connection.settings_dict["NAME"])].locked()


def in_thread(act):
    """Run in another thread, with a connection of its own, and pass on what it gave."""
    result = []

    def run():
        try:
            result.append(act())
        except Exception as error:  # noqa: BLE001, passed on
            result.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert result, "the thread did not come back"
    return result[0]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_holds_the_lock_and_gives_it_back(site_a):
    assert not is_locked()
    with transaction.atomic():
        assert is_locked()
        with transaction.atomic():
            Site.objects.update(name="Inner")
    assert not is_locked()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_gives_it_back():
    def fail():
        with transaction.atomic():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not is_locked()


@pytest.mark.django_db(transaction=True)
def test_a_closed_connection_gives_it_back():
    def leave():
        connection.set_autocommit(False)
        connection._start_transaction_under_autocommit()

    in_thread(leave)
    assert not is_locked()


@pytest.mark.django_db(transaction=True)
def test_readers_never_wait_for_a_writer(site_a):
    with transaction.atomic():
        Site.objects.update(name="Changed")
        assert in_thread(lambda: Site.objects.get().name) == "Harbor"
    assert in_thread(lambda: Site.objects.get().name) == "Changed"


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_waits_too_long_is_told_so(site_a, monkeypatch):
    monkeypatch.setattr(base, "BUSY_TIMEOUT_S", 0.05)

    def write():
        with transaction.atomic():
            pass

    with transaction.atomic():
        for act in (write, lambda: Site.objects.update(name="Other")):
            error = in_thread(act)
            assert isinstance(error, OperationalError)
            assert "was busy" in str(error)
    assert Site.objects.get().name == "Harbor"


@pytest.mark.django_db(transaction=True)
def test_many_writers_lose_nothing():
    def add_ten():
        for _ in range(10):
            with transaction.atomic():
                head = AuditHead.objects.get(pk=1)
                AuditHead.objects.filter(pk=1).update(length=head.length + 1)

    threads = [threading.Thread(target=in_thread, args=(add_ten,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert AuditHead.objects.get(pk=1).length == 40


def test_decimals_and_moments_come_back_as_they_went(site_a, patient, now):
    from decimal import Decimal

    patient.height_cm = Decimal("170.1")
    patient.save()
    patient.refresh_from_db()
    assert patient.height_cm == Decimal("170.1")
    assert patient.created_at == now


def test_many_rows_are_written_at_once(site_a):
    from ebbtide.clinic.sites.models import Room

    Room.objects.bulk_create(Room(site=site_a, name=f"Room {n}") for n in range(1500))
    assert Room.objects.count() == 1500
