"""A printer without a memory gives its numbers once more: whose job has the number is told by its name."""

from typing import Any

import pytest

from printing.printers.backend import Withdrawal
from printing.printers.ipp.job import is_anothers, read_job
from printing.printers.ipp.message import JOB_GROUP, Operation, Reply
from printing.printers.ipp.queue import IppQueue

NAME, USER = "7K3M-Q9TX-2BDF/r1/c1", "order-desk"
OURS: list[dict[str, list[Any]]] = [
    {"job-name": [NAME]},
    {"job-name": ["Untitled"], "document-name-supplied": [NAME], "job-originating-user-name": ["anonymous"]},
    {"job-name": ["smbprn.0007 7k3m_q9tx_2bdf_r1_c1.pdf"], "job-originating-user-name": ["anonymous"]},
    {"job-name": ["Remote job"], "job-originating-user-name": [USER]},
    {"job-name": ["Remote job"]},
    {"job-originating-user-name": ["anonymous"]},
    {"job-name": [b""], "job-originating-user-name": [b""]},
    {},
]
ANOTHERS: list[dict[str, list[Any]]] = [
    {"job-name": ["7K3M-Q9TX-2BDG/r1/c1"]},
    {"job-name": ["7K3M-Q9TX-2BDF/r1/c2"], "job-originating-user-name": [USER]},
    {"job-name": ["7K3M-Q9TX-2BDF/r1/c10"], "job-originating-user-name": [USER]},
    {"job-name": ["PICK-42/r1/c1"], "job-originating-user-name": ["anonymous"]},
    {"job-name": ["Rechnung Müller.docx"], "job-originating-user-name": ["petra"]},
]


@pytest.mark.parametrize("told", OURS)
def test_what_may_be_ours_is_believed(told: dict[str, list[Any]]) -> None:
    assert not is_anothers(told, NAME, USER)
    assert read_job(told | {"job-state": [9]}, NAME, USER).done


@pytest.mark.parametrize("told", ANOTHERS)
def test_what_certainly_is_anothers_says_nothing_of_ours(told: dict[str, list[Any]]) -> None:
    for state in (3, 7, 9):
        fate = read_job(told | {"job-state": [state]}, NAME, USER)
        assert (fate.done, fate.failed, fate.forgotten) == (False, False, True)
        assert "Check the paper" in fate.reason


@pytest.mark.parametrize("told", ANOTHERS)
def test_anothers_job_is_not_cancelled(monkeypatch: pytest.MonkeyPatch, told: dict[str, list[Any]]) -> None:
    asked: list[Operation] = []

    def answer(operation: Operation, *about: object, **options: object) -> Reply:
        asked.append(operation)
        return Reply(0, [(JOB_GROUP, told | {"job-state": [3]})])

    queue = IppQueue("ipp://printer.lan/ipp/print")
    monkeypatch.setattr(queue, "_ask", answer)
    assert queue.withdraw("5", NAME) == Withdrawal.TOO_LATE
    assert Operation.CANCEL_JOB not in asked
    assert queue.jobs({NAME: "5"})[NAME].forgotten


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (NAME, "5"), ("7k3m_q9tx_2bdf_r1_c1", "5"), ("smbprn.0007 7K3M-Q9TX-2BDF-r1-c1.pdf", "5"),
        ("7K3MQ9TX2BDFR1C1", "5"), ("7K3M-Q9TX-2BDF/r1/c10", None), ("7K3M-Q9TX-2BDF/r11/c1", None),
        ("X7K3M-Q9TX-2BDF/r1/c1", None), ("", None),
    ],
)  # fmt: skip
def test_a_slip_is_found_in_whatever_way_the_printer_writes_its_name(
    monkeypatch: pytest.MonkeyPatch, told: str, found: str | None
) -> None:
    """Not found, it would be sent again where the printer keeps its history: printed twice."""
    queue = IppQueue("ipp://printer.lan/ipp/print")
    for key in ("job-name", "document-name-supplied"):
        job = {"job-id": [5], "job-name": ["Remote job"]} | {key: [told]}
        monkeypatch.setattr(queue, "_ask", lambda *about, job=job, **options: Reply(0, [(JOB_GROUP, job)]))
        assert queue.find(NAME) == found
