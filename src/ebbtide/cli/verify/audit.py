"""The audit log's own chain, and what it says against the record."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ebbtide.cli.verify.database import Database, DatabaseError
from ebbtide.cli.verify.faults import Fault
from ebbtide.clinic.audit import chain

Progress = Callable[[int, int, str], None]
_STEP = 20_000
_CHECK_IN = ("visit.checked_in", "done", "infusions.visitevent")


def audit_faults(
    database: Database, *, check_ins: Mapping[str, tuple[UUID, str]], progress: Progress
) -> Iterator[Fault]:
    """What is wrong first along the log, and visits it knows under another patient.

    Args:
        database: Of the data folder.
        check_ins: By check-in event, the visit it opened and the patient's number now.
        progress: Told how many of how many are checked.
    """
    moved: list[Fault] = []
    try:
        with database.snapshot() as connection:
            head = connection.execute("SELECT length, hash FROM audit_audithead").fetchone()
            length, head_hash = head or (0, "")
            rows = _told(_rows(connection), length, progress)
            found = chain.find_break(
                _compared(rows, check_ins, moved), head_length=length, head_hash=head_hash
            )
    except DatabaseError:
        found = "the audit log cannot be read to its end: the database file is damaged"
    if found:
        yield Fault(problem=found)
    yield from moved


def _rows(connection: Any) -> Iterator[dict[str, Any]]:
    cursor = connection.execute("SELECT * FROM audit_auditevent ORDER BY seq")
    names = [column[0] for column in cursor.description]
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        yield row | {"at": _stamp(row["at"]), "detail": _read(row["detail"])}


def _stamp(text: Any) -> Any:
    """The moment as it was hashed; what is no moment stays, and will not fit its hash."""
    try:
        return chain.stamp(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except (TypeError, ValueError):
        return text


def _read(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _told(
    rows: Iterator[dict[str, Any]], total: int, progress: Progress
) -> Iterator[dict[str, Any]]:
    done = 0
    for done, row in enumerate(rows, start=1):
        if done % _STEP == 0:
            progress(done, total, "audit events")
        yield row
    progress(done, done, "audit events")


def _compared(
    rows: Iterator[dict[str, Any]], check_ins: Mapping[str, tuple[UUID, str]], moved: list[Fault]
) -> Iterator[dict[str, Any]]:
    """Find visits that were moved to another patient: their events would not show it."""
    for row in rows:
        if (row["verb"], row["outcome"], row["object_type"]) == _CHECK_IN:
            visit, number = check_ins.get(row["object_id"], (None, ""))
            if visit and number != row["patient_number"]:
                problem = "the visit is filed under another patient than at its check-in"
                moved.append(Fault(problem=problem, site=row["site_code"], visit=str(visit)))
        yield row
