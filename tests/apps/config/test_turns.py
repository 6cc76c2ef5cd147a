"""The writers' lock: first come, first served."""

import threading
import time

from ebbtide.clinic.config.sqlcipher.turns import FairLock


def wait_until(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_it_is_passed_on_in_the_order_of_asking():
    lock, order = FairLock(), []
    assert lock.acquire(timeout_s=0)

    def ask(number):
        assert lock.acquire(timeout_s=10)
        order.append(number)
        lock.release()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        wait_until(lambda: len(lock._waiting) == len(threads))
    lock.release()
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3, 4]
    assert not lock.locked()


def test_who_gave_up_does_not_get_it():
    lock = FairLock()
    assert lock.acquire(timeout_s=0)
    assert not lock.acquire(timeout_s=0.01)
    lock.release()
    assert not lock.locked()
    assert lock.acquire(timeout_s=0)


def test_two_never_hold_it():
    lock, inside, most = FairLock(), [], []

    def work():
        for _ in range(200):
            assert lock.acquire(timeout_s=10)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            lock.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(most), max(most)) == (800, 1)
