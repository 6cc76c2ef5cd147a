"""Which monitor feeds run: one for every visit with somebody in a chair.

The gateway lives in the server's event loop; everything that touches the
database runs in a thread. A restart takes each feed up where the clock says it
should be, with the patient it had.
"""

import asyncio
import logging
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections

from ebbtide.clinic.infusions import queries
from ebbtide.clinic.infusions.models import Visit
from ebbtide.clinic.monitoring.actions import frame_event, store_frames
from ebbtide.clinic.monitoring.queries import monitor_of
from ebbtide.clinic.web import clock, hub
from ebbtide.devices.gateway import FeedFrame, Gateway, StoredFrame
from ebbtide.devices.recordings import RecordingError, RecordingSource, open_recording
from ebbtide.devices.simulator import SimulatedMonitor
from ebbtide.devices.sources import MonitorSource, skip_to
from ebbtide.science.patient.body import VirtualPatient
from ebbtide.science.pk.catalogue import KAMP2020
from ebbtide.science.pk.models import parameters
from ebbtide.science.visit.state import VisitState

logger = logging.getLogger(__name__)

TOPIC = "visits"  # every change of every visit; the supervisor alone listens
_LOOK_AGAIN_S = 15.0


@dataclass(slots=True)
class _Live:
    """What runs while the server lives."""

    supervisor: asyncio.Task[None] | None = None
    gateway: Gateway | None = None


_live = _Live()
_states: dict[UUID, VisitState] = {}
_failures: dict[UUID, "_Failure"] = {}


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a visit has no feed, and when, by the loop's clock, to try again."""

    reason: str
    retry_s: float


def problem_of(visit_id: UUID) -> str:
    """Why no samples come from a visit's monitor, in words; empty when they do."""
    failure = _failures.get(visit_id)
    return failure.reason if failure else ""


def start() -> None:
    """Start the gateway and its supervisor on the running loop."""
    _live.gateway = gateway = Gateway(_store, _publish, clock=clock.now)
    gateway.start()
    _live.supervisor = asyncio.get_running_loop().create_task(_supervise(gateway), name="feeds")


async def stop() -> None:
    """Detach every feed and put on disk what was taken."""
    if _live.supervisor is not None:
        _live.supervisor.cancel()
        with suppress(asyncio.CancelledError):
            await _live.supervisor
    if _live.gateway is not None:
        await _live.gateway.close()


async def _supervise(gateway: Gateway) -> None:
    attached: set[UUID] = set()
    with hub.subscribe(TOPIC) as changes:
        while True:
            try:
                await _follow(gateway, attached)
            except Exception:
                logger.exception("the monitor feeds could not be brought up to date")
            await changes.next(timeout_s=_LOOK_AGAIN_S)


async def _follow(gateway: Gateway, attached: set[UUID]) -> None:
    found = await asyncio.to_thread(_open_visits)
    wanted = {visit.pk: (visit, state) for visit, state in found}
    for visit_id in attached - wanted.keys():
        await gateway.detach(str(visit_id))
        attached.discard(visit_id)
    for visit_id in (_states.keys() | _failures.keys()) - wanted.keys():
        _states.pop(visit_id, None)
        _failures.pop(visit_id, None)
    for visit_id, (visit, state) in wanted.items():
        _states[visit_id] = state
        if visit_id in attached:
            await _look_after(gateway, attached, visit_id)
        elif visit_id not in _failures or _failures[visit_id].retry_s <= _loop_s():
            await _try_to_attach(gateway, attached, visit, state)


async def _look_after(gateway: Gateway, attached: set[UUID], visit_id: UUID) -> None:
    """Take a feed that broke away, so that it is tried again; say when one came to its end."""
    feed = gateway.health().feeds.get(str(visit_id))
    if feed is None or not feed.has_ended:
        return
    _fail(visit_id, f"it broke off ({feed.error})" if feed.error else "it has come to its end")
    if feed.error:
        await gateway.detach(str(visit_id))
        attached.discard(visit_id)


async def _try_to_attach(
    gateway: Gateway, attached: set[UUID], visit: Visit, state: VisitState
) -> None:
    """Attach one visit's feed; what is wrong with it keeps no other visit waiting."""
    try:
        await _attach(gateway, visit, state)
    except RecordingError as error:
        _fail(visit.pk, str(error))
    except Exception as error:
        logger.exception("the monitor feed of visit %s could not be started", visit.pk)
        _fail(visit.pk, f"it could not be started ({type(error).__name__})")
    else:
        attached.add(visit.pk)
        _failures.pop(visit.pk, None)


def _fail(visit_id: UUID, reason: str) -> None:
    if problem_of(visit_id) != reason:
        logger.warning("visit %s has no monitor feed", visit_id)
    _failures[visit_id] = _Failure(reason, retry_s=_loop_s() + _LOOK_AGAIN_S)


def _loop_s() -> float:
    return asyncio.get_running_loop().time()


async def _attach(gateway: Gateway, visit: Visit, state: VisitState) -> None:
    source = await asyncio.to_thread(_source_at_now, visit, state)
    if source is None:
        return
    gateway.attach(
        str(visit.pk),
        source,
        speed=clock.speed(),
        given_mg=_given_mg(visit.pk),
        started_at=state.checked_in_at,
    )


def _given_mg(visit_id: UUID) -> Callable[[datetime], float]:
    def given(at: datetime) -> float:
        state = _states.get(visit_id)
        return float(state.given_mg(at)) if state else 0.0

    return given


def _source_at_now(visit: Visit, state: VisitState) -> MonitorSource | None:
    try:
        source = source_of(visit, state)
        if source is not None and state.checked_in_at is not None:
            began = state.checked_in_at
            behind_s = (clock.now() - began).total_seconds()
            if behind_s > 2 * source.period_s * clock.speed():
                skip_to(
                    source,
                    behind_s,
                    given_mg=lambda offset_s: _given_mg_at(state, began, offset_s),
                )
        return source
    finally:
        close_old_connections()


def _given_mg_at(state: VisitState, began: datetime, offset_s: float) -> float:
    return float(state.given_mg(began + timedelta(seconds=offset_s)))


def source_of(visit: Visit, state: VisitState) -> MonitorSource | None:
    """What brings a visit's samples, at its beginning; None where no monitor stands."""
    monitor = monitor_of(visit.chair.room)
    if monitor is None or monitor.source == "none":
        return None
    kind, _, path = monitor.source.partition(":")
    if kind == "simulator" and settings.RECORDING:
        kind, path = "recording", settings.RECORDING
    if kind == "recording":
        return RecordingSource(open_recording(path))
    weight_kg = float(state.weight.weight_kg) if state.weight else 75.0
    patient = VirtualPatient(
        parameters=parameters(KAMP2020, weight_kg=min(max(weight_kg, 30), 200))
    )
    return SimulatedMonitor(patient, seed=zlib.crc32(visit.pk.bytes))


def _open_visits() -> list[tuple[Visit, VisitState]]:
    try:
        return queries.open_visits(clock.now())
    finally:
        close_old_connections()


def _store(batch: Sequence[FeedFrame]) -> Sequence[int]:
    # The gateway keeps one thread for this, so its connection is kept as well; a
    # database that was away is found again on the next try.
    close_old_connections()
    return store_frames(batch)


def _publish(frames: Sequence[StoredFrame]) -> None:
    for stored in frames:
        feed_frame = stored.feed_frame
        event = frame_event(stored.sequence, feed_frame.frame, at=feed_frame.at)
        hub.publish(f"visit:{feed_frame.feed_id}", event)
        hub.publish("vitals", {**event, "visit": feed_frame.feed_id})
