"""What the demo refuses, and what it may delete."""

import fcntl
import shutil
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from ebbtide.cli import demo


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--port", "0"], "'0' is no port"),
        (["--port", "65536"], "'65536' is no port"),
        (["--port", "http"], "'http' is no port"),
        (["--speed", "0"], "'0' is no speed"),
        (["--speed", "-1"], "'-1' is no speed"),
        (["--speed", "1000.1"], "'1000.1' is no speed"),
        (["--speed", "nan"], "'nan' is no speed"),
        (["--speed", "fast"], "'fast' is no speed"),
        (["--recording", "missing.csv"], "there is no file missing.csv"),
        (["--data", __file__], "is not a folder"),
        (["--por", "8001"], "unrecognized arguments"),
        (["now"], "unrecognized arguments"),
    ],
)
def test_a_bad_option_is_told_in_one_line(options, reason, capsys):
    with pytest.raises(SystemExit) as stopped:
        demo.parse(options)
    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert reason in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize("speed", ["0.5", "1", "1000"])
def test_speeds_up_to_the_limit_are_taken(speed):
    assert demo.parse(["--speed", speed]).speed == float(speed)


def test_an_empty_recording_is_refused(tmp_path, capsys):
    recording = tmp_path / "empty.csv"
    recording.touch()
    with pytest.raises(SystemExit):
        demo.parse(["--recording", str(recording)])
    assert "is empty" in capsys.readouterr().err


def refusal_of(options: list[str], capsys) -> str:
    """Run the demo, see it refused, and return what it said."""
    assert demo.run(options) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def test_a_recording_that_cannot_be_replayed_is_refused_before_anything_is_made(tmp_path, capsys):
    recording = tmp_path / "torn.csv"
    recording.write_text("no,columns,of,ours\n1,2,3,4\n")
    data = tmp_path / "data"
    said = refusal_of(["--recording", str(recording), "--data", str(data)], capsys)
    assert "cannot be replayed" in said
    assert not data.exists()


@pytest.mark.enable_socket
def test_a_taken_port_is_refused_before_anything_is_made(tmp_path, capsys):
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refusal_of(["--port", port, "--data", str(data)], capsys)
    assert not data.exists()


@pytest.mark.enable_socket
@pytest.mark.parametrize("extra", [[], ["--reset"]])
def test_a_folder_that_no_demo_made_is_left_as_it_is(tmp_path, capsys, extra):
    data = tmp_path / "clinic"
    data.mkdir()
    (data / "ebbtide.db").write_text("a clinic's own")
    said = refusal_of(["--port", free_port(), "--data", str(data), *extra], capsys)
    assert "no demo made" in said
    assert (data / "ebbtide.db").read_text() == "a clinic's own"


@pytest.mark.enable_socket
def test_a_key_that_no_demo_made_is_left_as_it_is(tmp_path, capsys):
    key = tmp_path / "clinic.key"
    key.write_text("somebody's")
    said = refusal_of(["--port", free_port(), "--data", str(tmp_path / "clinic")], capsys)
    assert "no demo made" in said
    assert key.read_text() == "somebody's"


@pytest.mark.enable_socket
def test_two_demos_do_not_share_a_folder(tmp_path, capsys):
    data = tmp_path / "demo"
    data.mkdir()
    with (data / demo.MARKER).open("w") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)
        said = refusal_of(["--port", free_port(), "--data", str(data), "--reset"], capsys)
    assert "another demo is running" in said


def test_emptying_takes_the_data_and_the_key_and_nothing_beside_them(tmp_path):
    data = tmp_path / "demo"
    (data / "files").mkdir(parents=True)
    for made in (data / demo.MARKER, data / "ebbtide.db", data / "files" / "one.pdf"):
        made.write_text("ready")
    (tmp_path / "demo.key").write_text("key")
    (tmp_path / "other.key").write_text("key")
    demo._empty(data)
    assert [path.name for path in data.iterdir()] == [demo.MARKER]
    assert (data / demo.MARKER).read_text() == ""
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["other.key"]


@pytest.fixture
def stopped_clock(monkeypatch):
    """No clock is running, neither now nor afterwards."""
    from ebbtide.clinic.web import clock

    monkeypatch.setattr(clock, "_run", None)
    return clock


@pytest.mark.django_db
def test_a_demo_that_ran_fast_is_taken_up_where_its_record_ends(stopped_clock):
    from ebbtide.clinic.monitoring.models import Sample

    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=9)
    at_ms = int(ahead.timestamp() * 1000)
    Sample.objects.create(
        visit=uuid4(), quantity="spo2", at_ms=at_ms, received_ms=at_ms, value=97, quality="ok"
    )
    demo._take_up_the_clock(60)
    assert ahead <= stopped_clock.now() < ahead + timedelta(hours=1)


@pytest.mark.django_db
def test_a_demo_whose_record_lies_behind_keeps_the_real_time(stopped_clock):
    demo._take_up_the_clock(1)
    assert abs(stopped_clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def free_port() -> str:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("given", [["--data", "here"], ["--data=here"], []])
def test_the_script_names_a_data_folder_only_where_nobody_did(tmp_path, given):
    """The real script beside a command that says what it was asked."""
    project = Path(__file__).parents[2]
    shutil.copytree(project / "script", tmp_path / "script")
    (tmp_path / "requirements").mkdir()
    for name in ("pyproject.toml", "requirements/clinic.txt"):
        shutil.copy(project / name, tmp_path / name)
    command = tmp_path / ".venv/bin/ebbtide"
    command.parent.mkdir(parents=True)
    command.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    command.chmod(0o755)
    stamp = "source script/_environment.sh; stamp clinic >.venv/.ebbtide-clinic"
    subprocess.run(["bash", "-c", stamp], cwd=tmp_path, check=True)
    script = [str(tmp_path / "script/demo"), *given, "--port", "1"]
    told = subprocess.run(script, cwd=tmp_path, check=True, capture_output=True, text=True)
    own = [] if given else ["--data", f"{tmp_path}/var/demo"]
    assert told.stdout.split("\n")[:-1] == ["demo", *own, *given, "--port", "1"]
