"""Running the command in this process, as a person would see it."""

import contextlib
import io
import sys
from unittest.mock import patch

from ebbtide.cli import main

Told = tuple[int, str, str]


def ebbtide(*arguments: str, stdin: bytes = b"") -> Told:
    """Exit code, standard output and standard error of one call."""
    out, err = io.StringIO(), io.StringIO()
    fed = io.TextIOWrapper(io.BytesIO(stdin))
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "stdin", fed),
    ):
        try:
            code = main(list(arguments))
        except SystemExit as left:
            code = left.code
    return code, out.getvalue(), err.getvalue()


def is_well_behaved(told: Told) -> bool:
    """Whether it answered, or refused in one line; never a traceback, never silence."""
    code, out, err = told
    if code == 2:
        return out == "" and len(err.splitlines()) == 1
    return code in (0, 1) and out != "" and err == ""
