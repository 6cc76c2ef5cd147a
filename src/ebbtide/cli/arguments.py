"""What the verbs' arguments have in common. Not a verb."""

import argparse
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, NoReturn

from ebbtide.cli import EXIT_USAGE, one_line
from ebbtide.science.units import not_negative, positive

_WITH_MINUS: Final = re.compile(r"-[\d.,;]")
_LONGEST_ECHO: Final = 40


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, and takes no option cut short."""

    def __init__(self, **settings: Any) -> None:
        """Take what `argparse.ArgumentParser` takes."""
        super().__init__(**{"allow_abbrev": False, **settings})

    def error(self, message: str) -> NoReturn:
        """Say the reason alone; the usage text before it would hide it."""
        self.exit(EXIT_USAGE, f"{self.prog}: {one_line(message)}\n")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Read a word such as -1,2,3 as a value, not as an option."""
        # What starts with a space is never taken for an option.
        words = [f" {word}" if _WITH_MINUS.match(word) else word for word in args or ()]
        return super().parse_known_args(words, namespace)


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """The option that every verb which tells something has."""
    parser.add_argument("--json", action="store_true", help="print for programs, not for people")


def amount(text: str) -> Decimal:
    """A number above 0, as it was typed."""
    return _checked(positive, text)


def amount_or_zero(text: str) -> Decimal:
    """A number of 0 or more, as it was typed."""
    return _checked(not_negative, text)


def _checked(check: Callable[[str, str], Decimal], text: str) -> Decimal:
    try:
        return check("it", text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def count(text: str) -> int:
    """A whole number of at least 1."""
    if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{echo(text)} is not a whole number of at least 1")
    return int(text)


def whole(text: str) -> int:
    """A whole number of at least 0."""
    if not re.fullmatch(r"\d{1,18}", text.strip(), re.ASCII):
        raise argparse.ArgumentTypeError(f"{echo(text)} is not a whole number of at least 0")
    return int(text)


def echo(text: str) -> str:
    """What was typed, quoted, and cut short where it is long."""
    typed = text.strip()
    return repr(typed if len(typed) <= _LONGEST_ECHO else f"{typed[:_LONGEST_ECHO]}…")
