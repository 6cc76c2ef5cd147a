"""Settings fail at start, in one line that says what to do."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from ebbtide.clinic.config import environment as env


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.delenv("EBBTIDE_KEY_FILE")
    return tmp_path / "data"


def refused(match):
    return pytest.raises(ImproperlyConfigured, match=match)


def test_the_key_is_made_beside_the_data_folder_for_its_owner_alone(data_dir):
    key = env.read_key(data_dir)
    path = data_dir.with_name("data.key")
    assert len(bytes.fromhex(key)) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert env.read_key(data_dir) == key
    assert [found.name for found in data_dir.parent.iterdir()] == ["data.key"]


def test_two_installations_have_two_keys(tmp_path, data_dir):
    assert env.read_key(data_dir) != env.read_key(tmp_path / "other")


def test_a_key_inside_the_data_folder_is_refused(data_dir, monkeypatch):
    monkeypatch.setenv("EBBTIDE_KEY_FILE", str(data_dir / "key"))
    with refused("must lie outside the data folder"):
        env.read_key(data_dir)


def test_a_missing_key_is_not_replaced_once_there_is_a_database(data_dir):
    data_dir.mkdir()
    (data_dir / "ebbtide.db").touch()
    with refused("is missing; restore it"):
        env.read_key(data_dir)
    assert not data_dir.with_name("data.key").exists()


@pytest.mark.parametrize("text", ["", "abc", "x" * 64, "a" * 63, "A" * 64])
def test_a_key_file_that_holds_no_key_is_refused(data_dir, text):
    path = data_dir.with_name("data.key")
    path.write_text(text)
    path.chmod(0o600)
    with refused("64 hexadecimal digits"):
        env.read_key(data_dir)


def test_a_key_that_others_may_read_is_refused(data_dir):
    env.read_key(data_dir)
    data_dir.with_name("data.key").chmod(0o640)
    with refused("chmod 600"):
        env.read_key(data_dir)


def test_a_key_made_meanwhile_is_kept(data_dir):
    key = env.read_key(data_dir)
    env.make_key(data_dir.with_name("data.key"))
    assert env.read_key(data_dir) == key
    assert len(list(data_dir.parent.iterdir())) == 1


def test_secrets_differ_by_purpose_and_hide_the_key():
    key = "0" * 64
    assert env.derive(key, purpose="a") != env.derive(key, purpose="b")
    assert len(env.derive(key, purpose="a")) == 64


@pytest.mark.parametrize(("word", "value"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_flags(monkeypatch, word, value):
    monkeypatch.setenv("EBBTIDE_X", word)
    assert env.read_flag("EBBTIDE_X") is value


def test_a_flag_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("EBBTIDE_X", "maybe")
    with refused("EBBTIDE_X must be 1 or 0, not 'maybe'"):
        env.read_flag("EBBTIDE_X")


@pytest.mark.parametrize("text", ["0", "-1", "1000.1", "nan", "inf", "fast"])
def test_a_speed_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("EBBTIDE_X", text)
    with refused("EBBTIDE_X must be"):
        env.read_factor("EBBTIDE_X", default=1, maximum=1000)


def test_postgres_address_is_taken_apart():
    found = env.read_postgres("postgresql://us%40er:p%2Fw@db:5433/ebb?sslmode=require")
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("ebb", "us@er", "p/w")
    assert (found["HOST"], found["PORT"]) == ("db", "5433")
    assert found["OPTIONS"] == {"sslmode": "require"}
    assert env.read_postgres("postgresql://u@/ebb?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "ebbtide"])
def test_an_address_of_no_postgres_is_refused(url):
    with refused("EBBTIDE_DATABASE_URL must look like"):
        env.read_postgres(url)
