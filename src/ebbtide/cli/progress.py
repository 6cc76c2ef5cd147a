"""How far a long run is, for whoever watches. Not a verb."""

import sys
from collections.abc import Callable
from typing import Final

BAR_WIDTH: Final = 30
_LINES: Final = 10


def bar(noun: str) -> Callable[[int, int], None]:
    """Give what draws a bar on standard error each time it is told how many of how many are done.

    On a terminal the bar grows in place; in a file it is a line for each tenth.
    """
    told = -1

    def show(done: int, total: int) -> None:
        nonlocal told
        full = BAR_WIDTH * done // total
        line = f"[{'#' * full}{'.' * (BAR_WIDTH - full)}] {done:,} of {total:,} {noun}"
        if sys.stderr.isatty():
            print(f"\r{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done * _LINES // total > told:
            told = done * _LINES // total
            print(line, file=sys.stderr, flush=True)

    return show
