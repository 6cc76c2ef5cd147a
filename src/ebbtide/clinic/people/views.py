"""The first page after login, and the list of patients."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ebbtide.clinic.people.access import StaffRequest, staff_page
from ebbtide.clinic.people.queries import find_patients, has_role
from ebbtide.clinic.people.rules import CLINICAL

BOARD = "infusions:board"
TODAY = "infusions:today"
PAGE_LENGTH = 50


def home(request: HttpRequest) -> HttpResponse:
    """Lead on to the page the user works on: the board, or the day's list."""
    user = request.user
    place = BOARD if has_role(user, *CLINICAL) else TODAY  # type: ignore[arg-type]
    try:
        return HttpResponseRedirect(reverse(place))
    except NoReverseMatch:
        return render(request, "people/home.html")


@require_safe
@staff_page("people.view_patients")
def patients(request: StaffRequest) -> HttpResponse:
    """Names, numbers and phones: what the front desk needs, nothing clinical."""
    find = request.GET.get("find", "").strip()[:60]
    found = find_patients(sites=request.sites, find=find)
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    query = urlencode({"find": find}) if find else ""
    sees_charts = has_role(request.user, *CLINICAL)
    shown = {"page": page, "find": find, "query": query, "sees_charts": sees_charts}
    return render(request, "people/patients.html", shown)
