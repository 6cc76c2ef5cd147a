"""Break the code one line at a time and see whether a test notices.

    script/mutate [--sample N] [--minutes M] [--jobs J] [--seed S] [--again] [--keep] [MODULE...]

A mutant is one change to one module: an operator, a comparison, a number, a condition turned
round, a value returned as None, a statement left out. Words are left alone: recorded findings
hold them. Each mutant is tried in a process of its own, forked from one in which everything but
the project is imported, on a copy of the tree; it is killed when a test fails, or when the tests
take ten times as long as they do unbroken. Properties are tried on 20 examples, the same each
time. `--keep` writes docs/report/mutants.json; `--again` tries what survived there, and
strikes out what is killed now.
"""

import argparse
import importlib.abc
import importlib.util
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from _mutations import ROOT, Key, Mutant, mutants

KEPT = ROOT / "docs" / "report" / "mutants.json"
PARTS = ("dosing", "instruments")
TESTS = {
    "dosing": ("dosing_vectors", "mutants_dosing", "dosing_*", "rules_in_words"),
    "instruments": ("instruments_vectors", "mutants_instruments", "instruments_*"),
}
FEW_EXAMPLES = """
settings.register_profile(
    "mutants", deadline=None, max_examples=20, derandomize=True, database=None
)
settings.load_profile("mutants")
"""


class Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the project with its mutant's source."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, name: str, *_: object) -> object:
        """Only the broken one; the rest comes from the copy."""
        if name != self.mutant.module:
            return None
        return importlib.util.spec_from_loader(name, self)

    def exec_module(self, module: object) -> None:
        """Run the broken source."""
        exec(compile(self.mutant.source, self.mutant.module, "exec"), vars(module))


def test_files(part: str, module: str) -> list[str]:
    """The tests of a part, the likeliest to notice first."""
    folder = Path("tests/science")
    names = (f"{part}_{module.rpartition('.')[2]}*", *TESTS[part])
    found = [path for one in names for path in sorted(folder.glob(f"test_{one}.py"))]
    return [str(path) for path in dict.fromkeys(found)]


def tried(part: str, mutant: Mutant | None) -> int:
    """Fork, run the part's tests with the mutant in place, and give the child's number."""
    child = os.fork()
    if child:
        return child
    try:
        import pytest

        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if mutant:
            sys.meta_path.insert(0, Broken(mutant))
        options = ["-x", "-q", "-pno:cacheprovider", "-Wignore::pytest.PytestAssertRewriteWarning"]
        for path in test_files(part, mutant.module if mutant else ""):
            if failed := int(pytest.main([*options, path])):
                os._exit(failed)
        os._exit(0)
    finally:
        os._exit(1)


@dataclass
class Trial:
    """Mutants being tried: as many at once as there are jobs, until the time is up."""

    todo: list[tuple[str, Mutant]]
    jobs: int
    until: float
    patience_s: float = 60.0

    def __post_init__(self) -> None:
        self.killed: dict[int, bool] = {}
        self.running: dict[int, tuple[int, float]] = {}

    def check_the_tests(self) -> None:
        """Without a mutant they pass; how long that takes says when to lose patience."""
        for part in {part for part, _ in self.todo}:
            began = time.monotonic()
            if os.waitstatus_to_exitcode(os.waitpid(tried(part, None), 0)[1]):
                sys.exit(f"the tests of {part} fail without a mutant")
            self.patience_s = max(self.patience_s, 10 * (time.monotonic() - began))

    def run(self) -> None:
        """Fork and gather until nothing is left."""
        self.check_the_tests()
        waiting = iter(enumerate(self.todo))
        while True:
            while len(self.running) < self.jobs and time.monotonic() < self.until:
                number, (part, mutant) = next(waiting, (-1, ("", None)))
                if number < 0:
                    break
                self.running[tried(part, mutant)] = (number, time.monotonic())
            if not self.running:
                return
            self.gather()
            time.sleep(0.02)

    def gather(self) -> None:
        """Take note of those that are done, and end those that take too long."""
        for child, (number, since) in list(self.running.items()):
            done, status = os.waitpid(child, os.WNOHANG)
            is_late = not done and time.monotonic() - since > self.patience_s
            if is_late:
                os.kill(child, signal.SIGKILL)
                done, status = os.waitpid(child, 0)
            if not done:
                continue
            del self.running[child]
            self.killed[number] = os.waitstatus_to_exitcode(status) != 0
            if not self.killed[number]:
                one = self.todo[number][1]
                print(f"survived: {one.module}:{one.line}: {one.was} -> {one.became}", flush=True)


