"""From a fresh clone to the demo's first page, and what the running demo takes.

    .venv/bin/python bench/demo_start.py [--json]

Clones the last commit into an empty folder and runs script/demo there as a new user would: the
environment, the locked packages (downloaded before, by the run that warms up the package cache),
the database, the synthetic clinic, the first page. Then starts it again. Memory is the server's
own, from /proc, after the first page and at its peak.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMITS = {"first_start_s": 90.0, "second_start_s": 3.0, "memory_mb": 400.0}
PATIENCE_S = 600


class Demo:
    """One running script/demo."""

    def __init__(self, clone: Path, port: int) -> None:
        self.began = time.monotonic()
        self.url = f"http://127.0.0.1:{port}/"
        self.process = subprocess.Popen(
            [clone / "script" / "demo", "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def wait_for_page(self) -> float:
        """Seconds from the command to the first page."""
        while time.monotonic() - self.began < PATIENCE_S:
            try:
                urllib.request.urlopen(self.url).read()
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    sys.exit(f"script/demo ended with {self.process.returncode}")
                time.sleep(0.02)
            else:
                return time.monotonic() - self.began
        self.stop()
        sys.exit(f"no page after {PATIENCE_S} s")

    def memory_mb(self, name: str) -> float:
        """A figure of the server's /proc status; the script has become the server by exec."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split(f"{name}:")[1].split()[0]) / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "ebbtide"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        port = free_port()
        first = Demo(clone, port)
        first_s = first.wait_for_page()
        peak = first.memory_mb("VmHWM")
        first.stop()
        second = Demo(clone, port)
        second_s = second.wait_for_page()
        memory = second.memory_mb("VmRSS")
        second.stop()
    return {
        "first_start_s": first_s,
        "second_start_s": second_s,
        "memory_mb": memory,
        "memory_peak_of_first_start_mb": peak,
        "other_load_on_the_machine": os.getloadavg()[1],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    as_json = parser.parse_args().json
    found = measure()
    reached = all(found[name] < limit for name, limit in LIMITS.items())
    if as_json:
        print(json.dumps({"bench": "demo_start", "figures": found, "limits": LIMITS}))
    else:
        for name, value in found.items():
            print(f"{name.replace('_', ' '):32}{value:8.1f}   {LIMITS.get(name, '')}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
