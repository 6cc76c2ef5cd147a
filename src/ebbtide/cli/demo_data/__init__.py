"""`ebbtide demo-data`: a synthetic clinic group, made from a seed.

`fill` needs the Django project set up; `LOGINS` does not.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from datetime import datetime

from ebbtide.cli import clinic, progress
from ebbtide.cli.arguments import OneLineParser
from ebbtide.cli.demo_data.cast import LOGINS

__all__ = ["LOGINS", "SEED", "fill", "run"]

SEED = 20260301
Say = Callable[[str], object]


def fill(say: Say, *, seed: int = SEED, now: datetime | None = None, visits: int = 0) -> None:
    """Fill an empty database with the synthetic clinic group.

    The same seed and moment give the same group, down to every byte of its record.

    Args:
        say: Told in a line what has been made.
        seed: Fixes all that is random.
        now: The moment at which the group is alive; the clinic's clock if left out.
        visits: Plain signed visits put in besides, over ten years, for benchmarks.

    Raises:
        ValueError: The database already holds sites.
    """
    from django.db import transaction

    from ebbtide.cli.demo_data.histories import fill_histories
    from ebbtide.cli.demo_data.places import open_sites
    from ebbtide.cli.demo_data.protocols import approve
    from ebbtide.cli.demo_data.volume import fill_volume
    from ebbtide.clinic.sites.models import Site
    from ebbtide.clinic.web import clock

    if Site.objects.exists():
        raise ValueError("this data folder already holds a clinic; choose an empty one")
    now = (now or clock.now()).replace(microsecond=0)
    with transaction.atomic():
        places = open_sites(now=now)
        say(f"{len(places)} sites with rooms, devices and staff")
        director = next(iter(places.values())).director
        protocols = approve(director=director, now=now)
        fill_histories(places, protocols, seed=seed, now=now, say=say)
    if visits:
        show = progress.bar("visits")
        fill_volume(
            list(places.values()),
            protocols["plp"],
            visits=visits,
            seed=seed,
            now=now,
            report=lambda done: show(done, visits),
        )


def run(argv: Sequence[str]) -> int:
    """Make the database and fill it. Returns the exit code."""
    parser = OneLineParser(
        prog="ebbtide demo-data",
        description="Fill an empty data folder with a synthetic clinic group. "
        "Serve it with: ebbtide serve --demo --data DIR",
    )
    clinic.add_data_option(parser)
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="default: %(default)s")
    parser.add_argument(
        "--visits",
        type=_count,
        default=0,
        metavar="N",
        help="put in N plain signed visits besides, over ten years, for benchmarks",
    )
    options = parser.parse_args(argv)
    os.environ["EBBTIDE_DEMO"] = "1"  # known passwords: never a clinic's own folder
    clinic.load(options.data)
    clinic.migrate()
    fill(print, seed=options.seed, visits=options.visits)
    return 0


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of visits")
    return int(text)
