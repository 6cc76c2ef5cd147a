"""One process: streams to one side, pages to the other, monitor feeds while it runs."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from ebbtide.clinic.config import server


@pytest.fixture
def feeds(monkeypatch):
    """The monitor feeds, saying what is done to them."""
    heard = []

    async def stop():
        heard.append("stop")

    stand_in = SimpleNamespace(heard=heard, start=lambda: heard.append("start"), stop=stop)
    name = "ebbtide.clinic.infusions"
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(feeds=stand_in))
    monkeypatch.setitem(sys.modules, f"{name}.feeds", stand_in)
    return stand_in


def live_through():
    """Start the server and shut it down again; what it said."""
    said = []
    orders = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive():
        return next(orders)

    async def send(message):
        said.append(message["type"])

    asyncio.run(server.application({"type": "lifespan"}, receive, send))
    return said


def test_the_feeds_live_as_long_as_the_server(feeds):
    assert live_through() == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert feeds.heard == ["start", "stop"]


def test_feeds_that_cannot_start_stop_the_server(feeds):
    def fail():
        raise RuntimeError("no recording there")

    feeds.start = fail
    with pytest.raises(RuntimeError):
        live_through()


@pytest.mark.parametrize(
    ("path", "side"), [("/live/visit/1/", "streams"), ("/", "pages"), ("/lively/", "pages")]
)
def test_streams_and_pages_part_ways(monkeypatch, path, side):
    taken = []

    def taker(name):
        async def take(*_):
            taken.append(name)

        return take

    for name in ("streams", "pages"):
        monkeypatch.setattr(server, name, taker(name))
    asyncio.run(server.application({"type": "http", "path": path}, None, None))
    assert taken == [side]


def take_in(*parts):
    """Have a WSGI application read a body that comes in these parts; what came of it."""
    read = []

    def application(environ, start_response):
        try:
            read.append(environ["wsgi.input"].read(8))
        except OSError as error:
            read.append(error)
        start_response("200 OK", [])
        return [b""]

    coming = iter(parts)

    async def receive():
        return next(coming)

    async def send(_):
        pass

    async def ask():
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/"}
        pages = server.WSGIMiddleware(application, workers=1)
        await pages(scope | {"query_string": b"", "headers": []}, server.whole(receive), send)

    asyncio.run(ask())
    return read[0]


def part(body, *, more):
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_form_in_parts_is_read_as_one():
    assert take_in(part(b"rate=13", more=True), part(b"3", more=False)) == b"rate=133"


def test_a_form_cut_off_on_its_way_is_an_error_and_not_a_shorter_form():
    torn = take_in(part(b"rate=13", more=True), {"type": "http.disconnect"})
    assert isinstance(torn, ConnectionResetError)
