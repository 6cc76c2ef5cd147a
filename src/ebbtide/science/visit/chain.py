"""The chain that shows a changed, missing or reordered event.

Each event is one canonical JSON text, its *body*, which holds the hash of the
event before it in the visit. A second chain per site runs over all events of
all its visits, so that a removed visit shows too. Checking needs the stored
rows only: no clinic code, no database.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ebbtide.science.visit.events import Event, Kind, plain_payload, read_payload

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it lies in the database: the indexed columns beside the body."""

    id: UUID
    visit: UUID
    seq: int
    kind: str
    site: str
    site_seq: int
    body: str
    hash: str
    site_hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the record does not hold, in words."""

    site: str
    visit: str
    seq: int
    event: str
    problem: str

    def __str__(self) -> str:
        """Name the place, then the problem."""
        return (
            f"site {self.site}, visit {self.visit}, event {self.seq} ({self.event}): {self.problem}"
        )


def body_of(event: Event, *, previous_hash: str) -> str:
    """Give the canonical text of an event: sorted keys, no spaces, ASCII only."""
    return json.dumps(
        {
            "actor": event.actor,
            "happened_at": _iso(event.happened_at),
            "id": str(event.id),
            "kind": event.kind.value,
            "payload": plain_payload(event.payload),
            "previous": previous_hash,
            "recorded_at": _iso(event.recorded_at),
            "seq": event.seq,
            "visit": str(event.visit),
        },
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )


def event_of(body: str) -> Event:
    """Read an event back from its body."""
    data: dict[str, Any] = json.loads(body)
    kind = Kind(data["kind"])
    return Event(
        id=UUID(data["id"]),
        visit=UUID(data["visit"]),
        seq=data["seq"],
        kind=kind,
        actor=data["actor"],
        happened_at=datetime.fromisoformat(data["happened_at"]),
        recorded_at=datetime.fromisoformat(data["recorded_at"]),
        payload=read_payload(kind, data["payload"]),
    )


def hash_of(body: str) -> str:
    """SHA-256 of a body, as 64 hexadecimal digits."""
    return hashlib.sha256(body.encode("ascii", "backslashreplace")).hexdigest()


def site_hash_of(*, previous: str, site: str, site_seq: int, event_hash: str) -> str:
    """Link an event into its site's chain."""
    return hash_of(f"{previous}|{site}|{site_seq}|{event_hash}")


def breaks(rows: Iterable[StoredEvent]) -> Iterator[Break]:
    """Walk one site's rows in the order of `site_seq` and name every break.

    The walk goes on after a break from what the row itself claims, so one
    changed byte is one or two breaks, not a break at each later row.
    """
    heads: dict[UUID, tuple[int, str]] = {}
    site_seq, site_head = 0, GENESIS
    for row in rows:
        if row.site_seq != site_seq + 1:
            gap = f"{row.site_seq - site_seq - 1} event(s) of the site are missing before it"
            yield _broken(
                row, gap if row.site_seq > site_seq else "out of order in the site's chain"
            )
        elif row.site_hash != site_hash_of(
            previous=site_head, site=row.site, site_seq=row.site_seq, event_hash=row.hash
        ):
            yield _broken(row, "does not follow the event before it in the site's chain")
        seq, head = heads.get(row.visit, (0, GENESIS))
        problem = _row_problem(row, seq=seq, head=head)
        if problem:
            yield _broken(row, problem)
        heads[row.visit] = (row.seq, row.hash)
        site_seq, site_head = row.site_seq, row.site_hash


def _row_problem(row: StoredEvent, *, seq: int, head: str) -> str:
    if hash_of(row.body) != row.hash:
        return "its content was changed after it was recorded"
    try:
        data: Mapping[str, Any] = json.loads(row.body)
    except ValueError:
        data = {}
    if not isinstance(data, dict) or not data:
        return "its content cannot be read"
    claimed = (data.get("id"), data.get("visit"), data.get("seq"), data.get("kind"))
    if claimed != (str(row.id), str(row.visit), row.seq, row.kind):
        return "its index does not agree with its content"
    if row.seq != seq + 1:
        return (
            "an event of the visit is missing before it" if row.seq > seq else "it is out of order"
        )
    if data.get("previous") != head:
        return "it does not follow the event before it in the visit"
    return ""


def _broken(row: StoredEvent, problem: str) -> Break:
    return Break(row.site, str(row.visit), row.seq, row.kind, problem)


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment in the record needs its zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
