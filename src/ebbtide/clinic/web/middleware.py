"""Headers and sessions for every page."""

import time
from collections.abc import Awaitable, Callable

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


@sync_and_async_middleware
def permissions_policy(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Ask the browser to keep what no page needs switched off."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            response = await get_response(request)
            response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
            return response

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return middleware


def slide(request: HttpRequest) -> None:
    """Put the session's end off, at most once a minute: each time costs a write."""
    if request.session.session_key and not request.session.is_empty():
        minute = int(time.time() // 60)
        if request.session.get("seen_minute") != minute:
            request.session["seen_minute"] = minute


@sync_and_async_middleware
def sliding_session(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Keep a session alive while its user is active; a stream alone does not count."""
    if iscoroutinefunction(get_response):
        return get_response

    def middleware(request: HttpRequest) -> HttpResponseBase:
        slide(request)
        response = get_response(request)
        assert isinstance(response, HttpResponseBase)
        return response

    return middleware
