"""Work that is no task, done by one of the worker's pool processes: its main process must not wait for a database."""

from collections.abc import Callable, Sequence
from typing import Any

from billiard.einfo import ExceptionInfo, ExceptionWithTraceback


def run(
    pool: Any,
    function: Callable[..., object],
    arguments: Sequence[Any],
    *,
    done: Callable[[Any], object],
    failed: Callable[[BaseException], object],
    seconds: float,
) -> None:
    """Calls `function(*arguments)` in the pool; then `done(its result)`, or `failed(error)`, also if it was killed.

    The process is killed `seconds` after it has begun. A pool that is closed, or flushed after the broker's connection
    was lost, calls neither. `function` is found by its name, and the arguments are pickled.
    """

    def answered(result: Any) -> None:  # The solo pool hands over like this what is no Exception, as SystemExit.
        lost(result) if isinstance(result, ExceptionInfo) else done(result)

    def lost(information: ExceptionInfo) -> None:
        error = information.exception  # Wrapped, unless it came from another process.
        failed(error.exc if isinstance(error, ExceptionWithTraceback) else error)

    try:
        pool.apply_async(
            function,
            tuple(arguments),
            callback=answered,
            error_callback=lost,
            timeout=seconds,
        )
    except Exception as error:  # The solo pool raises what the function does.
        failed(error)
