"""Pages over ten years of history: how long the server takes for each.

    .venv/bin/python bench/room_page.py [--json] [--history DIR] [--visits N]

20,000 signed visits in the embedded database, encrypted as always, and one visit running for an
hour with a sample each second. Over HTTP to the real server on the same machine, one page after
the other on one connection, so the figures hold the whole way: the server, sessions, permissions,
the audit row that is on disk before the page is sent, templates. The feed of the running visit
goes on meanwhile. Processor time is the server's for one page, its feed included; it still tells
something where other work goes on beside the bench. Making the years takes a minute or two; with
--history they are kept in a folder, and a copy of it is used from then on.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import _clinic
from _figures import options, percentile, tell
from _server import EBBTIDE, Visitor, cpu_ms, data_folder, environment, serving

LIMIT_MS = 50.0
VISITS = 20_000
MINUTES_BEFORE = 62
SETTLING_S = 5.0  # the simulated monitors run up to now after a start
WARM_UP = 5
ROUNDS = 100


def pages_of(visit: str) -> dict[str, str]:
    return {
        "room": f"/visits/{visit}/",
        "panels": f"/visits/{visit}/panels/",
        "trace": f"/visits/{visit}/trace/",
        "board": "/board/",
        "today": "/today/",
        "patients": "/patients/",
    }


def make_history(folder: Path, visits: int) -> None:
    """The synthetic group, and behind it ten years of signed visits."""
    command = [EBBTIDE, "demo-data", "--data", folder, "--visits", str(visits)]
    demo = environment() | {"EBBTIDE_DEMO": "1"}
    subprocess.run(command, env=demo, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def clinic(history: Path | None, visits: int) -> Iterator[tuple[Path, str]]:
    """A data folder with its history, and a visit that runs now."""
    with data_folder() as folder:
        if history is None:
            make_history(folder, visits)
        else:
            if not history.exists():
                make_history(history, visits)
            shutil.copytree(history, folder)
            shutil.copy(history.with_name(f"{history.name}.key"), f"{folder}.key")
        yield folder, _clinic.ask("rooms", folder, 1, MINUTES_BEFORE)[0]


def measure(port: int, pid: int, visit: str) -> dict[str, float]:
    """Each page a hundred times, one after the other."""
    nurse = Visitor(port, "nurse")
    time.sleep(SETTLING_S)
    figures = {}
    for name, path in pages_of(visit).items():
        spent_ms = []
        for turn in range(WARM_UP + ROUNDS):
            if turn == WARM_UP:
                cpu_before_ms = cpu_ms(pid)
            began_s = time.perf_counter()
            nurse.get(path)
            spent_ms.append(1000 * (time.perf_counter() - began_s))
        figures |= {
            f"{name}_p50_ms": percentile(spent_ms[WARM_UP:], 50),
            f"{name}_p95_ms": percentile(spent_ms[WARM_UP:], 95),
            f"{name}_processor_ms": (cpu_ms(pid) - cpu_before_ms) / ROUNDS,
        }
    return figures


def main() -> int:
    parser = options(__doc__)
    parser.add_argument("--history", type=Path, metavar="DIR", help="keep the years here")
    parser.add_argument("--visits", type=int, default=VISITS, help="default: %(default)s")
    chosen = parser.parse_args()
    with (
        clinic(chosen.history, chosen.visits) as (folder, visit),
        serving(folder) as (port, pid),
    ):
        figures = measure(port, pid, visit)
    return tell(
        "room_page",
        figures,
        {"room_p95_ms": LIMIT_MS, "panels_p95_ms": LIMIT_MS},
        as_json=chosen.json,
    )


if __name__ == "__main__":
    sys.exit(main())
