"""The `ebbtide` command: one module per verb, loaded when asked for."""

import importlib
import os
import sys
from collections.abc import Sequence

EXIT_FAILED = 1
EXIT_USAGE = 2

VERBS = {
    "demo": "make, fill and serve a made-up clinic on this machine",
    "serve": "start the server on a data folder",
    "migrate": "bring a data folder's database up to date",
    "demo-data": "fill a data folder with a made-up clinic group",
    "recording": "inspect or convert a monitor recording",
    "verify": "check that no event of the record was changed, lost or moved",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns its exit code; errors are one line, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    verb = arguments[0] if arguments else "--help"
    if verb in ("-h", "--help"):
        print(usage())
        return 0
    if verb not in VERBS:
        print(f"ebbtide: unknown verb {verb!r}; try: ebbtide --help", file=sys.stderr)
        return EXIT_USAGE
    try:
        module = importlib.import_module(f"ebbtide.cli.{verb.replace('-', '_')}")
        return int(module.run(arguments[1:]))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("EBBTIDE_TRACEBACK"):
            raise
        print(f"ebbtide {verb}: {one_line(error)}", file=sys.stderr)
        return EXIT_FAILED


def usage() -> str:
    """What the command can do."""
    width = max(len(verb) for verb in VERBS)
    lines = [f"  {verb:<{width}}  {purpose}" for verb, purpose in VERBS.items()]
    return "\n".join(("usage: ebbtide VERB [options]", "", *lines, "", "ebbtide VERB --help"))


def one_line(error: Exception) -> str:
    """An error in one line; its type only where it has no words of its own."""
    return " ".join(str(error).split()) or type(error).__name__
