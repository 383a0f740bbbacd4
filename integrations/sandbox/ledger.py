"""What arrived, in the order of its arrival: a line of JSON each, so that a kill of the sandbox loses nothing."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


class Ledger:
    """`append` returns once the line is with the operating system; `entries` are all, also those of earlier runs."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        path.touch(0o600)  # It has customers' names and addresses in it.
        self._lock = threading.Lock()
        self.entries = list(_read(path)) if path.exists() else []
        self._file = path.open("a", encoding="utf-8")
        self._file.write("\n")  # A line that was cut off when the process was killed ends here.

    def append(self, **entry: Any) -> dict[str, Any]:
        entry["arrived_at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
            self.entries.append(entry)
        return entry

    def close(self) -> None:
        self._file.close()


def _read(path: Path) -> Any:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue
