"""Starting as a whole: in a process of its own, because settings are read once."""

import json
import os
import subprocess
import sys

import pytest

SHOW = """
import json
from django.conf import settings
names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG",
         "SECURE_HSTS_SECONDS", "SECRET_KEY", "MFA_KEY", "KEY", "DATA_DIR"]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str))
"""


def start(tmp_path, *command, **environment):
    """Run Python with only these settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EBBTIDE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *command],
        env={
            **kept,
            "EBBTIDE_DATA_DIR": str(tmp_path / "data"),
            "DJANGO_SETTINGS_MODULE": "ebbtide.clinic.config.settings",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_with(tmp_path, **environment):
    done = start(tmp_path, "-c", SHOW, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_outside_a_demo_everything_goes_over_https(tmp_path):
    found = settings_with(tmp_path)
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert not found["DEBUG"]


def test_secrets_come_from_the_key_and_stay_outside_the_data(tmp_path):
    found = settings_with(tmp_path)
    key = (tmp_path / "data.key").read_text().strip()
    assert found["KEY"] == key
    assert len({found["SECRET_KEY"], found["MFA_KEY"], key}) == 3
    assert settings_with(tmp_path)["SECRET_KEY"] == found["SECRET_KEY"]
    held = [p.read_bytes() for p in (tmp_path / "data").rglob("*") if p.is_file()]
    assert not any(key.encode() in content for content in held)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"EBBTIDE_CLOCK_SPEED": "2"}, "needs EBBTIDE_DEMO=1"),
        ({"EBBTIDE_DEBUG": "1"}, "needs EBBTIDE_DEMO=1"),
        ({"EBBTIDE_DEMO": "perhaps"}, "EBBTIDE_DEMO must be 1 or 0"),
        ({"EBBTIDE_DATABASE_URL": "mysql://x"}, "EBBTIDE_DATABASE_URL must look like"),
    ],
)
def test_a_wrong_setting_is_one_line_and_a_failure(tmp_path, environment, words):
    done = start(tmp_path, "-m", "ebbtide.cli", "migrate", **environment)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_traceback_only_when_asked_for(tmp_path):
    done = start(
        tmp_path, "-m", "ebbtide.cli", "migrate", EBBTIDE_DEMO="perhaps", EBBTIDE_TRACEBACK="1"
    )
    assert "Traceback" in done.stderr


def test_an_unknown_verb_is_one_line_and_exit_2(tmp_path):
    done = start(tmp_path, "-m", "ebbtide.cli", "fly")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "unknown verb 'fly'" in done.stderr


def test_help_names_every_verb(tmp_path):
    done = start(tmp_path, "-m", "ebbtide.cli", "--help")
    assert done.returncode == 0
    assert all(verb in done.stdout for verb in ("serve", "migrate", "verify", "demo-data"))


def test_a_database_is_made_encrypted_and_opens_with_its_key_alone(tmp_path):
    done = start(tmp_path, "-m", "ebbtide.cli", "migrate")
    assert done.returncode == 0, done.stderr
    assert "audit.0002_refuse_change" in done.stdout
    assert start(tmp_path, "-m", "ebbtide.cli", "migrate").stdout == (
        "The database is up to date.\n"
    )
    database = (tmp_path / "data" / "ebbtide.db").read_bytes()
    assert not database.startswith(b"SQLite format 3")
    assert b"people_patient" not in database
    (tmp_path / "data.key").write_text("ab" * 32)
    done = start(tmp_path, "-m", "ebbtide.cli", "migrate")
    assert done.returncode == 1
    assert "The key does not open the database" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path):
    done = start(tmp_path, "-m", "ebbtide.cli", "serve", "--port", "1", "--host", "192.0.2.1")
    assert done.returncode == 1
    assert "cannot listen on 192.0.2.1:1" in done.stderr
    assert not (tmp_path / "data").exists()
