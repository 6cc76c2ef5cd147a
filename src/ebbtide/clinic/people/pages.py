"""What the frame of every page shows about who is logged in."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from ebbtide.clinic.people.models import Role, User
from ebbtide.clinic.people.queries import sites_with
from ebbtide.clinic.web import clock
from ebbtide.clinic.web.pages import NavigationLink, Shell

# Word, name of the address, permission that opens it
PLACES = (
    ("Today", "infusions:today", "scheduling.view_today"),
    ("Board", "infusions:board", "infusions.view_board"),
    ("Patients", "people:patients", "people.view_patients"),
    ("Audit log", "audit", "audit.read_events"),
)
OWN_PLACES = (("Account", "mfa_index"), ("Log out", "account_logout"))


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, worked out only where a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> Shell:
    """The frame for a request."""
    frame = Shell(now=clock.now(), clock_speed=clock.speed(), is_synthetic=settings.DEMO)
    user: Any = getattr(request, "user", None)  # an error page may come before the login is read
    if not isinstance(user, User):
        return frame
    held = {role for roles in user.roles_by_site.values() for role in roles}
    return replace(
        frame,
        site_name=", ".join(site.name for site in user.sites),
        user_name=user.full_name,
        role_name=", ".join(role.label.lower() for role in Role if role in held),
        links=tuple(links_of(user, path=request.path)),
    )


def links_of(user: User, *, path: str) -> list[NavigationLink]:
    """The places a user may open; their own account and the way out last."""
    links = []
    for name, address, permission in PLACES:
        try:
            url = reverse(address)
        except NoReverseMatch:
            continue
        if sites_with(user, permission=permission):
            links.append(NavigationLink(name=name, url=url, is_current=path.startswith(url)))
    for name, address in OWN_PLACES:
        url = reverse(address)
        links.append(NavigationLink(name=name, url=url, is_current=path.startswith(url)))
    return links
