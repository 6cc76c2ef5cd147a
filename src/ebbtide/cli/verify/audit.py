"""The audit log's own chain, and what it says against the record."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ebbtide.cli.verify.database import DatabaseError
from ebbtide.cli.verify.faults import Fault
from ebbtide.clinic.audit import chain

_STEP = 20_000
_CHECK_IN = ("visit.checked_in", "done", "infusions.visitevent")


def audit_faults(
    connection: Any, *, check_ins: Mapping[str, UUID], progress: Callable[[int, int, str], None]
) -> Iterator[Fault]:
    """What is wrong first along the log, and visits it knows under another patient.

    Args:
        connection: One moment of the database.
        check_ins: The visit that each check-in event opened.
        progress: Told how many of how many are checked.
    """
    patients: dict[UUID, str] = {}
    try:
        head = connection.execute("SELECT length, hash FROM audit_audithead").fetchone()
        length, head_hash = head or (0, "")
        rows = _told(_rows(connection), length, progress)
        found = chain.find_break(
            _noting(rows, check_ins, patients), head_length=length, head_hash=head_hash
        )
        if found:
            yield Fault(problem=found)
        yield from _patient_faults(connection, patients)
    except DatabaseError:
        yield Fault(problem="the audit log cannot be read to its end: the file is damaged")


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
    rows: Iterator[dict[str, Any]], total: int, progress: Callable[[int, int, str], None]
) -> Iterator[dict[str, Any]]:
    done = 0
    for done, row in enumerate(rows, start=1):
        if done % _STEP == 0:
            progress(done, total, "audit events")
        yield row
    progress(done, done, "audit events")


def _noting(
    rows: Iterator[dict[str, Any]], check_ins: Mapping[str, UUID], patients: dict[UUID, str]
) -> Iterator[dict[str, Any]]:
    """Keep whose visit each check-in was."""
    for row in rows:
        visit = check_ins.get(row["object_id"])
        if visit and (row["verb"], row["outcome"], row["object_type"]) == _CHECK_IN:
            patients[visit] = row["patient_number"]
        yield row


def _patient_faults(connection: Any, patients: Mapping[UUID, str]) -> Iterator[Fault]:
    """A visit that was moved to another patient: nothing in its events would show it."""
    query = (
        "SELECT v.id, p.number FROM infusions_visit v JOIN people_patient p ON p.id = v.patient_id"
    )
    for visit, number in connection.execute(query):
        if patients.get(UUID(visit), number) != number:
            problem = "the visit is filed under another patient than at its check-in"
            yield Fault(problem=problem, visit=str(UUID(visit)))
