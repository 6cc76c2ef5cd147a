"""From a fresh clone to the demo's first page, and what the running demo takes.

    .venv/bin/python bench/demo_start.py [--json]

Clones the last commit into an empty folder and runs script/demo there as a new user would: the
environment, the locked packages, the database, the synthetic clinic, the first page. A clone before
it warms the package cache up, so that what is timed has everything downloaded. Then it is stopped
and started again. Memory is the resident sets of the server and of all it starts, added up, so what
they share counts more than once: at its highest while every room in use is watched and its record
is printed.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from _figures import options, percentile, tell
from _server import Visitor, end, environment, free_port, until_answering

ROOT = Path(__file__).parents[1]
LIMITS = {"first_start_s": 90.0, "second_start_s": 3.0, "highest_memory_mb": 400.0}
STARTS = 5
WATCHING_S = 20.0
INSTALLING_S = 600.0


@contextmanager
def clone() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ebbtide-bench-") as folder:
        target = Path(folder) / "ebbtide"
        subprocess.run(["git", "clone", "--quiet", ROOT, target], check=True)
        yield target


@contextmanager
def demo(target: Path) -> Iterator[tuple[int, int, float]]:
    """Run script/demo; gives the port, the process and the seconds to the first page."""
    port = free_port()
    began_s = time.perf_counter()
    process = subprocess.Popen(
        [target / "script" / "demo", "--port", str(port)],
        cwd=target,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        until_answering(port, process, patience_s=INSTALLING_S)
        yield port, process.pid, time.perf_counter() - began_s
    finally:
        end(process)


def measure() -> dict[str, float]:
    with clone() as target, demo(target) as (_, _, warming_up_s):
        pass
    with clone() as target:
        with demo(target) as (_, _, first_s):
            pass
        again_s = []
        for _ in range(STARTS):
            with demo(target) as (port, pid, start_s):
                again_s.append(start_s)
                memory = memory_of(port, pid) if len(again_s) == STARTS else {}
    return {
        "with_downloads_s": warming_up_s,
        "first_start_s": first_s,
        "second_start_s": percentile(again_s, 50),
        "slowest_second_start_s": max(again_s),
        **memory,
    }


def memory_of(port: int, pid: int) -> dict[str, float]:
    """Memory while the demo is used, looked at twenty times a second."""
    at_start_mb = resident_mb(pid)
    seen_mb = [at_start_mb]
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.05):
            seen_mb.append(resident_mb(pid))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        use(port)
    finally:
        is_over.set()
        looking.join()
    return {
        "memory_at_start_mb": at_start_mb,
        "memory_after_use_mb": resident_mb(pid),
        "highest_memory_mb": max(seen_mb),
    }


def use(port: int) -> None:
    """Watch every room in use, then print each record."""
    director = Visitor(port, "director")
    visits = set(re.findall(rb'href="/visits/([0-9a-f-]{36})/', director.get("/board/")))
    assert visits, "no room is in use"
    for visit in sorted(visits):
        room = f"/visits/{visit.decode()}/"
        director.get(room)
        director.get(f"{room}trace/?all=1")
        frames = director.stream(f"/live{room}")
        threading.Thread(target=hear_out, args=(frames,), daemon=True).start()
    time.sleep(WATCHING_S)
    for visit in sorted(visits):
        record = director.get(f"/visits/{visit.decode()}/record.pdf")
        assert record.startswith(b"%PDF"), "no record was printed"


def hear_out(frames: Iterator[tuple[int, str]]) -> None:
    try:
        for _ in frames:
            pass
    except OSError:
        return  # the server was stopped


def resident_mb(pid: int) -> float:
    """Resident sets of a process and of everything below it."""
    children: dict[int, list[int]] = {}
    pages: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(entry.name)] = int((entry / "statm").read_text().split()[1])
        except OSError:
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(entry.name))
    family = [pid]
    for one in family:
        family += children.get(one, [])
    return sum(pages.get(one, 0) for one in family) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    as_json = options(__doc__).parse_args().json
    return tell("demo_start", measure(), LIMITS, as_json=as_json)


if __name__ == "__main__":
    sys.exit(main())
