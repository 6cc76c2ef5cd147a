"""What the verbs' arguments have in common. Not a verb."""

import argparse
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, NoReturn

from ebbtide.cli import EXIT_USAGE, one_line
from ebbtide.science.units import not_negative, positive

_LONGEST_ECHO: Final = 40


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, and takes no option cut short."""

    def __init__(self, **settings: Any) -> None:
        """Take what `argparse.ArgumentParser` takes."""
        super().__init__(**{"allow_abbrev": False, **settings})
        # Words such as -1,2,3 are values, not options; argparse itself knows plain numbers only.
        self._negative_number_matcher = re.compile(r"-[\d.,;]")
        for name in (None, "store"):
            self.register("action", name, _Once)

    def error(self, message: str) -> NoReturn:
        """Say the reason alone; the usage text before it would hide it."""
        self.exit(EXIT_USAGE, f"{self.prog}: {one_line(message)}\n")


class _Once(argparse.Action):
    """Keep a value, and refuse a second: two weights on one line are a slip, not a correction."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        given: set[str] = vars(namespace).setdefault("_given", set())
        if option_string and self.dest in given:
            parser.error(f"argument {option_string} is there twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


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
    """A whole number from 1 to 999,999,999."""
    return _whole(text, least=1, digits=9)


def whole(text: str) -> int:
    """A whole number of at least 0, of 18 digits at most."""
    return _whole(text, least=0, digits=18)


def _whole(text: str, *, least: int, digits: int) -> int:
    if not re.fullmatch(rf"\d{{1,{digits}}}", text.strip(), re.ASCII) or int(text) < least:
        raise argparse.ArgumentTypeError(
            f"{echo(text)} is not a whole number of at least {least} and {digits} digits at most"
        )
    return int(text)


def echo(text: str) -> str:
    """What was typed, quoted, and cut short where it is long."""
    typed = text.strip()
    return repr(typed if len(typed) <= _LONGEST_ECHO else f"{typed[:_LONGEST_ECHO]}…")