def everything(modules: list[str]) -> list[tuple[str, Mutant]]:
    """Every mutant of the modules named, or of all."""
    return [
        (part, mutant)
        for part in PARTS
        for path in sorted((ROOT / "src" / "ebbtide" / "science" / part).glob("*.py"))
        if not modules or f"{part}.{path.stem}" in modules
        for mutant in mutants(path)
    ]


def keep(todo: list[tuple[str, Mutant]], killed: dict[int, bool], how: str) -> None:
    """Write the counts and the survivors, with the judgements that were written before."""
    old = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {"survivors": []}
    judged = {key_of(one): one["judged"] for one in old["survivors"]}
    names = sorted({mutant.module for _, mutant in todo})
    outcomes = [(todo[number][1], was_killed) for number, was_killed in sorted(killed.items())]
    counts = [
        {
            "module": name,
            "mutants": sum(mutant.module == name for mutant, _ in outcomes),
            "killed": sum(mutant.module == name and dead for mutant, dead in outcomes),
        }
        for name in names
    ]
    survivors = [
        {
            "module": mutant.module,
            "line": mutant.line,
            "was": mutant.was,
            "became": mutant.became,
            "judged": judged.get(mutant.key, "not judged yet"),
        }
        for mutant, dead in outcomes
        if not dead
    ]
    document = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "how": how,
        "modules": [one for one in counts if one["mutants"]],
        "survivors": survivors,
    }
    KEPT.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def strike(todo: list[tuple[str, Mutant]], killed: dict[int, bool]) -> None:
    """Take from the kept survivors those that a new test has killed."""
    document = json.loads(KEPT.read_text(encoding="utf-8"))
    dead = {todo[number][1].key for number, is_dead in killed.items() if is_dead}
    gone = [one for one in document["survivors"] if key_of(one) in dead]
    document["survivors"] = [one for one in document["survivors"] if one not in gone]
    for count in document["modules"]:
        count["killed"] += sum(one["module"] == count["module"] for one in gone)
    KEPT.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def key_of(kept: dict[str, Any]) -> Key:
    """A kept survivor's change."""
    return kept["module"], kept["line"], kept["was"], kept["became"]


def main() -> None:
    """Make the copy, break it, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", help="dosing.rate and the like")
    parser.add_argument("--sample", type=int, help="how many, drawn by lot")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--again", action="store_true", help="only what survived the kept run")
    parser.add_argument("--keep", action="store_true", help="write docs/report/mutants.json")
    options = parser.parse_args()
    every = everything(options.modules)
    todo = list(every)
    if options.again:
        kept = json.loads(KEPT.read_text(encoding="utf-8"))["survivors"]
        wanted = {key_of(one) for one in kept}
        todo = [(part, mutant) for part, mutant in todo if mutant.key in wanted]
    random.Random(options.seed).shuffle(todo)
    todo = todo[: options.sample]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("src", "tests", "docs"):
            ignored = shutil.ignore_patterns("__pycache__", "_build", ".hypothesis")
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=ignored)
        shutil.copy(ROOT / "pyproject.toml", folder)
        with (Path(folder) / "tests" / "science" / "conftest.py").open("a") as conftest:
            conftest.write(FEW_EXAMPLES)
        os.chdir(folder)
        sys.path.insert(0, f"{folder}/src")
        for module in ("pytest", "hypothesis", "numpy"):
            importlib.import_module(module)  # once, not once for each mutant
        until = time.monotonic() + 60 * options.minutes
        trial = Trial(todo, options.jobs, until)
        trial.run()
        os.chdir(ROOT)
    killed = trial.killed
    dead = sum(killed.values())
    how = f"{len(killed)} of {len(every)} mutants tried, drawn by lot."
    print(f"{how} {dead} killed, {len(killed) - dead} survived.")
    if options.again:
        strike(todo, killed)
    elif options.keep:
        keep(todo, killed, how)


if __name__ == "__main__":
    main()
