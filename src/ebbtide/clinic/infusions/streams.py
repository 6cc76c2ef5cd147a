"""Server-sent events: samples as they are stored, changes as they are committed."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from itertools import groupby
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from ebbtide.clinic.infusions import queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.queries import Sampled, milliseconds, samples_after
from ebbtide.clinic.people.access import StaffRequest, staff_page
from ebbtide.clinic.web import clock, hub

BEAT_S = 2.0
_CURSOR = re.compile(r"[0-9]{1,18}")
REPLAY_LIMIT = 5_000  # rows read at once, not rows replayed


def _cursor(request: HttpRequest) -> int:
    """Where the page got to: the browser's own header wins over the address."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "0")
    return int(text) if _CURSOR.fullmatch(text) else 0


@require_GET
@staff_page("infusions.view_visit", load=queries.visit_or_404)
async def visit(request: StaffRequest, visit: Visit) -> StreamingHttpResponse:
    """Samples of one visit from a cursor on, its changes, and a beat every two seconds."""
    return _stream(_visit_events(visit, _cursor(request)))


@require_GET
@staff_page("infusions.view_board")
async def board(request: StaffRequest) -> StreamingHttpResponse:
    """What changes in any room of the user's sites, and the newest vitals of each."""
    return _stream(_board_events([site.code for site in request.sites]))


def _stream(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _visit_events(visit: Visit, cursor: int) -> AsyncIterator[bytes]:
    with hub.subscribe(f"visit:{visit.pk}") as changes:
        yield _message("beat", _beat())
        while missed := await sync_to_async(samples_after)(visit.pk, cursor, limit=REPLAY_LIMIT):
            for frame in _frames(missed):
                cursor = frame["id"]
                yield _message("samples", frame, event_id=cursor)
        beats = _Beats()
        while (change := await changes.next(timeout_s=beats.left_s())) is not hub.CLOSED:
            if beats.is_due():
                yield _message("beat", _beat())
            if change is None:
                continue
            if change["kind"] != "samples":
                yield _message(change["kind"], change)
            elif change["source"] == "nurse":
                # Told by its own thread, it may overtake a frame stored before it: it moves
                # no cursor, so nothing is passed over and a reconnect may bring it twice.
                yield _message("samples", change)
            elif change["id"] > cursor:
                cursor = change["id"]
                yield _message("samples", change, event_id=cursor)


async def _board_events(site_codes: list[str]) -> AsyncIterator[bytes]:
    with hub.subscribe(*(f"site:{code}" for code in site_codes)) as changes:
        yield _message("beat", _beat())
        beats = _Beats()
        while (change := await changes.next(timeout_s=beats.left_s())) is not hub.CLOSED:
            if beats.is_due():
                yield _message("beat", _beat())
            if change is not None:
                yield _message(change["kind"], change)


class _Beats:
    """When the next heartbeat is due, by the loop's own clock, however much else is told."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.time() + BEAT_S

    def left_s(self) -> float:
        """Seconds until the next beat."""
        return max(0.0, self._next - self._loop.time())

    def is_due(self) -> bool:
        """Whether a beat is due now; asking starts the wait for the one after it."""
        if self._loop.time() < self._next:
            return False
        self._next = self._loop.time() + BEAT_S
        return True


def _frames(rows: list[Sampled]) -> list[dict[str, Any]]:
    frames = []
    for (at_ms, source), group in groupby(rows, key=lambda row: (row.at_ms, row.source)):
        members = list(group)
        frames.append(
            {
                "kind": "samples",
                "id": members[-1].id,
                "at_ms": at_ms,
                "source": source,
                "samples": [
                    {"quantity": row.quantity, "value": row.value, "quality": row.quality}
                    for row in members
                ],
            }
        )
    return frames


def _beat() -> dict[str, Any]:
    return {"now_ms": milliseconds(clock.now()), "speed": clock.speed()}


def _message(kind: str, data: dict[str, Any], *, event_id: int | None = None) -> bytes:
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
