"""The board, the day's list, the room, and what is posted from it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ebbtide.clinic.infusions import actions, pages, queries
from ebbtide.clinic.infusions.board import board as board_of
from ebbtide.clinic.infusions.board import today as today_of
from ebbtide.clinic.infusions.chart import chart as chart_of
from ebbtide.clinic.infusions.entries import NewEntry
from ebbtide.clinic.infusions.forms import FORMS, EntryForm
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.infusions.paper import PaperError, signed_record_pdf
from ebbtide.clinic.infusions.paper.gathered import stored_record
from ebbtide.clinic.infusions.tiles import plot_limits
from ebbtide.clinic.infusions.trace import trace as trace_of
from ebbtide.clinic.monitoring.queries import samples_between
from ebbtide.clinic.people.access import StaffRequest, staff_page
from ebbtide.clinic.people.models import Patient, User
from ebbtide.clinic.scheduling.models import Booking
from ebbtide.clinic.web import clock
from ebbtide.science.findings import Finding, RefusedError, Severity
from ebbtide.science.plain import to_plain
from ebbtide.science.visit.events import Kind

LAST_HOUR = timedelta(minutes=60)
OPEN_KINDS = FORMS.keys() - {Kind.SIGNED, Kind.AMENDED}


@require_GET
@staff_page("infusions.view_board")
def board(request: StaffRequest) -> HttpResponse:
    """Every room of the user's sites, theirs first."""
    page = board_of(request.user, sites=request.sites, at=clock.now())
    template = "infusions/board.html#rooms" if request.htmx else "infusions/board.html"
    return render(request, template, {"page": page})


@require_GET
@staff_page("scheduling.view_today")
def today(request: StaffRequest) -> HttpResponse:
    """The day's bookings at the user's sites."""
    page = today_of(request.user, sites=request.sites, at=clock.now())
    return render(request, "infusions/today.html", {"page": page})


def _booking(booking_id: int) -> Booking:
    bookings = Booking.objects.select_related("patient", "plan", "chair__room__site")
    return get_object_or_404(bookings, pk=booking_id)


@require_POST
@staff_page("scheduling.check_in", load=_booking)
def check_in(request: StaffRequest, booking: Booking) -> HttpResponse:
    """Open the visit of a booking and go to where the user works."""
    try:
        visit = actions.check_in(booking=booking, visit_id=uuid4(), by=request.user, at=clock.now())
    except RefusedError as refused:
        for finding in refused.findings:
            message = f"{booking.patient.full_name} is not checked in. {finding.message}"
            messages.error(request, message)
        return redirect("infusions:today")
    if request.user.has_perm("infusions.view_visit", visit):
        return redirect("infusions:room", visit.pk)
    messages.success(request, f"{booking.patient.full_name} is checked in.")
    return redirect("infusions:today")


def _patient(number: str) -> Patient:
    return get_object_or_404(Patient.objects.select_related("site"), number=number)


@require_GET
@staff_page("intake.view", load=_patient)
def chart(request: StaffRequest, patient: Patient) -> HttpResponse:
    """A patient's chart: limb loss, plan, order and visits."""
    page = chart_of(patient, at=clock.now())
    return render(request, "infusions/chart.html", {"page": page})


@require_GET
@staff_page("infusions.view_visit", load=queries.visit_or_404)
def room(request: StaffRequest, visit: Visit) -> HttpResponse:
    """The room: one visit from check-in to signature."""
    page = pages.room(visit, user=request.user, at=clock.now())
    return render(request, "infusions/room.html", {"page": page, "visit": visit})


@require_GET
@staff_page("infusions.view_visit", load=queries.visit_or_404)
def panels(request: StaffRequest, visit: Visit) -> HttpResponse:
    """The parts of the room that a new entry changes, to be morphed in place."""
    page = pages.room(visit, user=request.user, at=clock.now())
    return render(request, "infusions/panels.html", {"page": page, "visit": visit, "is_swap": True})


@require_GET
@staff_page("infusions.view_visit", load=queries.visit_or_404)
def trace(request: StaffRequest, visit: Visit) -> JsonResponse:
    """What the plot draws: the last hour, or with `?all=1` the whole visit."""
    at = clock.now()
    state = queries.state_of(visit.pk)
    began = state.checked_in_at or visit.created_at
    start = began if "all" in request.GET else max(began, at - LAST_HOUR)
    samples = samples_between(visit.pk, start, at)
    data = trace_of(state, samples, visit_id=visit.pk, start=start, at=at)
    return JsonResponse(data | {"limits": plot_limits(visit)})


def _visit_for_entry(visit_id: UUID, kind: str) -> Visit:
    if kind.replace("-", "_") not in OPEN_KINDS:
        raise Http404(kind)
    return queries.visit_or_404(visit_id)


@require_POST
@staff_page("infusions.run_visit", load=_visit_for_entry)
def entry(request: StaffRequest, visit: Visit) -> HttpResponse:
    """One entry by the nurse who runs the visit."""
    kind = request.resolver_match.kwargs["kind"] if request.resolver_match else ""
    return _enter(request, visit, Kind(kind.replace("-", "_")))


