"""The record of a visit on paper: one PDF, the same bytes for the same content."""

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

from ebbtide.science.plain import to_plain

if TYPE_CHECKING:
    from ebbtide.clinic.infusions.paper.content import RecordContent

_LONGEST_S: Final = 30
_RENDERER: Final = "ebbtide.clinic.infusions.paper.render"
_turn = threading.Lock()  # one at a time, so that many prints at once do not fill the memory


class PaperError(Exception):
    """The record could not be set.

    Attributes:
        permanent: The same content fails again; otherwise a later try may succeed.
    """

    def __init__(self, message: str, *, permanent: bool) -> None:
        """Keep whether another try is worth it."""
        super().__init__(message)
        self.permanent = permanent


def signed_record_pdf(content: "RecordContent") -> bytes:
    """Set a visit's record as a PDF.

    It is set in a process of its own, which gives back its memory when done and
    cannot take the server down with it.

    Raises:
        PaperError: The record could not be set.
    """
    done = _rendered(json.dumps(to_plain(content)).encode())
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with {done.returncode}"
        raise PaperError(f"the record could not be set: {reason}", permanent=done.returncode > 0)
    return done.stdout


def _rendered(text: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-P", "-m", _RENDERER]
    try:
        with _turn:
            return subprocess.run(  # noqa: S603 -- our own module, by this interpreter
                command, input=text, capture_output=True, check=False, timeout=_LONGEST_S
            )
    except subprocess.TimeoutExpired as late:
        raise PaperError(f"setting the record took over {_LONGEST_S} s", permanent=False) from late
    except OSError as error:
        raise PaperError(f"the renderer did not start: {error}", permanent=False) from error
