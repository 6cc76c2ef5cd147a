"""Everything that must hold of a stored record, the events before all else."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from ebbtide.cli.verify.anchors import Anchors, read_anchors
from ebbtide.cli.verify.audit import audit_faults
from ebbtide.cli.verify.database import Database, DatabaseError, UnreadableError
from ebbtide.cli.verify.events import rows_of
from ebbtide.cli.verify.faults import Fault
from ebbtide.cli.verify.structure import page_faults, trigger_faults
from ebbtide.science.visit.chain import GENESIS, StoredEvent, breaks

Progress = Callable[[int, int, str], None]
"""Told how many are checked, of how many, and of what."""

_STEP = 20_000
_COUNT = "SELECT count(*) FROM infusions_visitevent"
_SITES = "SELECT DISTINCT site_code FROM infusions_visitevent"
_HEADS = "SELECT site_code, length, head FROM infusions_sitechain"
_VISITS = """
    SELECT v.id, s.code, p.number FROM infusions_visit v
    LEFT JOIN sites_site s ON s.id = v.site_id LEFT JOIN people_patient p ON p.id = v.patient_id
"""
_NEEDED = frozenset(
    {"infusions_visit", "infusions_visitevent", "infusions_sitechain", "audit_auditevent"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was read, and what does not hold."""

    events: int
    visits: int
    sites: int
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Walk:
    """What is learnt on the way through the events.

    Attributes:
        sites_of_visits: Where each event's visit was met.
        check_ins: The visit that each first event opens.
        last: The newest event met.
    """

    faults: list[Fault]
    progress: Callable[[int], None]
    events: int = 0
    sites_of_visits: dict[UUID, str] = field(default_factory=dict)
    check_ins: dict[str, UUID] = field(default_factory=dict)
    last: StoredEvent | None = None

    def pass_on(self, rows: Iterator[StoredEvent], anchors: Anchors) -> Iterator[StoredEvent]:
        """Note each event on its way to the chain's check."""
        self.last = None
        for row in rows:
            self.last = row
            self.events += 1
            self.sites_of_visits.setdefault(row.visit, row.site)
            if row.seq == 1:
                self.check_ins[str(row.id)] = row.visit
            self.faults += anchors.contradicted_by(row)
            if self.events % _STEP == 0:
                self.progress(self.events)
            yield row


def check(database: Database, *, progress: Progress) -> Report:
    """Check the whole record of a data folder.

    Raises:
        UnreadableError: It cannot be opened, or holds no record of visits.
    """
    was_at_rest = database.is_at_rest
    report = _check(database, progress)
    if report.faults and was_at_rest and not database.is_at_rest:
        return _check(database, progress)  # a server started and moved pages about
    return report


def _check(database: Database, progress: Progress) -> Report:
    # First, for an anchor is written after its event: one read later could be ahead.
    anchors, faults = read_anchors(database.folder / "anchors")
    with database.snapshot() as connection:
        _expect_record(connection, database)
        ask = partial(_ask, connection, database, faults)
        total = sum(count for (count,) in ask(_COUNT))
        walk = Walk(faults=faults, progress=lambda done: progress(done, total, "events"))
        heads = {site: (length, head) for site, length, head in ask(_HEADS)}
        visits = {UUID(visit): (site or "", patient) for visit, site, patient in ask(_VISITS)}
        sites = sorted({site for (site,) in ask(_SITES)} | heads.keys() | anchors.keys())
        for site in sites:
            _check_site(connection, database, walk, site, anchors.get(site, Anchors()))
            faults += _head_faults(site, heads.get(site), walk.last)
        walk.progress(walk.events)
    faults += _visit_faults({visit: site for visit, (site, _) in visits.items()}, walk)
    opened = {
        event: (visit, visits[visit][1])
        for event, visit in walk.check_ins.items()
        if visit in visits
    }
    faults += audit_faults(database, check_ins=opened, progress=progress)
    faults += trigger_faults(database)
    faults += page_faults(database)
    return Report(
        events=walk.events,
        visits=len(walk.sites_of_visits),
        sites=len(sites),
        faults=tuple(faults),
    )


def _expect_record(connection: Any, database: Database) -> None:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if not names >= _NEEDED:
        raise UnreadableError(f"{database.path} holds no record of visits.")


def _ask(
    connection: Any, database: Database, faults: list[Fault], query: str
) -> list[tuple[Any, ...]]:
    """A small table at the moment of the check; a damaged one is a fault, not the end."""
    with suppress(DatabaseError):
        return list(connection.execute(query))
    try:
        return database.rows(query)  # the connection may be spoilt by another page
    except DatabaseError:
        table = query.partition("FROM ")[2].split()[0]
        faults.append(Fault(problem=f"{table} cannot be read: the database file is damaged"))
        return []


def _check_site(
    connection: Any, database: Database, walk: Walk, site: str, anchors: Anchors
) -> None:
    rows = rows_of(connection, database, site, walk.faults)
    for found in breaks(walk.pass_on(rows, anchors)):
        walk.faults.append(Fault.of(found))
    walk.faults += anchors.left_over(site, after=walk.last.site_seq if walk.last else 0)


def _head_faults(
    site: str, head: tuple[int, str] | None, last: StoredEvent | None
) -> Iterator[Fault]:
    """Hold a site's last event to the head, which shows a cut-off tail."""
    if head is None:
        yield Fault(problem="the head of the site's chain is missing", site=site)
        return
    length, digest = head
    reached, reached_hash = (last.site_seq, last.site_hash) if last else (0, GENESIS)
    if length > reached:
        problem = (
            f"event(s) {reached + 1} to {length} of the site are missing: its head counts them"
        )
        yield Fault(problem=problem, site=site)
    elif length < reached:
        yield Fault(problem=f"the site's head counts {length} of {reached} events", site=site)
    elif digest != reached_hash:
        yield Fault(problem="the site's head does not name its last event", site=site)


def _visit_faults(sites: Mapping[UUID, str], walk: Walk) -> Iterator[Fault]:
    """Visits and events that do not belong together."""
    for visit, site in sites.items():
        met_at = walk.sites_of_visits.get(visit)
        if met_at is None:
            problem = "the visit is there, its events are missing"
            yield Fault(problem=problem, site=site, visit=str(visit))
        elif met_at != site:
            problem = f"its events are in the chain of {met_at}"
            yield Fault(problem=problem, site=site, visit=str(visit))
    for visit in walk.sites_of_visits.keys() - sites.keys():
        problem = "its events are there, the visit is missing"
        yield Fault(problem=problem, site=walk.sites_of_visits[visit], visit=str(visit))
