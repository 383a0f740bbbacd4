"""A stand-in for a printer that speaks IPP (RFC 8010, 8011): it "prints" into files, and can be out of paper.

It knows the five operations the desk asks for. What it was given while there was no paper is printed when there is.
"""

import struct
import threading
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from integrations.sandbox.exchange import Reply, Request
from integrations.sandbox.ledger import Ledger

PATH = "/ipp/print"
OK, NOT_POSSIBLE, NOT_FOUND, NOT_SUPPORTED = 0x0000, 0x0404, 0x0406, 0x0501
OPERATION_GROUP, JOB_GROUP, END, PRINTER_GROUP = b"\x01", b"\x02", 0x03, b"\x04"
NO_VALUE, INTEGER, BOOLEAN, ENUM, NAME, KEYWORD, CHARSET, LANGUAGE = 0x13, 0x21, 0x22, 0x23, 0x42, 0x44, 0x47, 0x48
PENDING, CANCELED, COMPLETED = 3, 7, 9  # job-state
NOT_BEGUN = (NO_VALUE, "time-at-processing", b"")
IDLE, STOPPED = 3, 5  # printer-state


class Operation(IntEnum):
    """RFC 8011, section 5.4.15."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


@dataclass(frozen=True)
class Asked:
    """An IPP request: its operation, its attributes (the last value of each), and the document behind them."""

    operation: int
    number: bytes
    attributes: dict[str, bytes]
    document: bytes

    @classmethod
    def read(cls, data: bytes) -> "Asked":
        """Raises ValueError if it is no IPP message."""
        try:
            found, at = dict[str, bytes](), 8
            while (tag := data[at]) != END:
                at += 1
                if tag >= 0x10:  # Below are the delimiters of groups.
                    name, at = _take(data, at)
                    value, at = _take(data, at)
                    found[name.decode()] = value
            return cls(struct.unpack_from(">H", data, 2)[0], data[4:8], found, data[at + 1 :])
        except (struct.error, IndexError, UnicodeDecodeError) as error:
            raise ValueError("no IPP message") from error

    def text(self, name: str) -> str:
        return self.attributes.get(name, b"").decode(errors="replace")

    def job_id(self) -> int:
        value = self.attributes.get("job-id", b"")
        return int.from_bytes(value, "big") if len(value) == 4 else 0


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end > len(data):
        raise IndexError(end)
    return data[at + 2 : end], end


class PrinterStandIn:
    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder = ledger, folder
        self._lock = threading.Lock()
        self.has_paper = True
        self.jobs: list[dict[str, Any]] = [entry for entry in ledger.entries if entry.get("kind") == "job"]
        self.printed = {entry["number"] for entry in ledger.entries if entry.get("kind") == "printed"}
        self.cancelled = {entry["number"] for entry in ledger.entries if entry.get("kind") == "cancelled"}
        self._print()  # What waited when it was switched off.

    def put_paper(self, present: bool) -> None:
        with self._lock:
            self.has_paper = present
            self._print()

    def answer(self, request: Request) -> Reply:
        try:
            asked = Asked.read(request.body)
        except ValueError as error:
            return Reply(400, str(error).encode())
        with self._lock:
            status, groups = self._answer(asked)
        body = b"\x02\x00" + struct.pack(">H", status) + asked.number + _begin() + groups + bytes([END])
        return Reply(200, body, {"Content-Type": "application/ipp"})

    def _answer(self, asked: Asked) -> tuple[int, bytes]:
        match asked.operation:
            case Operation.PRINT_JOB:
                return OK, self._group(self._take(asked))
            case Operation.CANCEL_JOB:
                return self._cancel(asked.job_id()), b""
            case Operation.GET_JOB_ATTRIBUTES:
                job = next((job for job in self.jobs if job["number"] == asked.job_id()), None)
                return (OK, self._group(job)) if job else (NOT_FOUND, b"")
            case Operation.GET_JOBS:
                wanted = asked.text("which-jobs") == "completed"
                jobs = [job for job in self.jobs if (job["number"] in self.printed | self.cancelled) == wanted]
                return OK, b"".join(map(self._group, jobs))
            case Operation.GET_PRINTER_ATTRIBUTES:
                return OK, PRINTER_GROUP + self._state()
        return NOT_SUPPORTED, b""

    def _take(self, asked: Asked) -> dict[str, Any]:
        number = len(self.jobs) + 1
        self.folder.mkdir(0o700, parents=True, exist_ok=True)
        file = self.folder / f"{number}.pdf"
        file.touch(0o600)
        file.write_bytes(asked.document)
        self.jobs.append(self.ledger.append(kind="job", number=number, name=asked.text("job-name")))
        self._print()
        return self.jobs[-1]

    def _cancel(self, number: int) -> int:
        if not any(job["number"] == number for job in self.jobs):
            return NOT_FOUND
        if number in self.printed | self.cancelled:
            return NOT_POSSIBLE
        self.ledger.append(kind="cancelled", number=number)
        self.cancelled.add(number)
        return OK

    def _print(self) -> None:
        for job in self.jobs if self.has_paper else []:
            if job["number"] not in self.printed | self.cancelled:
                self.ledger.append(kind="printed", number=job["number"])
                self.printed.add(job["number"])

    def _group(self, job: dict[str, Any]) -> bytes:
        printed = job["number"] in self.printed
        state = COMPLETED if printed else CANCELED if job["number"] in self.cancelled else PENDING
        return JOB_GROUP + b"".join(
            [
                _attribute(INTEGER, "job-id", struct.pack(">i", job["number"])),
                _attribute(NAME, "job-name", job["name"].encode()),
                _attribute(ENUM, "job-state", struct.pack(">i", state)),
                # A sheet is printed at once, or not begun.
                _attribute(*((INTEGER, "time-at-processing", b"\0\0\0\1") if printed else NOT_BEGUN)),
            ]
        )

    def _state(self) -> bytes:
        reason = "none" if self.has_paper else "media-empty-error"
        return b"".join(
            [
                _attribute(ENUM, "printer-state", struct.pack(">i", IDLE if self.has_paper else STOPPED)),
                _attribute(KEYWORD, "printer-state-reasons", reason.encode()),
                _attribute(BOOLEAN, "printer-is-accepting-jobs", b"\x01"),
            ]
        )


def _begin() -> bytes:
    charset = _attribute(CHARSET, "attributes-charset", b"utf-8")
    return OPERATION_GROUP + charset + _attribute(LANGUAGE, "attributes-natural-language", b"en")


def _attribute(tag: int, name: str, value: bytes) -> bytes:
    raw = name.encode()
    return struct.pack(">BH", tag, len(raw)) + raw + struct.pack(">H", len(value)) + value
