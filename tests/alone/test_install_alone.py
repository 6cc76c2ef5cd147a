"""The package alone, in an empty environment, runs every example of the gallery.

It installs from the package index, as anybody would, and is skipped where that cannot be reached.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: str | Path) -> subprocess.CompletedProcess:
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


class Environment:
    """A fresh environment; packages come by uv where there is one, else by pip."""

    def __init__(self, folder: Path) -> None:
        made = run(sys.executable, "-m", "venv", folder)
        assert made.returncode == 0, made.stdout
        self.python = folder / "bin" / "python"
        uv = shutil.which(
            "uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        )
        self._pip = [uv, "pip"] if uv else [self.python, "-m", "pip"]
        self._here = ["--python", self.python] if uv else []

    def install(self, *what: str | Path) -> subprocess.CompletedProcess:
        return run(*self._pip, "install", *self._here, *what)

    def packages(self) -> set[str]:
        told = run(*self._pip, "list", *self._here, "--format", "json").stdout
        listed = json.loads(told[told.index("[") : told.rindex("]") + 1])
        return {one["name"] for one in listed} - {"pip", "setuptools"}

    def gallery(self, *more: str) -> subprocess.CompletedProcess:
        return run(sys.executable, "docs/gallery.py", "--check", "--python", self.python, *more)


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("alone") / "environment")
    probe = environment.install("--dry-run", "numpy", "hatchling")
    if probe.returncode:
        reason = f"the package index was not reached: {probe.stdout.strip().splitlines()[-1]}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    installed = environment.install(ROOT)
    assert installed.returncode == 0, installed.stdout
    return environment


def test_the_package_brings_numpy_and_nothing_else(alone):
    assert alone.packages() == {"ebbtide", "numpy"}


def test_the_command_is_there_and_tells_the_version(alone):
    done = run(alone.python.parent / "ebbtide", "--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "ebbtide")


def test_the_gallery_prints_the_same(alone):
    done = alone.gallery("--without-pictures")
    assert done.returncode == 0, done.stdout


def test_a_picture_names_what_it_needs(alone, tmp_path):
    done = run(
        *(alone.python.parent / "ebbtide", "score", "phq-9", "0,0,0,0,0,0,0,0,0"),
        *("--plot", tmp_path / "score.svg"),
    )
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "ebbtide score: argument --plot: pictures need: pip install 'ebbtide[plot]'"
    ]


def test_with_its_extra_the_gallery_is_drawn(alone):
    installed = alone.install(f"{ROOT}[plot]")
    assert installed.returncode == 0, installed.stdout
    done = alone.gallery()
    assert done.returncode == 0, done.stdout
