import pytest

from orders.steps import NotYet, Permanent, UnknownOutcome
from printing.printers.backend import Busy
from printing.printers.ipp import words
from printing.printers.ipp.queue import read_job, read_status, refusal


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0x0507, Busy),
        (0x0506, NotYet),
        (0x0406, NotYet),
        (0x0403, NotYet),
        (0x0505, NotYet),
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
    status = read_job({"job-state": [state]})
    assert (status.done, status.failed) == (done, failed)
