"""The first page after login."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from ebbtide.clinic.people.queries import has_role
from ebbtide.clinic.people.rules import CLINICAL

BOARD = "infusions:board"
TODAY = "scheduling:today"


def home(request: HttpRequest) -> HttpResponse:
    """Lead on to the page the user works on: the board, or the day's list."""
    user = request.user
    place = BOARD if has_role(user, *CLINICAL) else TODAY  # type: ignore[arg-type]
    try:
        return HttpResponseRedirect(reverse(place))
    except NoReverseMatch:
        return render(request, "people/home.html")
