"""The server: one process, streams on the event loop and pages on four threads."""

import gc
import socket
import sys
from contextlib import suppress
from typing import Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware
from django.urls import get_resolver

from ebbtide.clinic.config.asgi import application as streams
from ebbtide.clinic.config.wsgi import application as django_pages
from ebbtide.clinic.web import hub

PAGE_THREADS = 4
STREAM_PREFIX = "/live/"
SECONDS_TO_FINISH = 2  # for pages under way; the streams are told to end

pages = WSGIMiddleware(cast(Any, django_pages), workers=PAGE_THREADS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Send streams to Django's ASGI side and everything else to its WSGI side."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["path"].startswith(STREAM_PREFIX):
        await streams(scope, receive, send)
    else:
        await pages(scope, whole(receive), send)


def whole(receive: Any) -> Any:
    """The request's parts, or an error where the sender left before the last of them.

    Taken for the end, a torn form would be read with its last fields missing or cut short.
    """

    async def receive_whole() -> Any:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the request was cut off")
        return message

    return receive_whole


async def live(receive: Any, send: Any) -> None:
    """Run the monitor feeds for as long as the server lives."""
    from ebbtide.clinic.infusions import feeds

    await receive()
    try:
        feeds.start()
    except Exception as error:  # the protocol's way of refusing to start
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await feeds.stop()
    await send({"type": "lifespan.shutdown.complete"})


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end first: an open one would be waited for, then cut off."""
        hub.close()
        await super().shutdown(sockets)


def _settle() -> None:
    """Load the code of every page, and never again look through it for what may be thrown away.

    That look stops every room for 60 ms.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def run(*, host: str, port: int) -> None:
    """Serve until interrupted. Addresses name patients' records, so there is no access log."""
    server = _Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            access_log=False,
            log_level="warning",
            lifespan="on",
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
            server_header=False,
        )
    )
    _settle()
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit("the server could not start")
