import time
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from shop.operations import gate
from shop.operations.gate import BRIEFLY, CUSTOMERS_WAIT, SILENCE, Gate, Visit


def entered(gate: Gate, kind: str) -> Visit:
    visit = gate.enter(kind)
    assert visit is not None
    return visit


def test_a_busy_process_refuses_nobody() -> None:
    here = Gate(threads=2)
    assert all(here.enter("POST") for _ in range(10))


def test_while_the_database_is_silent_one_probe_goes_in_and_a_success_opens() -> None:
    here = Gate(threads=2)
    first, second = entered(here, "POST"), entered(here, "POST")
    assert first.left(SILENCE - 0.1) > 0
    assert first.left(SILENCE) == 0, "all threads are taken: it gives up"
    here.leave(first, well=False)
    probe = entered(here, "POST")
    assert probe.probe
    assert here.enter("POST") is None
    here.leave(probe, well=True)
    assert here.enter("POST") is not None
    assert second.kind == "POST"


def test_who_comes_into_a_silence_gives_the_thread_up_soon() -> None:
    """Else health would wait for a thread as long again, behind each round of customers."""
    here = Gate(threads=3)
    first = [entered(here, "POST") for _ in range(3)]
    assert [visit.left(SILENCE) for visit in first] == [0, 0, 0]
    for visit in first:
        here.leave(visit, well=False)
    late, _, probe = entered(here, "POST"), entered(here, "POST"), entered(here, "POST")
    assert late.left(BRIEFLY) == 0
    assert probe.probe
    assert probe.left(BRIEFLY) > 0
    assert late.together.ends < time.monotonic() + CUSTOMERS_WAIT - 1
    here.leave(probe, well=True)
    assert late.left(BRIEFLY) > 0


def test_a_slow_page_of_staff_refuses_no_customer_and_keeps_its_time_while_threads_are_free() -> None:
    here = Gate(threads=3)
    slow = entered(here, "staff")
    assert slow.left(SILENCE + 3) > 0
    assert here.enter("POST") is not None
    assert here.enter("POST") is not None
    assert here.enter("POST") is not None


def test_a_wait_is_no_silence_while_others_of_its_kind_end_well() -> None:
    here = Gate(threads=2)
    slow, quick = entered(here, "POST"), entered(here, "POST")
    here.leave(quick, well=True)
    entered(here, "POST")
    assert slow.left(SILENCE) > 0
    assert not here.stalled


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/admin/login/", "text/html; charset=utf-8"),
        ("/desk/pack", "text/html; charset=utf-8"),
        ("/order/7K3M-Q9TX-2BDF", "application/problem+json"),
    ],
)
@pytest.mark.django_db
def test_every_page_says_503_with_the_time_to_come_back(
    path: str, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def silent(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("the database did not answer in time")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", silent)
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a-session-to-look-up"
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == kind
    assert ("<h1>Not just now</h1>" in answer.text) is kind.startswith("text")


@pytest.mark.parametrize(("path", "kind"), [("/order/7K3M-Q9TX-2BDF", "GET"), ("/desk/pack", "staff")])
def test_refused_at_the_gate(monkeypatch: pytest.MonkeyPatch, path: str, kind: str) -> None:
    monkeypatch.setattr(gate, "THE_GATE", here := Gate(threads=1))
    here.stalled.add(kind)
    here.next_probe = float("inf")
    answer = Client().get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert ("<h1>Not just now</h1>" in answer.text) is (kind == "staff")
    assert Client().get("/health").status_code == 200
