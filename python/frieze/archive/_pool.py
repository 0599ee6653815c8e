"""Work on several threads, whose results come in the order of the tasks."""
import collections
import concurrent.futures
import os
from typing import Any, Callable, Deque, Iterable, Iterator, Optional


def count_threads(asked: Optional[int], name: str) -> int:
    """As many as are asked for, or else as this process may run on."""
    if asked is None:
        return len(os.sched_getaffinity(0))
    if asked < 1:
        raise ValueError(f"expects {name} to be 1 or more, but got {asked}")
    return asked


def run(tasks: Iterable[Callable[[], Any]], threads: int, ahead: int = 4) -> Iterator[Any]:
    """The results of tasks. So many times as many tasks as threads are begun before the
    first of them is waited for, and no more."""
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    try:
        waiting: Deque[Any] = collections.deque()
        for task in tasks:
            waiting.append(pool.submit(task))
            if len(waiting) == ahead * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        # Without waiting for what nobody asks for any more.
        pool.shutdown(cancel_futures=True)
