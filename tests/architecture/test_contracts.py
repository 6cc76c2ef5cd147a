"""Each import contract, broken once on purpose: a contract that cannot fail holds nothing."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
}
# Contract, file, the line that breaks it there.
BREAKS = [
    ("parts", "science/findings.py", "import ebbtide.devices.sources"),
    ("parts", "devices/sources.py", "import ebbtide.clinic.web.apps"),
    ("parts", "strays/__init__.py", ""),
    ("pure-science", "science/units.py", "import django"),
    ("pure-science", "science/units.py", "def now():\n    import time"),
    ("devices", "devices/sources.py", "from django.conf import settings"),
    ("apps", "clinic/sites/models.py", "import ebbtide.clinic.people.models"),
    ("apps", "clinic/strays/__init__.py", ""),
    ("inside-an-app", "clinic/people/models.py", "import ebbtide.clinic.people.views"),
    ("audit-rows", "clinic/people/views.py", "from ebbtide.clinic.audit import models"),
    ("no-cycles", "science/pk/effect.py", "import ebbtide.science.patient.body"),
]


def verdicts(folder: Path) -> dict[str, str]:
    """KEPT or BROKEN for each contract's name, as the linter says of the source in `folder`."""
    program = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    arguments = ["--config", ROOT / "pyproject.toml", "--no-cache"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PYTHONUTF8": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = {
        name: line.removeprefix(name).split()[0]
        for line in done.stdout.splitlines()
        for name in CONTRACTS.values()
        if line.startswith(f"{name} ")
    }
    assert set(said) == set(CONTRACTS.values()), done.stdout + done.stderr
    return said


@pytest.fixture
def source(tmp_path) -> Path:
    shutil.copytree(
        ROOT / "src" / "ebbtide",
        tmp_path / "ebbtide",
        ignore=lambda folder, names: [
            name for name in names if name in ("__pycache__", "templates", "static", "migrations")
        ],
    )
    return tmp_path


def test_every_contract_holds(source):
    assert set(verdicts(source).values()) == {"KEPT"}


@pytest.mark.parametrize(("contract", "file", "line"), BREAKS)
def test_a_broken_contract_is_seen(source, contract, file, line):
    path = source / "ebbtide" / file
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as module:
        module.write(f"\n{line}\n")
    assert verdicts(source)[CONTRACTS[contract]] == "BROKEN"


def test_every_contract_is_broken_once_here():
    assert {contract for contract, _, _ in BREAKS} == set(CONTRACTS)
