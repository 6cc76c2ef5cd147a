"""The log's reader page. Who may open it is decided where the page gets its address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ebbtide.clinic.audit import queries
from ebbtide.clinic.audit.forms import EventFilter


def events(request: HttpRequest) -> HttpResponse:
    """List events at the sites where the reader is director."""
    form = EventFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    sites = request.sites  # type: ignore[attr-defined]
    page = queries.page_of_events(
        site_codes=[site.code for site in sites],
        actor=asked.get("actor", ""),
        patient_number=asked.get("patient_number", ""),
        day=asked.get("day"),
        zone=sites[0].zone,
        number=asked.get("page") or 1,
    )
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "zone": sites[0].zone, "query": query.urlencode()}
    return render(request, "audit/events.html", context, status=200 if form.is_valid() else 422)
