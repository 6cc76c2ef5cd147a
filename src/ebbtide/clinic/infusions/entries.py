"""A new entry: what was asked to be written, completed with what the server knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ebbtide.clinic.infusions import queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.queries import pump_of
from ebbtide.clinic.people.models import Role, User
from ebbtide.science.dosing.products import Stock
from ebbtide.science.findings import Finding, RefusedError, Severity
from ebbtide.science.plain import PlainError, from_plain
from ebbtide.science.visit import gates
from ebbtide.science.visit.events import (
    Kind,
    Payload,
    plain_payload,
    read_payload,
)
from ebbtide.science.visit.gates import Surroundings
from ebbtide.science.visit.state import VisitState


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a page or a seed asks to be written.

    Attributes:
        id: Made where the entry was made; the same id twice is the same entry.
        seen_pump_seq: The pump entry the page showed; None where it does not matter.
    """

    id: UUID
    kind: Kind
    payload: dict[str, object]
    happened_at: datetime
    seen_pump_seq: int | None = None


def surroundings(visit: Visit) -> Surroundings:
    """The protocol, the pump and the order's validity that a visit is judged by."""
    return Surroundings(
        protocol=visit.order.plan.protocol_version.protocol,
        pump=pump_of(visit.chair.room),
        order_valid_until=visit.order.valid_until,
        zone=visit.site.zone,
    )


def says_the_same(entry: NewEntry, stored: Payload) -> bool:
    """Whether all that was given again is what was stored; the server's own parts aside."""
    given = {name: value for name, value in entry.payload.items() if name != "overridden"}
    try:
        return read_payload(entry.kind, plain_payload(stored) | given) == stored
    except RefusedError:
        return False


def completed(
    visit: Visit, state: VisitState, entry: NewEntry, *, by: User
) -> Mapping[str, object]:
    """The payload with what the server knows and the page need not send."""
    if entry.kind is Kind.DOSE_DRAWN:
        return entry.payload | _figures_of_draw(visit, state, entry.payload)
    if entry.kind is Kind.SIGNED:
        held = by.roles_by_site.get(visit.site_id, frozenset())
        roles = ", ".join(str(role.label) for role in Role if role in held)
        return {"name": by.full_name, "role": roles, "head_hash": queries.head_hash(visit.pk)}
    return entry.payload


def _figures_of_draw(
    visit: Visit, state: VisitState, given: Mapping[str, object]
) -> dict[str, object]:
    around = surroundings(visit)
    sheet = gates.sheet_of(state, around=around, stock=_vial_in_hand(given))
    if sheet is None:
        raise RefusedError(gates.no_sheet(state, around=around))
    figures = sheet.rounded
    return {
        name: format(getattr(figures, name).normalize(), "f")
        for name in ("dose_mg", "draw_ml", "volume_ml", "rate_ml_per_h")
    }


def _vial_in_hand(given: Mapping[str, object]) -> Stock:
    try:
        vial = {"mg_per_ml": given.get("stock_mg_per_ml"), "vial_ml": given.get("vial_ml")}
        return from_plain(Stock, vial)
    except PlainError as error:
        message = f"The vial in hand: {error}."
        finding = Finding("entry.malformed", Severity.BLOCK, message, field="stock_mg_per_ml")
        raise RefusedError([finding]) from error
