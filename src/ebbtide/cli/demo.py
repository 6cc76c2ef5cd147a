"""`ebbtide demo`: a synthetic clinic on this machine, made, filled and served.

Only the standard library is imported at the top, so that script/demo can refuse a bad option
before it installs anything.
"""

import argparse
import fcntl
import math
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from ebbtide.cli import EXIT_USAGE, clinic, serve
from ebbtide.cli.arguments import OneLineParser

HOST = "127.0.0.1"  # this machine only
DEFAULT_PORT = 8000
DEFAULT_FOLDER = Path("var/demo")
FASTEST = 1000.0
MARKER = ".ebbtide-demo"  # in the data folder: a demo made this
READY = "ready"  # the marker's text once the clinic is filled; until then it is made again


class UnusableError(Exception):
    """The demo cannot start as asked; the message says why and what to do."""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the options; exit 2 with one line on standard error when one is not usable."""
    parser = OneLineParser(
        prog="demo",
        description="Start Ebbtide with a synthetic clinic on this machine.",
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N", help="default: %(default)s"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X",
        help=f"how much faster than real time the clinic's clock and the simulated monitor run, "
        f"up to {FASTEST:g}; default: 1",
    )
    parser.add_argument(
        "--recording",
        type=_recording,
        metavar="FILE",
        help="replay a recorded monitor (CSV, or the .hea file of a WFDB record) instead of the "
        "simulated one",
    )
    parser.add_argument(
        "--data",
        type=_folder,
        default=DEFAULT_FOLDER,
        metavar="DIR",
        help="where the database is kept, its key beside it as DIR.key; default: %(default)s",
    )
    parser.add_argument(
        "--reset", action="store_true", help="first delete what an earlier demo left in DIR"
    )
    return parser.parse_args(argv)


def run(argv: Sequence[str]) -> int:
    """Make what is missing, then serve until interrupted. Returns the exit code."""
    options = parse(argv)
    try:
        if options.recording:
            _check_recording(options.recording)
        serve.check_port(HOST, options.port)
        _check_folder(options.data)
        marker = _hold(options.data)
    except (UnusableError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return EXIT_USAGE
    with marker:
        if options.reset:
            _empty(options.data)
        _serve(options, marker)
    return 0


def _serve(options: argparse.Namespace, marker: TextIO) -> None:
    os.environ.update(_environment(options))
    finished = _read(marker) == READY
    if not finished:
        _empty(options.data)  # what an interrupted first start left
        _say("making the database")
    clinic.load(options.data)
    clinic.migrate()
    clinic.collect_static()

    from ebbtide.cli import demo_data
    from ebbtide.clinic.config import server

    if not finished:
        _say("filling the synthetic clinic")
        demo_data.fill(_say)
        _mark_ready(marker)
    _take_up_the_clock(options.speed)
    _welcome(options.port, demo_data.LOGINS)
    server.run(host=HOST, port=options.port)


def _environment(options: argparse.Namespace) -> dict[str, str]:
    return {
        "EBBTIDE_DEMO": "1",
        "EBBTIDE_KEY_FILE": str(_key_of(options.data)),
        "EBBTIDE_CLOCK_SPEED": repr(options.speed),
        "EBBTIDE_RECORDING": str(options.recording or ""),
    }


def _take_up_the_clock(speed: float) -> None:
    """Go on from the newest record: an earlier, faster run left it ahead of the real time."""
    from ebbtide.clinic.infusions.queries import newest_moment
    from ebbtide.clinic.web import clock

    real = datetime.now(UTC)
    newest = newest_moment() or real
    clock.start(anchor_real=real, anchor_clinic=max(real, newest), speed=speed)


def _welcome(port: int, logins: Sequence[tuple[str, str, str]]) -> None:
    print(f"\nEbbtide, with synthetic people only: http://localhost:{port}/\n")
    roles, names = (max(len(login[column]) for login in logins) for column in (0, 1))
    for role, username, password in logins:
        print(f"  {role:<{roles}}  {username:<{names}}  {password}")
    print("\nStop it with Ctrl-C.\n", flush=True)


def _say(line: str) -> None:
    print(f"==> {line}", flush=True)


# What may go wrong before anything is written


def _check_recording(path: Path) -> None:
    from ebbtide.devices.recordings import open_recording
    from ebbtide.science.findings import RefusedError

    try:
        recording = open_recording(path)
    except RefusedError as refused:
        raise UnusableError(f"{path} cannot be replayed: {refused}") from None
    for finding in recording.findings:
        _say(f"{path.name}: {finding.message}")


def _check_folder(folder: Path) -> None:
    """Only an empty folder or an earlier demo's is taken: never a clinic's own."""
    if (folder / MARKER).is_file():
        return
    if folder.is_dir() and any(folder.iterdir()):
        raise UnusableError(f"{folder} holds files that no demo made; choose another --data")
    if _key_of(folder).exists():
        raise UnusableError(f"{_key_of(folder)} is a key that no demo made; choose another --data")


def _hold(folder: Path) -> TextIO:
    """Open the folder's marker and keep every other demo out while it is open."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker = (folder / MARKER).open("a+", encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"{folder}: {error.strerror}; choose another --data") from None
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        marker.close()
        raise UnusableError(f"another demo is running on {folder}; stop it first") from None
    return marker


def _empty(folder: Path) -> None:
    """Delete a demo's data and key. The marker stays, emptied, for it is the lock."""
    for path in folder.iterdir():
        if path.name == MARKER:
            path.write_text("", encoding="utf-8")
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    _key_of(folder).unlink(missing_ok=True)


def _key_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.key")


def _read(marker: TextIO) -> str:
    marker.seek(0)
    return marker.read().strip()


def _mark_ready(marker: TextIO) -> None:
    marker.truncate(0)
    marker.write(READY)
    marker.flush()
    os.fsync(marker.fileno())


# Options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed <= FASTEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no speed; give a factor above 0 and up to {FASTEST:g}"
        )
    return speed


def _recording(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    if path.stat().st_size == 0:
        raise argparse.ArgumentTypeError(f"{text} is empty")
    return path


def _folder(text: str) -> Path:
    folder = Path(text).expanduser().absolute()
    if not text or (folder.exists() and not folder.is_dir()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return folder
