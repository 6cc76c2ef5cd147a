"""The theme switch and the living design page."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import permission_denied

from ebbtide.clinic.web import specimens

ONE_YEAR_S = 365 * 24 * 3600


@login_not_required
@require_GET
def design(request: HttpRequest) -> HttpResponse:
    """Every component in both themes; open to anyone, holds no patient data."""
    context = {
        "specimens": specimens.SPECIMENS,
        "forms": [(name, specimens.example_form(name)) for name in specimens.THEMES],
        "sheet_form": specimens.example_form("sheet"),
        "findings": specimens.FINDINGS,
        "roles": specimens.ROLES,
    }
    return render(request, "web/design/index.html", context)


@login_not_required
@require_GET
def room(request: HttpRequest) -> HttpResponse:
    """The room page's frame at full size, with made-up values."""
    return render(request, "web/design/room.html", {"theme": request.GET.get("theme", "")})


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme for this browser and go back where the user was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    chosen = "dim" if request.POST.get("theme") == "dim" else "light"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        "theme", chosen, max_age=ONE_YEAR_S, samesite="Lax", secure=request.is_secure()
    )
    return response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What a person may not do: a page, or for the room's queue a finding in words."""
    if "application/json" in request.headers.get("Accept", ""):
        message = "Your role may not do this at this site."
        finding = {
            "code": "permission.denied",
            "severity": "block",
            "message": message,
            "field": "",
        }
        return JsonResponse({"findings": [finding]}, status=403)
    return permission_denied(request, exception or PermissionDenied())
