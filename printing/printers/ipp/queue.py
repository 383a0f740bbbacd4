"""A CUPS queue or a printer, over IPP. The same few operations serve both."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from orders.steps import READ_SECONDS, NotYet, Permanent, StepError, UnknownOutcome
from printing.printers.backend import JobStatus, Status, Withdrawal
from printing.printers.ipp import words
from printing.printers.ipp.job import UNTOLD, is_anothers, names, names_it, read_job, withdraw
from printing.printers.ipp.message import (
    IPP_1_1,
    IPP_2_0,
    JOB_GROUP,
    PRINTER_GROUP,
    Attribute,
    Operation,
    Reply,
    Tag,
    encode,
)
from printing.printers.ipp.refusals import (
    CLIENT_ERRORS,
    GONE,
    NOT_FOUND,
    VERSION_NOT_SUPPORTED,
    no_answer,
    refusal,
)
from printing.printers.ipp.transport import Address, ask

# A queue tells a job's name only to the user who printed it. So all of the desk is the same user.
USER = "order-desk"
JOBS_SECONDS = 2.0  # for finished jobs, one request each: the rest is asked for in the next round
POLL_TIMEOUT = 5.0  # seconds without a byte; a round of polling asks many printers
# Of a finished job CUPS tells its name only to who asks for the document's, too.
ABOUT_JOBS = ["job-id", "job-name", "document-name-supplied", "job-state", "job-state-reasons"]
PRINTER_STATES = {3: "ready", 4: "printing", 5: "stopped"}  # printer-state, section 5.4.11


class IppQueue:
    """`url`: `ipp://host:631/printers/NAME` at CUPS, `ipp://host/ipp/print` at most printers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.address = Address(url)
        self.version = IPP_2_0

    def send(self, name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        about = [
            (Tag.NAME, "job-name", name),
            # Of a finished job CUPS tells the name of the document, but not the name of the job.
            (Tag.NAME, "document-name", name),
            (Tag.MIME_TYPE, "document-format", "application/pdf"),
        ]
        paper: list[Attribute] = [(Tag.KEYWORD, "media", media)] if media and self._has(media) else []
        reply = self._ask(Operation.PRINT_JOB, [*self._target(), *about], document, job=paper, assure=assure)
        job_id = reply.first(JOB_GROUP).get("job-id", [0])[0]
        has_number = isinstance(job_id, int) and job_id > 0
        if not reply.ok:
            raise refusal(reply.status, has_number=has_number)
        if not has_number:
            raise UnknownOutcome("The printer took the slip but gave it no number.", code=f"0x{reply.status:04x}")
        return str(job_id)

    def _has(self, media: str) -> bool:
        """Whether the queue lists that paper. A raw queue of CUPS lists none: it would pass the name on, and end the
        job where its printer does not know it. Who can't say is not told; what is wrong there `send` will find.
        """
        asked: list[Attribute] = [*self._target(), (Tag.KEYWORD, "requested-attributes", "media-supported")]
        try:
            reply = self._ask(Operation.GET_PRINTER_ATTRIBUTES, asked, reply_timeout=POLL_TIMEOUT)
        except StepError:
            return False
        return reply.ok and media in reply.first(PRINTER_GROUP).get("media-supported", [])

    def find(self, name: str) -> str | None:
        for which in ("not-completed", "completed"):
            for job in self._list(which):
                if any(names_it(each, name) for each in names(job)):
                    return str(job["job-id"][0])
        return None

    def status(self) -> Status:
        wanted = ["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"]
        asked: list[Attribute] = [*self._target(), (Tag.KEYWORD, "requested-attributes", wanted)]
        reply = self._ask(Operation.GET_PRINTER_ATTRIBUTES, asked, reply_timeout=POLL_TIMEOUT)
        if not reply.ok:
            raise no_answer(reply.status)
        return read_status(reply.first(PRINTER_GROUP))

    def jobs(self, ids: Mapping[str, str]) -> dict[str, JobStatus]:
        end = time.monotonic() + JOBS_SECONDS
        listed = self._list("not-completed", reply_timeout=POLL_TIMEOUT)
        unfinished = {str(job["job-id"][0]): job for job in listed}
        found: dict[str, JobStatus] = {}
        for name, job_id in ids.items():
            if found and time.monotonic() > end:
                break
            found[name] = read_job(unfinished.get(job_id) or self._job(job_id), name, USER)
        return found

    def withdraw(self, job_id: str, name: str) -> Withdrawal:
        with suppress(NotYet, Permanent):  # Who does not tell of a job may give it back all the same.
            if is_anothers(self._job(job_id), name, USER):
                return Withdrawal.TOO_LATE
        return withdraw(partial(self._ask, reply_timeout=POLL_TIMEOUT), self._target(), int(job_id))

    def forget(self, ids: Iterable[str]) -> None:
        """A queue forgets by itself."""

    def _job(self, job_id: str) -> dict[str, list[Any]]:
        """What it tells of the job; nothing if it does not remember it.

        One that it refuses to tell of (its number may be another user's by now) stands for no other.
        """
        asked: list[Attribute] = [
            self._target()[0],
            (Tag.INTEGER, "job-id", int(job_id)),
            self._target()[1],
            (Tag.KEYWORD, "requested-attributes", [*ABOUT_JOBS, "job-originating-user-name"]),
        ]
        reply = self._ask(Operation.GET_JOB_ATTRIBUTES, asked, reply_timeout=POLL_TIMEOUT)
        if reply.status in (NOT_FOUND, GONE):
            return {}
        if reply.status in CLIENT_ERRORS:
            return {UNTOLD: [f"0x{reply.status:04x}"]}
        if not reply.ok:
            raise no_answer(reply.status)
        return reply.first(JOB_GROUP) or {"job-state": []}

    def _list(self, which: str, *, reply_timeout: float = READ_SECONDS) -> list[dict[str, list[Any]]]:
        """All jobs of one kind. There is no limit: with one, a queue gives the oldest, not the newest."""
        asked: list[Attribute] = [
            *self._target(),
            (Tag.KEYWORD, "which-jobs", which),
            (Tag.KEYWORD, "requested-attributes", ABOUT_JOBS),
        ]
        reply = self._ask(Operation.GET_JOBS, asked, reply_timeout=reply_timeout)
        if not reply.ok:
            raise no_answer(reply.status)
        return [job for job in reply.every(JOB_GROUP) if "job-id" in job]

    def _ask(
        self,
        operation: Operation,
        about: list[Attribute],
        document: bytes = b"",
        *,
        job: Sequence[Attribute] = (),
        **options: Any,
    ) -> Reply:
        """Asks; and once more in IPP 1.1 where the printer refuses 2.0: it did nothing then. Remembers it."""

        def asked(version: bytes) -> Reply:
            return ask(self.address, encode(operation, about, document, job=job, version=version), **options)

        reply = asked(self.version)
        if reply.status == VERSION_NOT_SUPPORTED and self.version != IPP_1_1:
            reply = asked(IPP_1_1)
            if reply.status != VERSION_NOT_SUPPORTED:
                self.version = IPP_1_1
        return reply

    def _target(self) -> list[Attribute]:
        return [(Tag.URI, "printer-uri", self.address.uri), (Tag.NAME, "requesting-user-name", USER)]


def read_status(attributes: dict[str, list[Any]]) -> Status:
    keywords = [str(word) for word in attributes.get("printer-state-reasons", [])]
    state = PRINTER_STATES.get(attributes.get("printer-state", [0])[0], "unknown")
    reasons = words.sentences(keywords)
    accepting = attributes.get("printer-is-accepting-jobs", [True])[0] is not False  # It may be unknown.
    if not accepting:
        reasons.append("It takes no jobs.")
    return Status(
        state,
        reasons,
        blocked=state == "stopped" or not accepting or words.blocked(keywords),
        lost_history=words.LOST_HISTORY in map(words.plain, keywords),
    )
