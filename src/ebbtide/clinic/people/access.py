"""The door of every staff page: who may come in, and the log of who did."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from ebbtide.clinic.audit import actions as audit
from ebbtide.clinic.sites.models import Site
from ebbtide.clinic.web import clock

from .models import Patient, User
from .queries import sites_with
from .rules import AtSite, site_of

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


def staff_page(
    permission: str, *, load: Loader | None = None, logs_reads_of: Loader | None = None
) -> Callable[[View], View]:
    """Let in only who holds a permission, and log reads and refusals.

    Without `load` the page is a list: its user must hold the permission at one
    site at least, and gets those sites as `request.sites`. With it the page is
    about one thing: `load` turns the address's values into it (raising Http404
    when there is none), the permission must hold at that thing's site, and the
    view gets the thing in place of the values.

    GET and HEAD write an audit row here. Any other method writes only when it is
    denied: the action behind it writes its own, in its own transaction.

    Args:
        permission: a key of `people.rules.PERMISSIONS`.
        load: keyword arguments of the address in, a thing with a `site` out.
        logs_reads_of: from the loaded thing to the patient it shows; by default
            the thing itself or its `patient`, where it has one.
    """

    def decorate(view: View) -> View:
        def enter(request: HttpRequest, values: Mapping[str, Any]) -> HttpResponseBase | list[Any]:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            thing = load(**values) if load else None
            sites = _sites(request.user, permission, thing)
            patient = logs_reads_of(thing) if logs_reads_of else _patient_of(thing)
            if not sites or request.method in READS:
                _log(request, permission, thing, patient, is_let_in=bool(sites))
            if not sites:
                raise PermissionDenied(permission)
            request.sites = sites  # type: ignore[attr-defined]
            return [thing] if load else []

        if iscoroutinefunction(view):

            @wraps(view)
            async def page_async(request: HttpRequest, **values: Any) -> Any:
                entry = await sync_to_async(enter)(request, values)
                if isinstance(entry, HttpResponseBase):
                    return entry
                return await view(request, *entry, **({} if load else values))

            return page_async

        @wraps(view)
        def page(request: HttpRequest, **values: Any) -> Any:
            entry = enter(request, values)
            if isinstance(entry, HttpResponseBase):
                return entry
            return view(request, *entry, **({} if load else values))

        return page

    return decorate


def _sites(user: Any, permission: str, thing: Site | AtSite | None) -> tuple[Site, ...]:
    if thing is None:
        return tuple(sites_with(user, permission=permission))
    return (site_of(thing),) if user.has_perm(permission, thing) else ()


def _patient_of(thing: Any) -> Patient | None:
    return thing if isinstance(thing, Patient) else getattr(thing, "patient", None)


def _log(
    request: HttpRequest, permission: str, thing: Any, patient: Patient | None, *, is_let_in: bool
) -> None:
    match = request.resolver_match
    with transaction.atomic():
        audit.record(
            permission,
            by=request.user,
            at=clock.now(),
            outcome=audit.Outcome.DONE if is_let_in else audit.Outcome.DENIED,
            site_code=site_of(thing).code if thing is not None else "",
            patient=patient,
            about=thing,
            detail={"page": match.view_name if match else "", "method": request.method},
        )
