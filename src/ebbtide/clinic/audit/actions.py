"""The one way into the audit log."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import models, transaction

from ebbtide.clinic.audit import chain
from ebbtide.clinic.audit.models import AuditEvent, AuditHead, Outcome

NOBODY = "(not logged in)"

__all__ = ["NOBODY", "Outcome", "record"]


class Numbered(Protocol):
    """A patient, as far as the log knows one."""

    number: str


def record(
    verb: str,
    *,
    by: Any,
    at: datetime,
    outcome: Outcome = Outcome.DONE,
    site_code: str = "",
    patient: Numbered | None = None,
    about: models.Model | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an event to the log, in the transaction of the act it tells of.

    Args:
        verb: what was done, `<app>.<verb>` like a permission.
        by: the user, an anonymous user, or a plain name for the system itself.
        at: clinic time of the act.
        outcome: done, denied or refused.
        site_code: the site where it was done; empty when it belongs to none.
        patient: whose data it was.
        about: the row it was done to, kept as type and id.
        detail: codes and counts for a reader of the log; no patient data, JSON only.

    Raises:
        RuntimeError: outside a transaction, where the act could be kept and its event lost.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit event belongs into the transaction of the act it tells of")
    head = AuditHead.objects.select_for_update().get(pk=1)
    fields: dict[str, Any] = {
        "seq": head.length + 1,
        "at": at.astimezone(UTC),
        "actor": by if isinstance(by, str) else by.get_username() or NOBODY,
        "verb": verb,
        "outcome": Outcome(outcome).value,
        "site_code": site_code,
        "patient_number": patient.number if patient is not None else "",
        "object_type": about._meta.label_lower if about is not None else "",  # noqa: SLF001, public in Django
        "object_id": str(about.pk) if about is not None else "",
        "detail": dict(detail or {}),
    }
    hashed = chain.link(head.hash, {**fields, "at": chain.stamp(fields["at"])})
    AuditEvent.objects.create(**fields, previous=head.hash, hash=hashed)
    AuditHead.objects.filter(pk=1).update(length=fields["seq"], hash=hashed)
