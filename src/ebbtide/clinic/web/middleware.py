"""Headers and sessions for every page."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope"),
        *("microphone", "midi", "payment", "usb"),
    )
)


def close_features(response: HttpResponseBase) -> HttpResponseBase:
    """Ask the browser to keep what no page needs switched off."""
    response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    return response


@sync_and_async_middleware
def permissions_policy(get_response: Any) -> Handler | AsyncHandler:
    """Put the Permissions-Policy header on every answer."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            return close_features(await get_response(request))

        return middleware_async
    return lambda request: close_features(get_response(request))


def slide(request: HttpRequest) -> None:
    """Put the session's end off, at most once a minute: each time costs a write."""
    if request.session.session_key and not request.session.is_empty():
        minute = int(time.time() // 60)
        if request.session.get("seen_minute") != minute:
            request.session["seen_minute"] = minute


@sync_and_async_middleware
def sliding_session(get_response: Any) -> Handler | AsyncHandler:
    """Keep a session alive while its user is active; an open stream alone does not count."""
    if iscoroutinefunction(get_response):
        return get_response  # type: ignore[no-any-return]

    def middleware(request: HttpRequest) -> HttpResponseBase:
        slide(request)
        return get_response(request)  # type: ignore[no-any-return]

    return middleware
