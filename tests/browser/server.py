"""The real server in a process of its own, so that a test can kill it and start it again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlcipher3 import dbapi2 as sqlite

from ebbtide.cli.demo_data import LOGINS

READY_WITHIN_S = 240  # a first start fills the clinic, on a machine that does much else
ENDED_WITHIN_S = 30
PASSWORD = LOGINS[0][2]


class Server:
    """`ebbtide demo` on a data folder of its own, at one address over its deaths."""

    def __init__(self, folder: Path, *, speed: float = 1, recording: Path | None = None) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.speed = speed
        self.recording = recording
        self._log = folder / "server.log"
        self._process: subprocess.Popen | None = None

    def copy_from(self, filled: "Server") -> "Server":
        """Take over a clinic that another server filled and left."""
        shutil.copytree(filled.data, self.data)
        shutil.copy(filled.key, self.key)
        return self

    def start(self) -> "Server":
        """Start and wait until pages are answered."""
        command = [*(sys.executable, "-m", "ebbtide.cli", "demo"), "--port", str(self.port)]
        command += ["--data", str(self.data), "--speed", str(self.speed)]
        if self.recording:
            command += ["--recording", str(self.recording)]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command, env=_environment(), stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_it_answers()
        return self

    def kill(self) -> None:
        """Take the process away without a word of warning."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(ENDED_WITHIN_S)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Leave the process where it stands: connections stay open and nothing comes."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server as its owner would; one that died already stays dead."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    @property
    def key(self) -> Path:
        """The file with the database's key."""
        return self.data.with_name(f"{self.data.name}.key")

    @property
    def log(self) -> str:
        """All that the server has said."""
        return self._log.read_text() if self._log.exists() else ""

    @contextmanager
    def database(self) -> Iterator[Any]:
        """The database, opened by somebody who has the key; what is done there is kept."""
        connection = sqlite.connect(str(self.data / "ebbtide.db"), isolation_level=None, timeout=30)
        with closing(connection):
            connection.execute(f"PRAGMA key = \"x'{self.key.read_text().strip()}'\"")
            yield connection

    def rows(self, query: str, *values: object) -> list[tuple]:
        """The rows of a query, as they are on the disk now."""
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def newest_visit(self, site: str, room: str) -> str:
        """The identifier of the newest visit in a room."""
        query = """
            SELECT visit.id FROM infusions_visit visit
            JOIN sites_chair chair ON chair.id = visit.chair_id
            JOIN sites_room room ON room.id = chair.room_id
            JOIN sites_site site ON site.id = visit.site_id
            WHERE site.code = ? AND room.name = ? ORDER BY visit.created_at DESC LIMIT 1"""
        return str(UUID(self.rows(query, site, room)[0][0]))

    def verify(self) -> subprocess.CompletedProcess:
        """Check the record by the command that knows no web framework."""
        command = [*(sys.executable, "-m", "ebbtide.cli", "verify"), "--data", str(self.data)]
        return subprocess.run(
            command, env=_environment(), capture_output=True, text=True, check=False, timeout=120
        )

    def _wait_until_it_answers(self) -> None:
        give_up = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < give_up:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/account/login/", timeout=10).close()
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server did not come up:\n{self.log}")


def _environment() -> dict[str, str]:
    """The environment without what the tests of the clinic set for themselves."""
    ours = ("EBBTIDE_", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
