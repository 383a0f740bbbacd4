"""What is logged, and where to. Logs carry order numbers, no names."""

from typing import Any


def logs(level: str) -> dict[str, Any]:
    """Django's LOGGING: the desk's own words from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
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
