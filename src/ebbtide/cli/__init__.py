"""The `ebbtide` command: one module per verb, loaded when asked for."""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

EXIT_FAILED = 1
EXIT_USAGE = 2

SCIENCE = {
    "dose": "what to draw up and what to set on the pump",
    "simulate": "levels over time in a typical patient, from a scenario",
    "population": "how far levels differ between patients given the same",
    "models": "the published models, whom they hold for and what is doubtful",
    "screen": "what a patient's history and medicines mean for an infusion",
    "score": "score a questionnaire",
}
CLINIC = {
    "demo": "make, fill and serve a made-up clinic on this machine",
    "serve": "start the server on a data folder",
    "migrate": "bring a data folder's database up to date",
    "demo-data": "fill a data folder with a made-up clinic group",
    "recording": "inspect or convert a monitor recording",
    "alarms": "every alarm of a recording, as a second display would raise it",
    "episodes": "count the plain runs of a recording beyond a number",
    "verify": "check that no event of the record was changed, lost or moved",
}
VERBS = SCIENCE | CLINIC


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns its exit code; errors are one line, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # not every terminal has every letter
    try:
        try:
            return _run(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where a full disk can still be answered in one line
    except BrokenPipeError:
        _let_go_of_output()  # the reader has seen enough, as `head` does
        return EXIT_FAILED
    except OSError as error:
        _let_go_of_output()
        print(f"ebbtide: {one_line(error)}", file=sys.stderr)
        return EXIT_FAILED


def _run(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else "--help"
    if verb in ("-h", "--help"):
        print(usage())
        return 0
    if verb == "--version":
        print(version())
        return 0
    if verb not in VERBS:
        print(f"ebbtide: unknown verb {verb!r}; try: ebbtide --help", file=sys.stderr)
        return EXIT_USAGE
    try:
        module = importlib.import_module(f"ebbtide.cli.{verb.replace('-', '_')}")
        return int(module.run(arguments[1:]))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("EBBTIDE_TRACEBACK"):
            raise
        print(f"ebbtide {verb}: {one_line(error)}", file=sys.stderr)
        # A contract was broken, and the caller is who typed it.
        return EXIT_USAGE if isinstance(error, ValueError) else EXIT_FAILED


def usage() -> str:
    """What the command can do."""
    width = max(len(verb) for verb in VERBS)
    groups = (("The science, with nothing else installed:", SCIENCE), ("The clinic:", CLINIC))
    lines = ["usage: ebbtide VERB [options]"]
    for title, verbs in groups:
        lines += ["", title, *(f"  {verb:<{width}}  {purpose}" for verb, purpose in verbs.items())]
    return "\n".join((*lines, "", "ebbtide VERB --help, ebbtide --version"))


def version() -> str:
    """The name and version of what is installed."""
    from importlib.metadata import version as installed

    return f"ebbtide {installed('ebbtide')}"


def one_line(error: object) -> str:
    """An error in one line that any terminal takes; its type where it has no words of its own."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _let_go_of_output() -> None:
    """Send what is still buffered nowhere, or the interpreter complains when it ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
