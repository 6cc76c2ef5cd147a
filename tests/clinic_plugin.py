"""The clinic's settings for tests, its database, and the cast that every test knows."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

FOLDER = Path(tempfile.mkdtemp(prefix="ebbtide-test-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
# Read when the settings are first asked for, which is later than this.
os.environ["EBBTIDE_DEMO"] = "1"
os.environ["EBBTIDE_DATA_DIR"] = str(FOLDER / "data")
os.environ["EBBTIDE_KEY_FILE"] = str(FOLDER / "data.key")
os.environ["DJANGO_SETTINGS_MODULE"] = "ebbtide.clinic.config.settings"

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # a Monday, 09:00 at both sites
NEW_AUDIT_HEAD = f"INSERT INTO audit_audithead (id, length, hash) VALUES (1, 0, '{'0' * 64}')"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--postgres` runs the clinic's tests on PostgreSQL instead of the embedded database."""
    parser.addoption("--postgres", action="store_true", help="run the clinic on PostgreSQL")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the database before Django is set up; keep hashing cheap and static files plain."""
    if settings.configured:
        pytest.exit("unset DJANGO_SETTINGS_MODULE: the tests bring their own settings", 4)
    if config.getoption("--postgres"):
        os.environ["EBBTIDE_DATABASE_URL"] = start_postgres()
    else:
        test = settings.DATABASES["default"].setdefault("TEST", {})
        test["NAME"] = str(FOLDER / "test.db")
    _let_tests_empty_protected_tables()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


def pytest_report_header() -> str:
    """Say which database the clinic runs on."""
    return f"clinic database: {settings.DATABASES['default']['ENGINE']}"


def start_postgres() -> str:
    """Start it for this run; where there is none, nothing is run, and in CI that is a failure."""
    import postgres

    try:
        server = postgres.Server()
    except postgres.MissingError as missing:
        pytest.exit(str(missing), returncode=1 if os.environ.get("CI") == "true" else 0)
    atexit.register(server.stop)
    return server.url


def _let_tests_empty_protected_tables() -> None:
    """A transactional test ends by emptying every table; the triggers would refuse."""
    from django.db import models  # noqa: F401, the next import needs it loaded
    from django.db.backends.base.operations import BaseDatabaseOperations

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_past_triggers(self, sql_list) -> None:
        flush(self, [*_without_triggers(self.connection, sql_list), NEW_AUDIT_HEAD])

    BaseDatabaseOperations.execute_sql_flush = flush_past_triggers


def _without_triggers(connection, sql_list: list[str]) -> list[str]:
    if connection.vendor == "postgresql":
        role = "SET LOCAL session_replication_role = {}"
        return [role.format("replica"), *sql_list, role.format("origin")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
    return [*drops, *sql_list, *(sql for _, sql in triggers)]


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def site_a(db):
    from ebbtide.clinic.sites.models import Site

    return Site.objects.create(code="harbor", name="Harbor", timezone="America/Los_Angeles")


@pytest.fixture
def site_b(db):
    from ebbtide.clinic.sites.models import Site

    return Site.objects.create(code="ridge", name="Ridge", timezone="America/Los_Angeles")


@pytest.fixture
def make_user(db) -> Callable:
    """Makes a user from a name and roles: `make_user("nora", (Role.NURSE, site_a))`."""
    from ebbtide.clinic.people.models import Membership, User

    def make(username: str, *roles):
        user = User.objects.create(username=username, full_name=f"{username.title()} (synthetic)")
        for role, site in roles:
            Membership.objects.create(user=user, site=site, role=role)
        return user

    return make


@pytest.fixture
def front_desk(make_user, site_a):
    return make_user("fern", ("front_desk", site_a))


@pytest.fixture
def nurse(make_user, site_a):
    return make_user("nora", ("nurse", site_a))


@pytest.fixture
def second_nurse(make_user, site_a):
    return make_user("nils", ("nurse", site_a))


@pytest.fixture
def prescriber(make_user, site_a):
    return make_user("petra", ("prescriber", site_a))


@pytest.fixture
def director(make_user, site_a):
    return make_user("dario", ("director", site_a))


@pytest.fixture
def outsider(make_user, site_b):
    """A nurse, but of the other site."""
    return make_user("otis", ("nurse", site_b))


@pytest.fixture
def patient(site_a):
    from ebbtide.clinic.people.models import Patient

    return Patient.objects.create(
        site=site_a,
        number="EB-0007",
        given_name="Wren",
        family_name="Testwell",
        born_on=date(1980, 5, 17),
        sex="female",
        height_cm=170,
        phone="555-0107",
        is_synthetic=True,
        created_at=NOW,
    )


@pytest.fixture
def client_of() -> Callable[..., Client]:
    """A browser in which a user is logged in; nobody is, without one."""

    def make(user=None) -> Client:
        client = Client(raise_request_exception=True)
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    return make
