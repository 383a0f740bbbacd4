"""What is logged, and where to. Logs carry order numbers, no names."""

import logging
from typing import Any

from celery.signals import after_setup_logger, after_setup_task_logger
from django.conf import settings

from orders.json_lines import JsonLines
from orders.request_id import current

LONGEST = 300  # characters of what a request is refused for
QUIET = ("celery.worker.strategy", "celery.app.trace")


class Lines(logging.Formatter):
    """A line a message: what a printer, say, or another program calls itself does not begin one of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if "\n" not in str(record.msg):  # Else the desk itself has more to say than a line.
            record.message = shown(record.message)
        return super().formatMessage(record)


def shown(text: str) -> str:
    """Text with line breaks and control characters as escapes."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


FORMATS: dict[str, dict[str, Any]] = {
    "line": {"()": Lines, "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s%(of_request)s"},
    "json": {"()": JsonLines},
}


class OfRequest(logging.Filter):
    """Adds the id of the request that a line is about, as the answer's header Request-Id has it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request_id = current()
        record.request_id = request_id
        record.of_request = f" [{request_id}]" if request_id else ""
        return True


class OneLine(logging.Filter):
    """What Django refuses for safety (a forged Host, say) is the caller's deed: one line tells it, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.msg, record.args = " ".join(record.getMessage().split())[:LONGEST], ()
            record.exc_info = record.exc_text = None
        return True


def log_format(name: str) -> None:
    if name not in FORMATS:
        raise ValueError(f"a format is one of {' and '.join(FORMATS)}.")


def logs(level: str, form: str = "line") -> dict[str, Any]:
    """Django's LOGGING: the desk's own words from `level` on, as lines or as JSON."""
    logging.captureWarnings(form == "json")  # Else they were bare lines among the others.
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {form: FORMATS[form]},
        "filters": {"of request": {"()": OfRequest}, "one line": {"()": OneLine}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["of request", "one line"],
            },
            "nowhere": {"class": "logging.NullHandler"},
        },
        "loggers": {
            name: {"handlers": ["stderr"], "level": level, "propagate": False}
            for name in ("orders", "integrations", "printing", "shop")
        }
        # It quotes the document, customer's name and all; what it has to say stands on the step.
        | {"xhtml2pdf": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}}
        # Whoever looks closely (`celery worker -l DEBUG`) would find each address here, the secret in GA4's too.
        | {"urllib3": {"level": "WARNING"}}
        # shop.staff.guesses says the same in the desk's words.
        | {"axes": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}}
        # Django's own would be silent in production: faults with their traceback, and refused hosts.
        | {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}}
        | {"py.warnings": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}}
        # "received" and "succeeded": two lines a task that say less than the desk's one, and as many for each tick.
        | {name: {"level": "INFO" if level == "DEBUG" else "WARNING"} for name in QUIET},
    }


@after_setup_logger.connect
@after_setup_task_logger.connect
def as_the_desk_does(logger: logging.Logger | None = None, **kwargs: Any) -> None:
    """What Celery's own loggers say is JSON, too, where the desk's is."""
    if settings.LOG_FORMAT == "json" and logger:
        for handler in logger.handlers:
            handler.setFormatter(JsonLines())
