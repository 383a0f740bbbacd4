"""Questions asked side by side, each in a thread that can't hold up the end."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

Answer = TypeVar("Answer")
MOST = 64  # threads


def ask(questions: Mapping[str, Callable[[], Answer]], until: float) -> Iterator[tuple[str, Answer | None]]:
    """Each name with its answer, as they come; None for one that has not come by then, or was not asked.

    `until` is by the process's monotonic clock.

    A question must not raise. The threads are daemons: one that hangs in a dead network share ends with the process.
    """
    answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    missing = list(questions)
    for name in missing[:MOST]:
        threading.Thread(target=lambda name=name: answers.put((name, questions[name]())), daemon=True).start()
    while missing and (left := until - time.monotonic()) > 0:
        try:
            name, answer = answers.get(timeout=left)
        except queue.Empty:
            break
        missing.remove(name)
        yield name, answer
    for name in missing:
        yield name, None
