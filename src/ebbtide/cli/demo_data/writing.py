"""Writing a visit's log as it would have been entered: each entry judged by the live rules."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from ebbtide.clinic.infusions.actions import with_reason
from ebbtide.clinic.people.models import Role, User
from ebbtide.science.plain import to_plain
from ebbtide.science.visit.chain import GENESIS, body_of, hash_of
from ebbtide.science.visit.checks import check_entry
from ebbtide.science.visit.events import Event, Kind, Overridden, read_payload
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.reducer import replay
from ebbtide.science.visit.state import VisitState

_SLOWEST = timedelta(seconds=25)  # from the act to the entry


class NotYetError(Exception):
    """The next entry lies in the future: the log ends here."""


class Log:
    """The log of one visit, written entry by entry in the order it was recorded."""

    def __init__(self, visit: UUID, *, around: Surroundings, rng: Random, until: datetime) -> None:
        """Start empty; nothing later than `until` can be written."""
        self.visit = visit
        self.around = around
        self.events: list[Event] = []
        self.state = VisitState()
        self._rng = rng
        self._until = until
        self._head = GENESIS

    def add(
        self, kind: Kind, at: datetime, by: User, *, stated: str = "", **payload: object
    ) -> Event:
        """Judge and append one entry; `stated` is the reason given should the rules ask for one.

        Raises:
            NotYetError: It lies in the future.
            RefusedError: The rules would have refused it.
        """
        at = at.replace(microsecond=0)
        self.reach(at)
        if stated:
            payload["overridden"] = Overridden(reason=stated)
        typed = read_payload(kind, {name: to_plain(value) for name, value in payload.items()})
        last = self.state.last_recorded_at
        recorded_at = at + timedelta(seconds=self._rng.randint(2, int(_SLOWEST.total_seconds())))
        recorded_at = max(recorded_at, last) if last else recorded_at
        findings = (
            ()
            if kind is Kind.STOPPED
            else check_entry(
                self.state,
                kind=kind,
                payload=typed,
                actor=by.username,
                happened_at=at,
                at=recorded_at,
                around=self.around,
            )
        )
        event = Event(
            id=UUID(int=self._rng.getrandbits(128), version=4),
            visit=self.visit,
            seq=len(self.events) + 1,
            kind=kind,
            actor=by.username,
            happened_at=at,
            recorded_at=recorded_at,
            payload=with_reason(typed, findings),
        )
        self._head = hash_of(body_of(event, previous_hash=self._head))
        self.events.append(event)
        self.state = replay(self.events)
        return event

    def reach(self, at: datetime) -> None:
        """Go no further than the clock.

        Raises:
            NotYetError: An entry of that moment could not be in the record yet.
        """
        if at + _SLOWEST > self._until:
            raise NotYetError

    def sign(self, at: datetime, by: User, role: Role) -> None:
        """Sign the record as it stands."""
        self.add(Kind.SIGNED, at, by, name=by.full_name, role=str(role.label), head_hash=self._head)