@require_POST
@staff_page("infusions.sign", load=queries.visit_or_404)
def sign(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Stand for the record, with the password once more."""
    return _enter(request, visit, Kind.SIGNED)


@require_http_methods(["GET", "POST"])
@staff_page("infusions.sign", load=queries.visit_or_404)
def amend(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Correct an entry beside it; asked with `?event=`, the fields to correct."""
    if request.method == "POST":
        return _enter(request, visit, Kind.AMENDED)
    page = pages.amendment(visit, event=_uuid(request.GET.get("event")))
    if page is None:
        raise Http404("event")
    line, values = page
    return render(request, "infusions/_amend_fields.html", {"line": line, "values": values})


@require_POST
@staff_page("infusions.stop", load=queries.visit_or_404)
def stop(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Stop the pump: no form, no seen state, no rule that could refuse it."""
    at = clock.now()
    recorded = actions.stop(
        visit=visit,
        entry_id=_uuid(request.POST.get("entry_id")) or uuid4(),
        pressed_at=_moment(request.POST.get("happened_at")) or at,
        by=request.user,
        at=at,
    )
    return _answer(request, visit, recorded=recorded)


@require_GET
@staff_page("infusions.view_visit", load=queries.visit_or_404)
def record_pdf(request: StaffRequest, visit: Visit) -> HttpResponse:
    """The record as a document to file."""
    content = stored_record(visit, printed_at=clock.now())
    try:
        pdf = signed_record_pdf(content)
    except PaperError as error:
        again = "" if error.permanent else " Try again in a moment."
        messages.error(request, f"The document could not be made; the record is safe.{again}")
        return redirect("infusions:room", visit.pk)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{visit.patient.number}-visit.pdf"'
    return response


def _enter(request: StaffRequest, visit: Visit, kind: Kind) -> HttpResponse:
    form = FORMS[kind](request.POST)
    at = clock.now()
    try:
        by = _actor(request, visit, kind, form)
    except RefusedError as refused:
        findings = refused.findings
        actions.note_refusal(visit=visit, kind=kind, findings=findings, by=request.user, at=at)
        return _answer(request, visit, findings=findings)
    try:
        recorded = actions.record(visit=visit, entry=_new_entry(form, kind, at=at), by=by, at=at)
    except RefusedError as refused:
        return _answer(request, visit, findings=refused.findings)
    return _answer(request, visit, recorded=recorded)


def _new_entry(form: EntryForm, kind: Kind, *, at: datetime) -> NewEntry:
    return NewEntry(
        id=form.cleaned_data["entry_id"] or uuid4(),
        kind=kind,
        payload=form.payload(),
        happened_at=form.cleaned_data["happened_at"] or at,
        seen_pump_seq=form.cleaned_data["seen_pump_seq"],
    )


def _actor(request: StaffRequest, visit: Visit, kind: Kind, form: EntryForm) -> User:
    """Who stands for the entry: the user, or the second person who checks the dose.

    Raises:
        RefusedError: The form is not filled as it must be, or nobody is proven.
    """
    with timezone.override(visit.site.zone):  # a typed time is the site's
        if not form.is_valid():
            raise RefusedError(_form_findings(form))
    if kind is Kind.SIGNED:
        return _proven(request, request.user.username, form)
    if kind is not Kind.DOSE_CHECKED:
        return request.user
    witness = _proven(request, form.cleaned_data["witness"], form)
    if not witness.has_perm("infusions.witness", visit):
        message = f"{witness.full_name} may not check doses at this site."
        raise RefusedError([Finding("witness.not_here", Severity.BLOCK, message, field="witness")])
    return witness


def _proven(request: HttpRequest, username: str, form: EntryForm) -> User:
    password = form.cleaned_data["password"]
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        message = "Name and password do not match."
        raise RefusedError([Finding("password.wrong", Severity.BLOCK, message, field="password")])
    return user


def _form_findings(form: EntryForm) -> tuple[Finding, ...]:
    """A form's own errors in the shape of findings: every one, with its field."""
    return tuple(
        Finding("entry.malformed", Severity.BLOCK, str(message), field=field)
        for field, errors in form.errors.items()
        for message in errors
    )


def _answer(
    request: HttpRequest,
    visit: Visit,
    *,
    recorded: actions.Recorded | None = None,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    """JSON for the page's queue; without JavaScript, the room again."""
    shown = recorded.findings if recorded else findings
    if "application/json" in request.headers.get("Accept", ""):
        body: dict[str, Any] = {"findings": [to_plain(finding) for finding in shown]}
        if recorded is None:
            return JsonResponse(body, status=422)
        body |= {"seq": recorded.row.seq, "repeat": recorded.is_repeat}
        return JsonResponse(body, status=200 if recorded.is_repeat else 201)
    for finding in shown:
        messages.warning(request, finding.message)
    return redirect("infusions:room", visit.pk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _moment(text: str | None) -> datetime | None:
    """A moment with its zone; None for what is none, or lies beyond the calendar."""
    try:
        moment = datetime.fromisoformat(text or "")
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (OverflowError, ValueError):
        return None
