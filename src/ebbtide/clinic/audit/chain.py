"""How audit events hang together. Imports no framework, so that `ebbtide verify` can use it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64  # what the first event names as the one before it

# The columns that the hash covers, in no particular order: the canonical form sorts them.
HASHED = (
    *("seq", "at", "actor", "verb", "outcome", "site_code"),
    *("patient_number", "object_type", "object_id", "detail"),
)


def stamp(at: datetime) -> str:
    """A moment as the hash sees it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(fields: Mapping[str, Any]) -> str:
    """The one JSON text of an event: sorted keys, no spaces, ASCII, `at` as `stamp` writes it."""
    return json.dumps(
        {name: fields[name] for name in HASHED},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )


def link(previous: str, fields: Mapping[str, Any]) -> str:
    """The hash of an event: SHA-256 over the hash before it, a newline and the event."""
    return hashlib.sha256(f"{previous}\n{canonical(fields)}".encode()).hexdigest()


def find_break(
    rows: Iterable[Mapping[str, Any]], *, head_length: int, head_hash: str
) -> str | None:
    """What is wrong first along the chain, in words, or None when it holds.

    Args:
        rows: events in the order of `seq`, each with the hashed fields,
            `previous` and `hash`.
        head_length: how many events the head says there are.
        head_hash: hash of the last event as the head has it.
    """
    expected_seq, previous = 1, FIRST
    for row in rows:
        if row["seq"] != expected_seq:
            return f"audit event {expected_seq} is missing"
        if row["previous"] != previous:
            return f"audit event {expected_seq} does not follow the one before it"
        if row["hash"] != link(previous, row):
            return f"audit event {expected_seq} was changed"
        expected_seq, previous = expected_seq + 1, row["hash"]
    if expected_seq - 1 != head_length:
        return f"audit event {expected_seq} is missing: the head counts {head_length}"
    if previous != head_hash:
        return f"the audit head does not name event {head_length}"
    return None
