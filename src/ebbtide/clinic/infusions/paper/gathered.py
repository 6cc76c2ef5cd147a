"""The printed record of a stored visit."""

from collections.abc import Iterable
from datetime import datetime

from ebbtide.clinic.infusions.models import Visit, VisitEvent
from ebbtide.clinic.infusions.paper.content import RecordContent, record_content
from ebbtide.clinic.infusions.paper.plot import LONGEST_PLOT
from ebbtide.clinic.intake.queries import allergies_in_words
from ebbtide.clinic.monitoring.queries import samples_between
from ebbtide.clinic.people.models import User
from ebbtide.science.visit.chain import GENESIS, event_of
from ebbtide.science.visit.reducer import replay


def stored_record(visit: Visit, *, printed_at: datetime) -> RecordContent:
    """Write out a visit's record as it is stored: state and hashes from one reading of its rows."""
    rows = VisitEvent.objects.filter(visit=visit).order_by("seq")
    chain = [row.stored() for row in rows]
    state = replay(event_of(row.body) for row in chain)
    began = state.checked_in_at or visit.created_at
    return record_content(
        visit=visit,
        state=state,
        samples=samples_between(visit.pk, began, min(printed_at, began + LONGEST_PLOT)),
        head_hash=chain[-1].hash if chain else GENESIS,
        printed_at=printed_at,
        chain=chain,
        names=_names({entry.actor for entry in state.entries}),
        allergies=allergies_in_words(visit.patient),
    )


def _names(usernames: Iterable[str]) -> dict[str, str]:
    """Names with credentials where a user has them."""
    users = User.objects.filter(username__in=usernames).select_related("practitioner")
    return {
        user.username: str(user.practitioner) if hasattr(user, "practitioner") else user.full_name
        for user in users
    }
