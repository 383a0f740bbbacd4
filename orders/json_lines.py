"""A line of the log as JSON, whatever is logged: one object a line, in ASCII, that every reader can parse.

https://www.rfc-editor.org/rfc/rfc8259; its section 8.2 warns of halves of surrogate pairs, so there are none.
"""

import json
import logging
import math
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

MOST = 2**63  # Python itself refuses to write numbers of some thousand digits.
DEEPEST = 6  # What is nested deeper is shown as text.
OTHERS = {"color", "taskName", "of_request"}  # What libraries hang on a record and nobody reads.


class JsonLines(JsonFormatter):
    """time, level, logger and message; then what the caller gave as `extra`, and an exception's traceback."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Celery and gunicorn give it formats of theirs; it has its own."""
        super().__init__("%(message)s", rename_fields={"exc_info": "exception"})

    def format(self, record: logging.LogRecord) -> str:
        record.msg, record.args = _message(record), ()
        return super().format(record)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"], log_data["logger"] = record.levelname, record.name
        super().add_fields(log_data, record, message_dict)

    def serialize_log_record(self, log_data: Any) -> str:
        shown = {name: one for name, one in plain(log_data).items() if name not in OTHERS and one not in ("", None)}
        return json.dumps({"message": ""} | shown, ensure_ascii=True, allow_nan=False)


def _message(record: logging.LogRecord) -> str:
    """A message whose arguments do not fit is shown with them. (logging itself would print a traceback.)"""
    try:
        return record.getMessage()
    except Exception:
        return f"{_text(record.msg)} {_text(record.args)}"


def plain(value: Any, depth: int = DEEPEST) -> Any:
    """What JSON has; anything else as text."""
    if value is None or (isinstance(value, int) and abs(value) < MOST):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict) and depth:
        return {_text(name): plain(one, depth - 1) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and depth:
        return [plain(one, depth - 1) for one in value]
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "backslashreplace")
    try:
        text = str(value)
    except Exception as error:
        text = f"<a {type(value).__name__} that can't be shown: {type(error).__name__}>"
    return text.encode("utf-8", "backslashreplace").decode()
