"""What is logged, and where to. Logs carry order numbers, no names."""

import logging
from typing import Any

from orders.request_id import current

LONGEST = 300  # characters of what a request is refused for


class OfRequest(logging.Filter):
    """Adds the id of the request that a line is about, as the answer's header Request-Id has it."""

    def filter(self, record: logging.LogRecord) -> bool:
        request_id = current()
        record.request_id = f" [{request_id}]" if request_id else ""
        return True


class OneLine(logging.Filter):
    """What Django refuses for safety (a forged Host, say) is the caller's deed: one line tells it, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security"):
            record.msg, record.args = " ".join(record.getMessage().split())[:LONGEST], ()
            record.exc_info = record.exc_text = None
        return True


def logs(level: str) -> dict[str, Any]:
    """Django's LOGGING: the desk's own words from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s%(request_id)s"}},
        "filters": {"of request": {"()": OfRequest}, "one line": {"()": OneLine}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
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
        # shop.staff.guesses says the same in the desk's words.
        | {"axes": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False}}
        # Django's own would be silent in production: faults with their traceback, and refused hosts.
        | {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
    }
