"""What the log hears of OpenTelemetry: a line a minute. Its own come with each batch, and quote addresses."""

import logging
import time

PAUSE = 60.0  # seconds
log = logging.getLogger(__name__)


class OneAMinute(logging.Handler):
    """Of the errors of the exporter, which says them when a batch was lost."""

    def __init__(self, host: str) -> None:
        super().__init__(logging.ERROR)
        self._host = host
        self._next = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + PAUSE
        log.warning("traces are lost: %s %s; the next such line comes in a minute", self._host, answer(record))


def answer(record: logging.LogRecord) -> str:
    """The HTTP status, if the collector answered: it stands among what the line is made of."""
    codes = [part for part in record.args or () if isinstance(part, int)] if isinstance(record.args, tuple) else []
    return f"answers {codes[0]}" if codes else "does not answer"


def be_quiet(host: str) -> None:
    logger = logging.getLogger("opentelemetry")
    logger.handlers = [OneAMinute(host)]
    logger.propagate = False
