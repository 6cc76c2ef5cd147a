"""`ebbtide migrate`: bring a data folder's database up to date."""

from collections.abc import Sequence

from ebbtide.cli import clinic
from ebbtide.cli.arguments import OneLineParser


def run(argv: Sequence[str]) -> int:
    """Apply the migrations that are missing and name them."""
    parser = OneLineParser(prog="ebbtide migrate", description=__doc__)
    clinic.add_data_option(parser)
    clinic.load(parser.parse_args(argv).data)
    applied = clinic.migrate()
    print("\n".join(applied) if applied else "The database is up to date.")
    return 0
