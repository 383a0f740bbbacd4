from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from orders.steps import NotYet, Permanent, UnknownOutcome
from printing.printers.backend import Busy, Withdrawal
from printing.printers.ipp import words
from printing.printers.ipp.job import judged, read_job
from printing.printers.ipp.message import JOB_GROUP, Reply
from printing.printers.ipp.queue import IppQueue, read_status
from printing.printers.ipp.refusals import refusal


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0x0507, Busy),
        (0x0506, NotYet),
        (0x0406, NotYet),
        (0x0403, NotYet),
        (0x0505, NotYet),
        (0x0503, NotYet),
        (0x0500, UnknownOutcome),
        (0x040A, Permanent),
        (0x0400, Permanent),
    ],
)
def test_a_refusal_says_whether_to_try_again(status: int, error: type) -> None:
    assert type(refusal(status)) is error


def test_reasons_are_told_in_plain_words_whatever_their_severity() -> None:
    for keyword in ("media-empty", "media-empty-warning", "media-empty-error", "media-empty-report"):
        assert words.sentences([keyword]) == ["It is out of paper."]
    assert words.sentences(["none"]) == []
    assert words.sentences(["moon-phase-warning"]) == ["It reports: moon-phase."]


def test_paper_out_blocks_the_printer_and_low_toner_does_not() -> None:
    assert read_status({"printer-state": [4], "printer-state-reasons": ["media-empty-warning"]}).blocked
    assert not read_status({"printer-state": [3], "printer-state-reasons": ["toner-low-warning"]}).blocked
    assert read_status({"printer-state": [5], "printer-state-reasons": ["none"]}).blocked
    assert read_status({"printer-state": [3], "printer-is-accepting-jobs": [False]}).blocked


def test_a_lost_history_is_noticed() -> None:
    status = read_status({"printer-state": [3], "printer-state-reasons": ["cups-ipp-missing-job-history"]})
    assert status.lost_history
    assert "check the paper" in status.reasons[0]


@pytest.mark.parametrize(
    ("state", "done", "failed"),
    [(3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0), (7, 0, 1), (8, 0, 1), (9, 1, 0)],
)
def test_a_job_is_done_failed_or_still_to_come(state: int, done: int, failed: int) -> None:
    status = read_job({"job-state": [state]}, "7K3M-Q9TX-2BDF/r1/c1", "order-desk")
    assert (status.done, status.failed) == (done, failed)


@pytest.mark.parametrize(
    ("told", "cancelled", "known"),
    [
        ({"job-state": [7], "time-at-processing": [b""]}, True, Withdrawal.NOT_PRINTED),
        ({"job-state": [7], "time-at-processing": [b""]}, False, Withdrawal.NOT_PRINTED),
        ({"job-state": [7], "time-at-processing": [1764]}, True, Withdrawal.PERHAPS),
        ({"job-state": [7]}, True, Withdrawal.PERHAPS),
        ({"job-state": [5], "time-at-processing": [1764]}, True, Withdrawal.PERHAPS),
        ({}, True, Withdrawal.PERHAPS),
        ({"job-state": [9], "time-at-processing": [1764]}, True, Withdrawal.TOO_LATE),
        ({"job-state": [5], "time-at-processing": [1764]}, False, Withdrawal.TOO_LATE),
        ({"job-state": [8], "time-at-processing": [1764]}, False, Withdrawal.TOO_LATE),
        ({}, False, Withdrawal.TOO_LATE),
    ],
)
def test_only_what_was_cancelled_and_never_begun_is_certainly_not_printed(
    told: dict[str, list[Any]], cancelled: bool, known: Withdrawal
) -> None:
    assert judged(Reply(0, [(JOB_GROUP, told)]), cancelled=cancelled) == known


@pytest.mark.parametrize(
    ("status", "said"), [(0x0403, "does not let the order desk take jobs back"), (0x0501, "can't give jobs back")]
)
def test_a_printer_that_gives_nothing_back_says_so(monkeypatch: pytest.MonkeyPatch, status: int, said: str) -> None:
    queue = IppQueue("ipp://cups.lan/printers/slips")
    monkeypatch.setattr(queue, "_ask", lambda *asked, **options: Reply(status, []))
    with pytest.raises(NotYet, match=said):
        queue.withdraw("17", "7K3M-Q9TX-2BDF/r1/c1")


class Old(BaseHTTPRequestHandler):
    """A printer that refuses IPP versions, as RFC 8011 section 4.1.8 says: with 0x0503 and a version of its own."""

    refused: tuple[bytes, ...] = ()
    asked: list[bytes] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append(body[:2])
        if body[:2] in self.refused:
            answer = b"\x01\x01\x05\x03" + body[4:8] + b"\x03"
        else:
            answer = body[:2] + b"\x00\x00" + body[4:8] + b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07\x03"
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def old() -> Iterator[Callable[..., tuple[IppQueue, list[bytes]]]]:
    servers = []

    def start(*refused: bytes) -> tuple[IppQueue, list[bytes]]:
        asked: list[bytes] = []
        kind = type("Printer", (Old,), {"refused": refused, "asked": asked})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return IppQueue(f"ipp://127.0.0.1:{server.server_port}/ipp/print"), asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_printer_that_refuses_ipp_2_0_is_spoken_to_in_1_1_from_then_on(
    old: Callable[..., tuple[IppQueue, list[bytes]]],
) -> None:
    queue, asked = old(b"\x02\x00")
    assert queue.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None) == "7"
    assert asked == [b"\x02\x00", b"\x01\x01"]
    queue.status()
    assert asked[2:] == [b"\x01\x01"]


def test_a_printer_that_refuses_both_versions_says_what_to_do(
    old: Callable[..., tuple[IppQueue, list[bytes]]],
) -> None:
    queue, asked = old(b"\x02\x00", b"\x01\x01")
    with pytest.raises(NotYet, match="through a CUPS queue"):
        queue.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None)
    assert asked == [b"\x02\x00", b"\x01\x01"]


class Narrow(Old):
    """A printer with one paper, which it lists (RFC 8011 section 5.2.13)."""

    bodies: list[bytes] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append(body)
        listed = b"\x04\x44\x00\x0fmedia-supported\x00\x12na_index-4x6_4x6in\x03"
        made = b"\x02\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07\x03"
        answer = body[:2] + b"\x00\x00" + body[4:8] + (listed if b"media-supported" in body else made)
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.mark.parametrize(
    ("media", "told"), [("na_index-4x6_4x6in", True), ("om_small-photo_100x150mm", False), ("", False)]
)
def test_a_printer_is_told_the_paper_that_it_lists_and_no_other(media: str, told: bool) -> None:
    Narrow.bodies.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Narrow) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        queue = IppQueue(f"ipp://127.0.0.1:{server.server_port}/ipp/print")
        assert queue.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None, media) == "7"
        server.shutdown()
    # In the job's group, before the data.
    assert (b"\x02\x44\x00\x05media\x00\x12na_index-4x6_4x6in\x03%PDF" in Narrow.bodies[-1]) == told
    assert (b"\x00\x05media" in Narrow.bodies[-1]) == told
    assert len(Narrow.bodies) == (2 if media else 1)


def test_a_printer_that_does_not_say_what_it_lists_prints_all_the_same(
    old: Callable[..., tuple[IppQueue, list[bytes]]],
) -> None:
    queue, asked = old()
    assert queue.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None, "na_index-4x6_4x6in") == "7"
    assert len(asked) == 2
