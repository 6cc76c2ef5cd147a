"""Reading a site's events one after another, past what is damaged."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from ebbtide.cli.verify.database import Database, DatabaseError
from ebbtide.cli.verify.faults import Fault
from ebbtide.science.visit.chain import StoredEvent

DAMAGED = "it cannot be read: the database file is damaged there"
MOST_DAMAGED = 100  # each costs a connection; more names tell no more

_EVENTS = """
    SELECT id, visit_id, seq, kind, site_code, site_seq, body, hash, site_hash
    FROM infusions_visitevent WHERE site_code = ? AND site_seq > ? ORDER BY site_seq
"""
# These two need an index alone, which is whole where the event itself is not.
_NEXT = """
    SELECT site_seq, rowid
    FROM infusions_visitevent WHERE site_code = ? AND site_seq > ? ORDER BY site_seq LIMIT 1
"""
_NAMES = "SELECT rowid, visit_id, seq FROM infusions_visitevent ORDER BY visit_id, seq"


def rows_of(
    connection: Any, database: Database, site: str, faults: list[Fault]
) -> Iterator[StoredEvent]:
    """A site's events in the order of its chain; those that cannot be read become faults."""
    reached = 0
    rows = _each(connection, site)
    for _ in range(MOST_DAMAGED):
        try:
            for values in rows:
                reached = values[5]
                yield from _stored(values, faults)
        except DatabaseError:
            try:
                place, rowid = database.rows(_NEXT, (site, reached))[0]
            except (DatabaseError, IndexError):
                break
            if not _is_readable(database, rowid):
                faults.append(_damaged(database, site, place=place, rowid=rowid))
                reached = place
            rows = database.each(_EVENTS, (site, reached))
        else:
            return
    problem = f"after event {reached} of the site: the database file is damaged, no more is read"
    faults.append(Fault(problem=problem, site=site))


def _each(connection: Any, site: str) -> Iterator[tuple[Any, ...]]:
    yield from connection.execute(_EVENTS, (site, 0))


def _is_readable(database: Database, rowid: int) -> bool:
    """Whether one event can be read when nothing else spoils the connection."""
    try:
        database.rows("SELECT length(body) FROM infusions_visitevent WHERE rowid = ?", (rowid,))
    except DatabaseError:
        return False
    return True


def _damaged(database: Database, site: str, *, place: int, rowid: int) -> Fault:
    """Name an event whose row cannot be read."""
    try:
        names = {row: (visit, seq) for row, visit, seq in database.rows(_NAMES)}
        visit, seq = names[rowid]
        return Fault(problem=DAMAGED, site=site, visit=str(UUID(visit)), seq=seq)
    except (DatabaseError, KeyError, ValueError):
        return Fault(problem=f"event {place} of the site: {DAMAGED}", site=site)


def _stored(values: tuple[Any, ...], faults: list[Fault]) -> Iterator[StoredEvent]:
    event, visit, seq, kind, site, site_seq, body, digest, site_hash = values
    try:
        yield StoredEvent(
            UUID(event), UUID(visit), int(seq), str(kind), site, int(site_seq),
            str(body), str(digest), str(site_hash),
        )  # fmt: skip
    except (AttributeError, TypeError, ValueError):
        problem = f"event {site_seq} of the site: its index cannot be read"
        faults.append(Fault(problem=problem, site=site))
