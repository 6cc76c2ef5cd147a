"""The database file, opened to be read and nothing else."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlite

DatabaseError: Final = sqlite.DatabaseError
_KEY_DIGITS: Final = frozenset("0123456789abcdef")


class UnreadableError(Exception):
    """There is nothing that could be checked; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A data folder's database and what opens it."""

    folder: Path
    key: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / "ebbtide.db"

    @property
    def is_at_rest(self) -> bool:
        """Whether no server has it open; then it is read without leaving files beside it."""
        return not Path(f"{self.path}-wal").exists()

    @contextmanager
    def snapshot(self) -> Iterator[Any]:
        """A connection that sees one moment of the database throughout.

        Raises:
            UnreadableError: The file is no database, or the key is another's.
        """
        mode = "immutable=1" if self.is_at_rest else "mode=ro"
        try:
            connection = sqlite.connect(
                f"{self.path.as_uri()}?{mode}", uri=True, isolation_level=None
            )
        except DatabaseError as error:
            raise UnreadableError(f"{self.path} cannot be opened: {error}.") from None
        with closing(connection):
            try:
                connection.execute("PRAGMA cipher_log_level = NONE")
                connection.execute(f"PRAGMA key = \"x'{self.key}'\"")
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except DatabaseError as error:
                if "not a database" in str(error):
                    problem = f"The key does not open {self.path}, or it is no database."
                else:
                    problem = f"{self.path} is damaged where its tables are listed: {error}."
                raise UnreadableError(problem) from None
            yield connection

    def each(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of one query on a connection of its own: a damaged page spoils the one it met.

        Raises:
            DatabaseError: A page it needs is damaged.
        """
        with self.snapshot() as connection:
            yield from connection.execute(query, values)

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one query, all at once; raises as `each` does."""
        return list(self.each(query, values))


def find_database(folder: Path) -> Database:
    """The database of a data folder, with its key from `EBBTIDE_KEY_FILE` or beside the folder.

    Raises:
        UnreadableError: The folder, the database or the key is not there.
    """
    if not folder.is_dir():
        raise UnreadableError(f"There is no folder {folder}.")
    named = os.environ.get("EBBTIDE_KEY_FILE")
    key_file = Path(named).expanduser().absolute() if named else Path(f"{folder}.key")
    database = Database(folder=folder, key=_read_key(key_file))
    if not database.path.is_file():
        raise UnreadableError(f"There is no database {database.path}.")
    return database


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        raise UnreadableError(
            f"The key file {path} cannot be read; EBBTIDE_KEY_FILE may name another."
        ) from None
    if len(key) != 64 or not set(key) <= _KEY_DIGITS:
        raise UnreadableError(f"The key file {path} must hold 64 hexadecimal digits.")
    return key
