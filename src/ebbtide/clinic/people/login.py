"""How people log in: closed sign-up, second factors kept encrypted, every try in the log."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import signals
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.web import clock


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are given out by the director; nobody makes their own."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of second factors under a key of their own, on either database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(bytes.fromhex(settings.MFA_KEY)))


@receiver(signals.user_logged_in)
def log_login(user: Any, **_: Any) -> None:
    with transaction.atomic():
        audit.record("people.log_in", by=user, at=clock.now())


@receiver(signals.user_logged_out)
def log_logout(user: Any, **_: Any) -> None:
    if user is not None:
        with transaction.atomic():
            audit.record("people.log_out", by=user, at=clock.now())


@receiver(signals.user_login_failed)
def log_failure(credentials: dict[str, Any], **_: Any) -> None:
    """The name is kept as typed only when somebody bears it: people type passwords there."""
    from ebbtide.clinic.people.models import User

    name = str(credentials.get("username") or "")
    known = User.objects.filter(username=name).exists()
    with transaction.atomic():
        audit.record(
            "people.log_in",
            by=name if known else audit.NOBODY,
            at=clock.now(),
            outcome=audit.Outcome.DENIED,
        )
