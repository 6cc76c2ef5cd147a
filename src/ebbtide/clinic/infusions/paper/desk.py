"""What every part of the printed record is written with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ebbtide.clinic.infusions.paper.wording import Clock, Wording, said
from ebbtide.science.screening.protocol import Protocol
from ebbtide.science.visit.events import Kind
from ebbtide.science.visit.state import Status, VisitState

if TYPE_CHECKING:
    from ebbtide.clinic.infusions.models import Visit

NOT_RECORDED: Final = "not recorded"
_AFTERWARDS: Final = frozenset({Kind.SIGNED, Kind.AMENDED})
_OVER: Final = frozenset({Status.HANDED_OVER, Status.SIGNED, Status.CALLED_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The visit, its state, and how moments and people are named.

    Attributes:
        names: Full names by user name.
        initials: Initials by user name, told apart.
        until: The end of the visit; while it is open, the moment of printing.
    """

    visit: "Visit"
    state: VisitState
    protocol: Protocol
    clock: Clock
    names: Mapping[str, str]
    initials: Mapping[str, str]
    until: datetime

    def name(self, actor: str) -> str:
        """A user's name in full."""
        return said(self.names.get(actor, actor)) or NOT_RECORDED

    def who(self, actor: str) -> str:
        """A user's initials; the list of people explains them."""
        return self.initials[actor]

    def time(self, at: datetime | None) -> str:
        """A moment, or that there is none."""
        return self.clock.time(at) if at else NOT_RECORDED

    @property
    def short_wording(self) -> Wording:
        """Entries told with checklist items by their short names: the checklists hold the rest."""
        return Wording({}, self.clock)


def desk_for(
    visit: "Visit", state: VisitState, *, names: Mapping[str, str], printed_at: datetime
) -> Desk:
    """Lay out what the record of a visit is written with."""
    zone = visit.site.zone
    began = state.checked_in_at or printed_at
    counted = [entry.happened_at for entry in state.entries if entry.kind not in _AFTERWARDS]
    offsets = {at.astimezone(zone).utcoffset() for at in (*counted, began)}
    is_over = state.status in _OVER
    return Desk(
        visit=visit,
        state=state,
        protocol=visit.order.plan.protocol_version.protocol,
        clock=Clock(zone, began.astimezone(zone).date(), has_shifts=len(offsets) > 1),
        names=names,
        initials=_initials({entry.actor: None for entry in state.entries}, names),
        until=max(counted, default=printed_at) if is_over else printed_at,
    )


def _initials(actors: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """Initials by user name; the second person of the same initials gets a 2."""
    given: dict[str, str] = {}
    for actor in actors:
        name = names.get(actor, "").partition("(")[0].partition(",")[0]
        short = "".join(word[0] for word in name.split()[:4]).upper() or actor[:8]
        same = sum(taken.rstrip("0123456789") == said(short) for taken in given.values())
        given[actor] = said(f"{short}{same + 1}" if same else short)
    return given
