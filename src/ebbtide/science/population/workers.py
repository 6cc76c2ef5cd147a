"""Who does the work: threads of this machine, or a cluster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

_AHEAD: Final = 32  # calls under way or waiting to be taken: bounds the memory
_Found = TypeVar("_Found")


class Cluster(Protocol):
    """A `dask.distributed.Client`, as far as it is needed here."""

    def get_executor(self) -> "Executor":
        """What runs calls on the cluster."""


def run(
    task: Callable[[int], _Found],
    numbers: Iterable[int],
    *,
    workers: int | None,
    client: Cluster | None,
) -> Iterator[_Found]:
    """Results of a task in the order of its numbers, whoever worked them out and when.

    Args:
        task: With a client, something that can be sent to another machine.
        numbers: One call each.
        workers: Threads on this machine, None for one a core.
        client: Its cluster does the work instead.

    Raises:
        ValueError: Fewer than one worker.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers!r}")
    with client.get_executor() if client else _threads(workers) as executor:
        yield from in_order(executor, task, numbers)


def in_order(
    executor: "Executor", task: Callable[[int], _Found], numbers: Iterable[int]
) -> Iterator[_Found]:
    """Results in the order of the numbers, with some calls running ahead."""
    waiting: deque[Future[_Found]] = deque()
    for number in numbers:
        waiting.append(executor.submit(task, number))
        if len(waiting) == _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _threads(workers: int | None) -> "Executor":
    """Threads that share the cores: NumPy lets go of the interpreter while it counts."""
    from concurrent.futures import ThreadPoolExecutor  # most users of the science never need it
    from multiprocessing import cpu_count

    return ThreadPoolExecutor(workers or cpu_count())
