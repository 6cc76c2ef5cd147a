"""The live streams, as their clients hear them."""

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest

from ebbtide.clinic.infusions import streams
from ebbtide.clinic.web import hub


def of_a_visit():
    return streams._visit_events(SimpleNamespace(pk=uuid4()), cursor=0)


def of_the_board():
    return streams._board_events(["harbor"])


@pytest.mark.parametrize("events", [of_a_visit, of_the_board])
def test_a_stream_ends_when_the_server_goes(monkeypatch, events):
    monkeypatch.setattr(streams, "samples_after", lambda *_, **__: [])

    async def main():
        stream = events()
        first = await anext(stream)
        asyncio.get_running_loop().call_soon(hub.close)
        async with asyncio.timeout(10):
            return first, [message async for message in stream]

    first, rest = asyncio.run(main())
    assert first.startswith(b"event: beat")
    assert rest == []
