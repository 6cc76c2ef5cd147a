"""Fan-out: everyone who listens hears it, nobody slow holds anybody up."""

import asyncio
import threading

import pytest

from ebbtide.clinic.web import hub


def test_a_subscriber_hears_its_topics_in_order_from_any_thread():
    async def main():
        with hub.subscribe("visit:1", "site:1") as events:

            def speak():
                hub.publish("visit:1", {"n": 1})
                hub.publish("visit:2", {"n": 2})
                hub.publish("site:1", {"n": 3})

            thread = threading.Thread(target=speak)
            thread.start()
            await asyncio.to_thread(thread.join)
            return [await events.next(timeout_s=5) for _ in range(2)]

    assert asyncio.run(main()) == [{"n": 1}, {"n": 3}]


def test_everyone_hears_it():
    async def main():
        with hub.subscribe("t") as one, hub.subscribe("t") as two:
            hub.publish("t", {"n": 1})
            return await one.next(timeout_s=5), await two.next(timeout_s=5)

    assert asyncio.run(main()) == ({"n": 1}, {"n": 1})


def test_a_slow_client_is_told_to_read_again_and_goes_on_from_there():
    async def main():
        with hub.subscribe("t") as events:
            for number in range(hub.QUEUE_LENGTH + 1):
                hub.publish("t", {"n": number})
            await asyncio.sleep(0)
            first = await events.next(timeout_s=5)
            hub.publish("t", {"n": "after"})
            return first, await events.next(timeout_s=5)

    assert asyncio.run(main()) == (hub.RESYNC, {"n": "after"})


@pytest.mark.parametrize("waiting", [0, hub.QUEUE_LENGTH], ids=["idle", "slow"])
def test_when_the_server_goes_every_client_hears_it(waiting):
    async def main():
        with hub.subscribe("t", "u") as one, hub.subscribe("u") as two:
            for number in range(waiting):
                hub.publish("u", {"n": number})
            hub.close()
            return [await client.next(timeout_s=5) for client in (one, two)]

    assert asyncio.run(main()) == [hub.CLOSED, hub.CLOSED]


def test_silence_ends_the_wait_for_a_heartbeat():
    async def main():
        with hub.subscribe("t") as events:
            return await events.next(timeout_s=0)

    assert asyncio.run(main()) is None


def test_one_who_left_is_forgotten_and_publishing_goes_on():
    async def main():
        with hub.subscribe("t"):
            assert hub.subscriber_count("t") == 1
        assert hub.subscriber_count("t") == 0

    asyncio.run(main())
    hub.publish("t", {"n": 1})


def test_a_loop_that_closed_harms_nobody():
    async def subscription():
        return hub.Subscription(asyncio.get_running_loop())

    asyncio.run(subscription()).offer({"n": 1})


def test_iteration_goes_on_for_ever():
    async def main():
        heard = []
        with hub.subscribe("t") as events:
            for number in range(3):
                hub.publish("t", {"n": number})
            async for event in events:
                heard.append(event["n"])
                if len(heard) == 3:
                    break
        return heard

    assert asyncio.run(main()) == [0, 1, 2]


@pytest.mark.parametrize("turns", range(4))
def test_who_waits_can_be_told_to_stop_just_as_something_comes(turns):
    async def wait_for_ever(events):
        while True:
            await events.next(timeout_s=60)

    async def main():
        with hub.subscribe("t") as events:
            waiting = asyncio.create_task(wait_for_ever(events))
            await asyncio.sleep(0.01)
            events._put({"n": 1})
            for _ in range(turns):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting], timeout=1)
            is_over = waiting.done()
            waiting.cancel()
            return is_over

    assert asyncio.run(main())
