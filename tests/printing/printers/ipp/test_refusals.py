"""Errors of printers that nobody has here: what is certain of the slip, and what staff read."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from orders.models import Order
from orders.steps import NotYet, Permanent, StepError, UnknownOutcome
from printing.models import Printer, PrintJob
from printing.polling import poll
from printing.printers.backend import JobStatus, Status
from printing.printers.ipp.job import STILL_THERE, read_job
from printing.printers.ipp.message import Operation
from printing.printers.ipp.queue import IppQueue, read_status
from tests.printing.fake_printer import deliver, job_of

NAME = "7K3M-Q9TX-2BDF/r1/c1"
NUMBER_7 = b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07"
NO_NUMBER = b"\x02\x13\x00\x06job-id\x00\x00"  # no-value: RFC 8010, 3.5.2
READY = b"\x04\x23\x00\x0dprinter-state\x00\x04\x00\x00\x00\x03"
Replies = dict[Operation, tuple[int, bytes]]
Started = Callable[..., str]


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts a printer that answers each operation with a status and groups, others with "all is well"."""
    with ExitStack() as stack:

        def start(replies: Replies) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_POST(self) -> None:
                    body = self.rfile.read(int(self.headers["Content-Length"]))
                    status, groups = replies.get(Operation(int.from_bytes(body[2:4])), (0, READY))
                    answer = body[:2] + status.to_bytes(2) + body[4:8] + groups + b"\x03"
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)

                def log_message(self, *arguments: object) -> None:
                    """Says nothing."""

            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
            Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            stack.callback(server.shutdown)
            return f"ipp://127.0.0.1:{server.server_port}/ipp/print"

        yield start


@pytest.mark.parametrize("status", [0x0504, 0x0505, 0x0411, 0x0508, 0x0403])
def test_an_error_beside_a_number_does_not_mean_that_nothing_is_printed(started: Started, status: int) -> None:
    """RFC 8011, B.1.5.5: the paper jams while it takes the slip. Sent again, it would come out twice."""
    queue = IppQueue(started({Operation.PRINT_JOB: (status, NUMBER_7)}))
    with pytest.raises(UnknownOutcome, match="gave the slip a number"):
        queue.send(NAME, b"%PDF", lambda: None)


@pytest.mark.parametrize("groups", [b"", NO_NUMBER, NUMBER_7[:-1] + b"\x00"], ids=["none", "no value", "0"])
def test_a_number_that_is_none_leaves_the_slip_unknown(started: Started, groups: bytes) -> None:
    with pytest.raises(UnknownOutcome, match="gave it no number"):
        IppQueue(started({Operation.PRINT_JOB: (0, groups)})).send(NAME, b"%PDF", lambda: None)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (0x0405, NotYet, "did not wait"), (0x0407, NotYet, "no such print queue any more"),
        (0x041E, NotYet, "keeps accounts"), (0x0504, NotYet, "at the moment"), (0x0408, Permanent, "refuses the slip"),
    ],
)  # fmt: skip
def test_a_refusal_of_the_slip_says_what_it_is(
    started: Started, status: int, error: type[StepError], words: str
) -> None:
    with pytest.raises(error, match=words) as raised:
        IppQueue(started({Operation.PRINT_JOB: (status, b"")})).send(NAME, b"%PDF", lambda: None)
    if isinstance(raised.value, Permanent):
        assert "SHOP_LOGO" in raised.value.next_action


@pytest.mark.parametrize(
    ("status", "became"),
    [
        (0x0406, JobStatus(forgotten=True, reason="The printer does not remember the job.")),
        (0x0407, JobStatus(forgotten=True, reason="The printer does not remember the job.")),
        (0x0403, JobStatus(reason="The printer does not tell what became of it (0x0403).")),
        (0x040B, JobStatus(reason="The printer does not tell what became of it (0x040b).")),
    ],
)
def test_a_job_that_it_does_not_tell_of_keeps_nobody_from_asking_how_the_printer_is(
    started: Started, status: int, became: JobStatus
) -> None:
    queue = IppQueue(started({Operation.GET_JOB_ATTRIBUTES: (status, b"")}))
    assert queue.jobs({NAME: "7"}) == {NAME: became}
    assert queue.status() == Status("ready")


@pytest.mark.parametrize("status", [0x0400, 0x0403, 0x040B, 0x0500, 0x0502, 0x0505])
def test_an_error_at_a_question_speaks_of_no_slip(started: Started, status: int) -> None:
    queue = IppQueue(started(dict.fromkeys([Operation.GET_PRINTER_ATTRIBUTES, Operation.GET_JOBS], (status, b""))))
    asked: list[Callable[[], Any]] = [queue.status, lambda: queue.find(NAME), lambda: queue.jobs({NAME: "7"})]
    for ask in asked:
        with pytest.raises((NotYet, Permanent)) as raised:
            ask()
        assert "slip" not in raised.value.reason


def test_a_printer_that_hangs_up_at_a_question_took_no_slip() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        with pytest.raises(UnknownOutcome, match=r"^The printer did not answer\.$"):
            IppQueue(f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print").status()


def test_a_job_that_is_held_back_says_so() -> None:
    assert read_job({"job-state": [4]}, NAME, "order-desk").reason == STILL_THERE[4]


@pytest.mark.parametrize(
    ("keyword", "blocked"),
    [
        ("marker-waste-full-error", True), ("output-tray-missing", True), ("hold-new-jobs", True),
        ("moving-to-paused", True), ("developer-low-report", False), ("opc-near-eol-warning", False),
    ],
)  # fmt: skip
def test_every_state_of_the_standard_that_keeps_paper_back_is_told_in_words(keyword: str, blocked: bool) -> None:
    status = read_status({"printer-state": [3], "printer-state-reasons": [keyword]})
    assert status.blocked == blocked
    assert "It reports" not in status.reasons[0]


@pytest.mark.django_db
def test_a_printer_that_tells_nothing_of_an_old_job_takes_new_slips(order: Order, started: Started) -> None:
    url = started({Operation.PRINT_JOB: (0, NUMBER_7), Operation.GET_JOB_ATTRIBUTES: (0x0403, b"")})
    printer = Printer.objects.create(name="slips", url=url)
    deliver(order)
    poll(printer)
    printer.refresh_from_db()
    assert (printer.state, printer.blocked) == ("ready", False)
    assert (job_of(order).state, job_of(order).reason) == (
        PrintJob.State.ACCEPTED, "The printer does not tell what became of it (0x0403).",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_printer_that_never_lists_its_jobs_is_no_riddle_without_an_end(order: Order, started: Started) -> None:
    """After a lost answer a person is asked: nothing but that could ever end it."""
    url = started({Operation.PRINT_JOB: (0x0504, NUMBER_7), Operation.GET_JOBS: (0x040B, b"")})
    Printer.objects.create(name="slips", url=url)
    assert deliver(order).state == "waiting"
    step = deliver(order)
    assert (step.state, job_of(order).state) == ("parked", PrintJob.State.UNKNOWN)
    assert "Nobody knows whether the slip was printed" in step.reason
