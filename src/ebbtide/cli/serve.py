"""`ebbtide serve`: start the server on a data folder."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from ebbtide.cli import clinic
from ebbtide.cli.arguments import OneLineParser


def run(argv: Sequence[str]) -> int:
    """Get the data folder ready and serve until interrupted."""
    options = parse(argv)
    if options.demo:
        os.environ["EBBTIDE_DEMO"] = "1"
    if options.speed is not None:
        os.environ["EBBTIDE_CLOCK_SPEED"] = str(options.speed)
    if options.recording is not None:
        if not options.recording.is_file():
            raise FileNotFoundError(f"there is no recording {options.recording}")
        os.environ["EBBTIDE_RECORDING"] = str(options.recording.resolve())
    check_port(options.host, options.port)
    clinic.load(options.data)
    applied = clinic.migrate()
    if applied:
        print(f"Database brought up to date: {len(applied)} steps.", file=sys.stderr)
    clinic.collect_static()

    from ebbtide.clinic.config import server

    print(f"Ebbtide is at http://{options.host}:{options.port}/", flush=True)
    server.run(host=options.host, port=options.port)
    return 0


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command's options."""
    parser = OneLineParser(prog="ebbtide serve", description=__doc__)
    clinic.add_data_option(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    parser.add_argument("--demo", action="store_true", help="made-up data, plain HTTP allowed")
    parser.add_argument(
        "--speed", type=float, metavar="X", help="let time run X times faster (demo only)"
    )
    parser.add_argument(
        "--recording", type=Path, metavar="FILE", help="replay a recording on the first monitor"
    )
    return parser.parse_args(argv)


def check_port(host: str, port: int) -> None:
    """Say early, and in words, that something else already listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from None
