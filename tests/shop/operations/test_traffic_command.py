"""manage.py traffic: what it refuses. (tests/end_to_end/test_traffic.py has it at work.)"""

import time
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.models import Product
from shop.operations.management.commands import traffic
from shop.operations.traffic.answer import Answer, Later, NoAnswer, Placed
from shop.operations.traffic.made_up import MadeUp
from tests.factories import make_product


class Desk:
    """A desk that answers what it was told to, one after the other."""

    hosts = ("127.0.0.1",)

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[MadeUp, str]] = []

    def place(self, order: MadeUp, key: str) -> Answer:
        self.asked.append((order, key))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    return waits


@pytest.fixture
def product(db: None) -> Product:
    return make_product()


def run(monkeypatch: pytest.MonkeyPatch, desk: Desk, *arguments: str) -> list[str]:
    monkeypatch.setattr(traffic.Command, "desk", lambda self, options: desk)
    out = StringIO()
    call_command("traffic", "--every", "0", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_a_busy_desk_is_asked_again_for_the_same_order(
    monkeypatch: pytest.MonkeyPatch, slept: list[float], product: Product
) -> None:
    desk = Desk(Later("503 Not now.", 7), NoAnswer("Gone"), Placed("1"))
    with pytest.raises(CommandError, match=r"Gone. Is the desk running\?"):
        run(monkeypatch, desk)
    desk = Desk(Placed("1"), Later("503 Not now.", 7), NoAnswer("Gone"), Placed("2"))
    lines = run(monkeypatch, desk, "--count", "2")
    assert slept[-2:] == [7, traffic.PAUSE]
    assert [line[10:] for line in lines[1:3]] == ["503 Not now.; again in 7 s", "Gone; again in 1 s"]
    assert lines[-1] == "2 placed, 0 refused"
    assert len({key for _, key in desk.asked}) == 2
    assert len({key for _, key in desk.asked[1:]}) == 1


def test_a_desk_that_stays_away_ends_it_with_the_sum(
    monkeypatch: pytest.MonkeyPatch, slept: list[float], product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(Placed("1"), *[NoAnswer("Gone")] * (traffic.TRIES + 1))
    with pytest.raises(CommandError, match="Gone"):
        run(monkeypatch, desk)
    assert desk.answers == []


def test_an_empty_catalogue_is_told(db: None) -> None:
    with pytest.raises(CommandError, match="Nothing is on sale"):
        call_command("traffic")


def test_another_machine_gets_no_orders_without_yes(
    monkeypatch: pytest.MonkeyPatch, slept: list[float], product: Product
) -> None:
    with pytest.raises(CommandError, match=r"8\.8\.8\.8 is not this machine"):
        call_command("traffic", "--url", "http://8.8.8.8:8000")
    monkeypatch.setattr(Desk, "hosts", ("8.8.8.8",))
    assert run(monkeypatch, Desk(Placed("1")), "--count", "1", "--yes")[-1] == "1 placed, 0 refused"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--count", "0"], ["--count", "-1"], ["--count", "x"], ["--count", "²"], ["--every", "5-1"], ["--rate", "fast"],
        ["--every", "1", "--rate", "1/s"], ["--customers", " , "], ["--seed", "x"], ["--url", "nowhere"], ["more"],
    ],
)  # fmt: skip
def test_what_it_can_not_mean_is_refused_by_name(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match=r"argument|unrecognized"):
        call_command("traffic", *arguments)


def test_the_desk_is_the_one_of_the_settings(settings: Any) -> None:
    for public_url, own in (("", "http://127.0.0.1:8000"), ("http://127.0.0.1:8017", "http://127.0.0.1:8017")):
        settings.PUBLIC_URL = public_url
        assert traffic.own_url() == own
    settings.PUBLIC_URL = "https://desk.example.com"
    with pytest.raises(CommandError, match=r"desk\.example\.com is not this machine"):
        call_command("traffic")
    settings.PUBLIC_URL = "https://desk.example.com/?shop=1"
    with pytest.raises(CommandError, match="SHOP_PUBLIC_URL: the desk's address is like"):
        call_command("traffic")
