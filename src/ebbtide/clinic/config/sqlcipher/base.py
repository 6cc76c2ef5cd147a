"""The stock SQLite backend over SQLCipher, with a key, safe settings and a write lock."""

import datetime as dt
import decimal
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import tee
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as stock
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]
    register as register_functions,
)
from django.db.utils import OperationalError
from django.utils.asyncio import async_unsafe
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2 as Database  # noqa: N812, Django's name for it

from ebbtide.clinic.config.sqlcipher.features import DatabaseFeatures
from ebbtide.clinic.config.sqlcipher.turns import FairLock

# Earlier libraries can lose a committed transaction in WAL mode.
OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 20.0
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
KEY_FORM = re.compile(r"[0-9a-f]{64}")

# One lock per database file. Without it waiting writers poll, and the slowest waits for long.
_write_locks: defaultdict[str, FairLock] = defaultdict(FairLock)

Database.register_converter("bool", b"1".__eq__)
Database.register_converter("date", stock.decoder(parse_date))
Database.register_converter("time", stock.decoder(parse_time))
Database.register_converter("datetime", stock.decoder(parse_datetime))
Database.register_converter("timestamp", stock.decoder(parse_datetime))
Database.register_adapter(decimal.Decimal, str)
Database.register_adapter(dt.date, stock.adapt_date)
Database.register_adapter(dt.datetime, stock.adapt_datetime)


def check_library(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that can lose commits."""
    if version < OLDEST_SQLITE:
        found, oldest = (".".join(map(str, v)) for v in (version, OLDEST_SQLITE))
        raise ImproperlyConfigured(
            f"SQLite {found} can lose committed data; install sqlcipher3 with {oldest} or later."
        )


class DatabaseWrapper(stock.DatabaseWrapper):
    """Connections that are keyed, durable and take turns to write."""

    Database = Database
    features_class = DatabaseFeatures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds_write_lock = False

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["detect_types"] = Database.PARSE_DECLTYPES | Database.PARSE_COLNAMES
        self.key = params.pop("key", "")
        if not KEY_FORM.fullmatch(self.key):
            raise ImproperlyConfigured("The database has no key of 64 hexadecimal digits.")
        params.setdefault("timeout", BUSY_TIMEOUT_S)
        return params

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        check_library(Database.sqlite_version_info)
        connection = Database.connect(**conn_params)
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to stderr
            connection.execute(f"PRAGMA key = \"x'{self.key}'\"")
            connection.execute("SELECT count(*) FROM sqlite_master")
            register_functions(connection)
            for pragma in (
                "foreign_keys = ON",
                "legacy_alter_table = OFF",
                "journal_mode = WAL",
                "synchronous = FULL",
                "temp_store = MEMORY",  # a temporary file would hold patient data in the clear
            ):
                connection.execute(f"PRAGMA {pragma}")
        except Database.DatabaseError as error:
            connection.close()
            if "not a database" in str(error):
                raise ImproperlyConfigured(
                    f"The key does not open the database {conn_params['database']}."
                ) from None
            raise
        return connection

    def create_cursor(self, name: str | None = None) -> Any:  # noqa: ARG002, Django's signature
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        self._take_write_lock()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_write_lock_back()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc] # a rollback follows if this fails
        self._give_write_lock_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_write_lock_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._give_write_lock_back()

    def _take_write_lock(self) -> None:
        if not self._write_lock.acquire(timeout_s=BUSY_TIMEOUT_S):
            raise OperationalError(f"The database was busy for {BUSY_TIMEOUT_S:g} s.")
        self._holds_write_lock = True

    def _give_write_lock_back(self) -> None:
        if self._holds_write_lock:
            self._holds_write_lock = False
            self._write_lock.release()

    @property
    def _write_lock(self) -> FairLock:
        return _write_locks[str(self.settings_dict["NAME"])]

    def write_once(self, query: str, run: Any) -> Any:
        """Run one statement; alone and writing, it waits for its turn like a transaction."""
        if self._holds_write_lock or self.connection.in_transaction or not WRITES.match(query):
            return run()
        self._take_write_lock()
        try:
            return run()
        finally:
            self._give_write_lock_back()


class Cursor(Database.Cursor):  # type: ignore[misc]
    """Turns Django's placeholders into SQLite's, as the stock cursor does."""

    wrapper: DatabaseWrapper
    convert_query = stock.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        run = super().execute
        if params is None:
            return self.wrapper.write_once(query, lambda: run(query))
        names = list(params) if isinstance(params, Mapping) else None
        query = self.convert_query(query, param_names=names)
        return self.wrapper.write_once(query, lambda: run(query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        run = super().executemany
        peekable, rows = tee(iter(param_list))
        first = next(peekable, None)
        names = list(first) if isinstance(first, Mapping) else None
        query = self.convert_query(query, param_names=names)
        return self.wrapper.write_once(query, lambda: run(query, rows))
