"""The stand-in for a printer, asked by the desk's own way to talk to one."""

from email.message import Message
from pathlib import Path

import pytest

from integrations.sandbox.exchange import Request
from integrations.sandbox.printer import PATH
from orders.steps import NotYet
from printing.printers.backend import Withdrawal
from printing.printers.ipp.queue import IppQueue
from tests.integrations.running_sandbox import RunningSandbox

NAME = "7K3M-Q9TX-2BDF/r1/c1"


def queue(sandbox: RunningSandbox, path: str = PATH) -> IppQueue:
    return IppQueue(sandbox.url.replace("http:", "ipp:") + path)


def test_with_paper_a_job_is_printed_at_once(sandbox: RunningSandbox) -> None:
    printer = queue(sandbox)
    job = printer.send(NAME, b"%PDF-1.4", lambda: None)
    assert printer.jobs({NAME: job})[NAME].done
    assert printer.find(NAME) == job
    assert (printer.status().state, printer.status().blocked) == ("ready", False)


def test_without_paper_it_says_so_and_a_job_waits(sandbox: RunningSandbox) -> None:
    printer = queue(sandbox)
    sandbox.server.sandbox.printer.put_paper(False)
    job = printer.send(NAME, b"%PDF-1.4", lambda: None)
    status = printer.status()
    assert (status.state, status.reasons, status.blocked) == ("stopped", ["It is out of paper."], True)
    assert not printer.jobs({NAME: job})[NAME].done
    assert printer.find(NAME) == job
    sandbox.server.sandbox.printer.put_paper(True)
    assert printer.jobs({NAME: job})[NAME].done


def test_what_waits_for_paper_is_given_back_and_never_printed_nor_after_a_restart(tmp_path: Path) -> None:
    first = RunningSandbox(tmp_path)
    printed = queue(first).send("7K3M-Q9TX-2BDG/r1/c1", b"%PDF-1.4", lambda: None)
    first.server.sandbox.printer.put_paper(False)
    job = queue(first).send(NAME, b"%PDF-1.4", lambda: None)
    assert queue(first).withdraw(job, NAME) == Withdrawal.NOT_PRINTED
    assert (
        queue(first).withdraw(printed, "7K3M-Q9TX-2BDG/r1/c1")
        == queue(first).withdraw("99", NAME)
        == Withdrawal.TOO_LATE
    )
    first.close()
    again = RunningSandbox(tmp_path)
    try:
        fate = queue(again).jobs({NAME: job})[NAME]
        assert (fate.done, fate.failed) == (False, True)
    finally:
        again.close()


def test_it_remembers_its_jobs_after_a_restart(tmp_path: Path) -> None:
    first = RunningSandbox(tmp_path)
    first.server.sandbox.printer.put_paper(False)
    job = queue(first).send(NAME, b"%PDF-1.4", lambda: None)
    first.close()
    again = RunningSandbox(tmp_path)
    try:
        assert queue(again).jobs({NAME: job})[NAME].done
        assert queue(again).send(NAME, b"%PDF-1.4", lambda: None) == "2"
        assert queue(again).jobs({NAME: "7"})[NAME].forgotten
    finally:
        again.close()
    assert (tmp_path / "printed" / "1.pdf").read_bytes() == b"%PDF-1.4"


def test_what_is_no_ipp_message_is_refused(sandbox: RunningSandbox) -> None:
    with pytest.raises(NotYet):
        queue(sandbox, "/nowhere").status()
    for body in (b"", b"\x02\x00\x00\x0b\x00\x00\x00\x01\x01\x47\xff\xff"):
        asked = Request("POST", PATH, Message(), body)
        assert sandbox.server.sandbox.printer.answer(asked).status == 400
