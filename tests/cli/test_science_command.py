"""What every verb of the science has in common: help, version, files, pipes, no framework."""

import json
import os
import subprocess
import sys

import pytest
from tests.cli.science_command import ebbtide

from ebbtide.cli import SCIENCE, VERBS

NEEDS_A_FILE = tuple({"simulate", "population", "screen"} & set(SCIENCE))
WITHOUT_FRAMEWORK = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "vl_convert", "scipy", "dask", "wfdb"):
            raise ImportError(name + " is not installed here")
sys.meta_path.insert(0, Refuse())
from ebbtide.cli import main
raise SystemExit(main(sys.argv[1:]))
"""


def test_help_names_every_verb():
    code, out, err = ebbtide("--help")
    assert (code, err) == (0, "")
    for verb, purpose in VERBS.items():
        assert f"  {verb} " in out
        assert purpose in out


def test_no_argument_at_all_is_help():
    assert ebbtide() == ebbtide("--help")


def test_the_version_is_told():
    code, out, _ = ebbtide("--version")
    assert code == 0
    assert out.startswith("ebbtide 0.")


def test_an_unknown_verb_is_one_line():
    code, out, err = ebbtide("dosis")
    assert (code, out, len(err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("verb", SCIENCE)
def test_every_verb_of_the_science_explains_itself(verb):
    code, out, err = ebbtide(verb, "--help")
    assert (code, err) == (0, "")
    assert f"usage: ebbtide {verb}" in out
    assert "--json" in out


@pytest.mark.parametrize("verb", SCIENCE)
@pytest.mark.parametrize("more", [["--colour"], ["a", "b", "c", "d"], ["--json=yes"], ["\ud800\n"]])
def test_wrong_arguments_are_one_line(verb, more):
    code, out, err = ebbtide(verb, *more)
    assert (code, out, len(err.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("verb", NEEDS_A_FILE)
class TestAFileThatCannotBeRead:
    def refused(self, verb, name, said):
        code, out, err = ebbtide(verb, str(name))
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert said in err
        assert str(name).split("/")[-1] in err

    def test_none(self, verb, tmp_path):
        self.refused(verb, tmp_path / "none.json", "No such file")

    def test_a_folder(self, verb, tmp_path):
        self.refused(verb, tmp_path, "directory")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_one_kept_secret(self, verb, tmp_path):
        path = tmp_path / "secret.json"
        path.write_text("{}")
        path.chmod(0)
        self.refused(verb, path, "denied")

    def test_binary(self, verb, tmp_path):
        path = tmp_path / "picture.json"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
        self.refused(verb, path, "UTF-8")

    def test_text_cut_within_a_letter(self, verb, tmp_path):
        path = tmp_path / "cut.json"
        path.write_bytes('{"model": "é"}'.encode()[:12])
        self.refused(verb, path, "UTF-8")

    def test_empty(self, verb, tmp_path):
        path = tmp_path / "empty.json"
        path.write_bytes(b"")
        self.refused(verb, path, "not JSON")

    def test_without_end(self, verb):
        self.refused(verb, "/dev/zero", "larger than 16 MB")

    def test_a_name_that_no_file_can_have(self, verb):
        code, out, err = ebbtide(verb, "a\0b")
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_a_byte_order_mark_is_let_pass(tmp_path):
    path = tmp_path / "scenario.json"
    scenario = {"model": "kamp2020", "weight_kg": 70, "times_min": [0]}
    scenario["events"] = [{"at_min": 0, "bolus_mg": 5}]
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(scenario).encode())
    assert ebbtide("simulate", str(path))[0] == 0


def run(*arguments: str, stdout: object = subprocess.PIPE, **more: str):
    """The command as a process of its own, with its output buffered as it is by default."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-m", "ebbtide.cli", *arguments],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | more,
        check=False,
    )


DOSE = (
    *("dose", "--weight-kg", "70", "--mg-per-kg", "0.5", "--stock-mg-per-ml", "50"),
    *("--vial-ml", "10", "--bag-ml", "100", "--minutes", "40"),
)


@pytest.mark.parametrize("arguments", [DOSE, ("models",), ("score", "phq-9", "0,0,0,0,0,0,0,0,0")])
def test_no_verb_of_the_science_needs_more_than_numpy(arguments):
    command = [sys.executable, "-c", WITHOUT_FRAMEWORK, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_dose_does_not_even_need_numpy():
    program = "import sys; sys.modules['numpy'] = None\n" + WITHOUT_FRAMEWORK
    done = subprocess.run(
        [sys.executable, "-c", program, *DOSE], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [DOSE, ("--help",), ("models", "--json")])
def test_a_reader_that_goes_away_is_met_in_silence(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = run(*arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("arguments", [DOSE, ("--help",), ("models", "--json")])
def test_a_full_disk_is_one_line(arguments):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = run(*arguments, stdout=full)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "space" in done.stderr


def test_closed_pipes_are_no_traceback():
    command = f"{sys.executable} -m ebbtide.cli simulate - <&- >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_terminal_without_the_letters_gets_others():
    done = run("models", "kamp2020", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
