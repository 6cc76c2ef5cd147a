"""The door of every staff page: who may come in, and the log of who did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.people.models import Patient, User
from ebbtide.clinic.people.queries import sites_with
from ebbtide.clinic.people.rules import AtSite, site_of
from ebbtide.clinic.sites.models import Site
from ebbtide.clinic.web import clock

READS = frozenset({"GET", "HEAD"})

Loader = Callable[..., Any]
View = Callable[..., Any]


class StaffRequest(HttpRequest):
    """What a view behind `staff_page` gets.

    Attributes:
        user: who is logged in.
        sites: where they hold the page's permission; for a page about one
            thing, that thing's site alone. Never empty.
    """

    user: User
    sites: tuple[Site, ...]
    htmx: HtmxDetails


def staff_page(
    permission: str, *, load: Loader | None = None, patient_of: Loader | None = None
) -> Callable[[View], View]:
    """Let in only who holds a permission, and log reads and refusals.

    Without `load` the page is a list: its user must hold the permission at one
    site at least, and the view gets those sites as `request.sites`. With it the
    page is about one thing: `load` turns the address's values into it (raising
    Http404 when there is none), the permission must hold at that thing's site,
    and the view gets the thing in place of the values.

    GET and HEAD write an audit row here. Any other method writes one here only
    when it is denied: the action behind it writes its own, in its own transaction.

    Args:
        permission: a key of `people.rules.PERMISSIONS`.
        load: keyword arguments of the address in, a thing with a `site` out.
        patient_of: from the thing to the patient it is about; by default the
            thing itself or its `patient`, where it has one.
    """
    door = Door(permission=permission, load=load, patient_of=patient_of or default_patient_of)

    def decorate(view: View) -> View:
        if iscoroutinefunction(view):

            @wraps(view)
            async def page_async(request: HttpRequest, **values: Any) -> Any:
                entry = await sync_to_async(door.enter)(request, values)
                return await view(request, *entry.things, **entry.values)

            return page_async

        @wraps(view)
        def page(request: HttpRequest, **values: Any) -> Any:
            entry = door.enter(request, values)
            return view(request, *entry.things, **entry.values)

        return page

    return decorate


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is passed on to the view: the loaded thing, or the address's values."""

    things: tuple[Any, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One page's permission and how its thing is found."""

    permission: str
    load: Loader | None
    patient_of: Loader

    def enter(self, request: HttpRequest, values: Mapping[str, Any]) -> Entry:
        """Check and log one request.

        Raises:
            PermissionDenied: shown as the 403 page; the audit row is written.
        """
        thing = self.load(**values) if self.load else None
        sites = self._sites(request.user, thing)
        if not sites or request.method in READS:
            self._log(request, thing, sites)
        if not sites:
            raise PermissionDenied(self.permission)
        request.sites = sites  # type: ignore[attr-defined]
        if self.load:
            return Entry(things=(thing,), values={})
        return Entry(things=(), values=values)

    def _sites(self, user: Any, thing: Site | AtSite | None) -> tuple[Site, ...]:
        if not user.is_authenticated:
            return ()
        if thing is None:
            return tuple(sites_with(user, permission=self.permission))
        return (site_of(thing),) if user.has_perm(self.permission, thing) else ()

    def _log(self, request: HttpRequest, thing: Any, sites: tuple[Site, ...]) -> None:
        match = request.resolver_match
        places = sites if thing is None else (site_of(thing),)
        with transaction.atomic():
            audit.record(
                self.permission,
                by=request.user,
                at=clock.now(),
                outcome=audit.Outcome.DONE if sites else audit.Outcome.DENIED,
                site_code=places[0].code if len(places) == 1 else "",
                patient=self.patient_of(thing),
                about=thing,
                detail={"page": match.view_name if match else "", "method": request.method},
            )


def default_patient_of(thing: Any) -> Patient | None:
    """The patient that most things are or have."""
    return thing if isinstance(thing, Patient) else getattr(thing, "patient", None)
