"""`ebbtide demo-data`: a synthetic clinic group, made from a seed.

`fill` needs the Django project set up; `LOGINS` does not.
"""

import argparse
from collections.abc import Callable, Sequence
from datetime import datetime

from ebbtide.cli import clinic
from ebbtide.cli.demo_data.cast import LOGINS

__all__ = ["LOGINS", "SEED", "fill", "run"]

SEED = 20260301
Say = Callable[[str], object]


def fill(say: Say, *, seed: int = SEED, now: datetime | None = None) -> None:
    """Fill an empty database with the synthetic clinic group.

    The same seed and moment give the same group, down to every byte of its record.

    Args:
        now: The moment at which the group is alive; the clinic's clock if left out.

    Raises:
        ValueError: The database already holds sites.
    """
    from django.db import transaction

    from ebbtide.cli.demo_data.histories import fill_histories
    from ebbtide.cli.demo_data.places import open_sites
    from ebbtide.cli.demo_data.protocols import approve
    from ebbtide.clinic.infusions.models import Visit
    from ebbtide.clinic.people.models import Patient
    from ebbtide.clinic.sites.models import Site
    from ebbtide.clinic.web import clock

    if Site.objects.exists():
        raise ValueError("this data folder already holds a clinic; choose an empty one")
    now = (now or clock.now()).replace(microsecond=0)
    with transaction.atomic():
        places = open_sites(now=now)
        say(f"{len(places)} sites with rooms, devices and staff")
        director = places["harbor"].director
        protocols = approve(director=director, now=now)
        say(f"{len(protocols)} approved protocols")
        fill_histories(places, protocols, seed=seed, now=now)
        say(f"{Patient.objects.count()} patients with {Visit.objects.count()} visits")


def run(argv: Sequence[str]) -> int:
    """Make the database and fill it."""
    parser = argparse.ArgumentParser(prog="ebbtide demo-data", description=__doc__)
    clinic.add_data_option(parser)
    options = parser.parse_args(argv)
    clinic.load(options.data)
    clinic.migrate()
    fill(print)
    return 0
