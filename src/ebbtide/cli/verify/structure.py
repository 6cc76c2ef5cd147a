"""What guards the record: the triggers that refuse a change, and the pages of the file."""

import re
from collections.abc import Iterator

from ebbtide.cli.verify.database import Database, DatabaseError, UnreadableError
from ebbtide.cli.verify.faults import Fault

_REFUSES = r"BEFORE {act} ON {table}\s+{when}BEGIN\s+SELECT RAISE\(ABORT,"
_GROWS = r"WHEN NEW\.length <> OLD\.length \+ 1\s+"

# Trigger, the act it refuses, its table, its only condition.
_TRIGGERS = (
    ("infusions_visitevent_no_update", "UPDATE", "infusions_visitevent", ""),
    ("infusions_visitevent_no_delete", "DELETE", "infusions_visitevent", ""),
    ("audit_event_no_update", "UPDATE", "audit_auditevent", ""),
    ("audit_event_no_delete", "DELETE", "audit_auditevent", ""),
    ("audit_head_no_delete", "DELETE", "audit_audithead", ""),
    ("audit_head_only_grows", "UPDATE", "audit_audithead", _GROWS),
)


def trigger_faults(database: Database) -> Iterator[Fault]:
    """Triggers that are not there, or no longer refuse what they should."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    found = dict(database.rows(query))
    for name, act, table, when in _TRIGGERS:
        refuses = _REFUSES.format(act=act, table=table, when=when)
        if not re.search(refuses, found.get(name) or ""):
            yield Fault(problem=f"the database no longer refuses {act} on {table} ({name})")


def page_faults(database: Database) -> Iterator[Fault]:
    """Damaged pages of the file, and indexes that do not fit their tables."""
    try:
        damaged = _damaged_pages(database)
        if damaged:  # a page being written may look damaged; it is whole a moment later
            damaged &= _damaged_pages(database)
        for words in sorted(damaged):
            yield Fault(problem=f"the database file is damaged: {words}")
        if not damaged:
            for (words,) in database.rows("PRAGMA integrity_check(20)"):
                if words != "ok":
                    yield Fault(problem=f"the database file is damaged: {words}")
    except (DatabaseError, UnreadableError) as error:
        yield Fault(problem=f"the database file is damaged: {error}")


def _damaged_pages(database: Database) -> set[str]:
    return {words for (words,) in database.rows("PRAGMA cipher_integrity_check")}
