"""manage.py resend."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.models import Order, Step
from orders.steps import destinations, settling, transitions
from tests.orders.conftest import Broker


@pytest.fixture
def parked(order: Order) -> Order:
    order.steps.exclude(name="printing").update(state=Step.State.PARKED, finished_at=order.created_at, reason="why")
    return order


def run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("resend", *arguments, stdout=out, **options)
    return out.getvalue()


def states(order: Order) -> dict[str, str]:
    return dict(order.steps.values_list("name", "state"))


def test_the_steps_of_an_order_are_sent_again_however_its_number_is_typed(parked: Order) -> None:
    assert "2 steps are sent again" in run("--order", parked.number.lower().replace("-", ""), "--yes")
    assert set(states(parked).values()) == {"queued"}


def test_one_destination_is_sent_again_alone(parked: Order) -> None:
    run("--step", "sap", "--yes")
    assert states(parked) == {"sap": "queued", "marketing": "parked", "printing": "queued"}


def test_an_order_whose_number_is_empty_is_not_all_of_them(parked: Order) -> None:
    """As a script has it whose variable is not set."""
    with pytest.raises(CommandError, match="There is no order"):
        run("--order", "", "--step", "sap", "--yes")
    assert states(parked)["sap"] == "parked"


def test_what_undoes_steps_at_a_destination_is_sent_again_with_them(parked: Order) -> None:
    Order.objects.update(status="cancelled")
    Step.objects.create(order=parked, name="sap_cancel", state="parked", due_at=parked.created_at)
    assert "1 steps are sent again" in run("--step", "sap", "--yes")
    assert states(parked)["sap_cancel"] == "queued"


def test_it_says_what_is_held(parked: Order) -> None:
    destinations.pause("sap", by="anna")
    said = run("--order", parked.number, "--yes")
    assert "2 steps are sent again." in said
    assert "sap is paused or its circuit breaker is open: it holds 1 steps." in said
    assert "marketing is paused" not in said


def test_what_failed_before_the_time_is_left_alone(parked: Order) -> None:
    parked.steps.update(finished_at="2001-01-01T00:00Z")
    said = run("--since", "2001-01-02", "--yes")
    assert said == "0 of the steps that were asked for are waiting or parked.\nNothing was sent.\n"
    assert "2 steps are sent again" in run("--since", "2000-01-01T00:00", "--yes")


def test_a_time_that_is_yet_to_come_is_refused(parked: Order) -> None:
    with pytest.raises(CommandError, match=r"^2999-01-01 09:00 is yet to come: it is 20[0-9: -]+ now\.$"):
        run("--since", "2999-01-01T09:00", "--yes")
    assert states(parked)["sap"] == "parked"


def test_it_shows_the_count_and_asks(parked: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(prompt: str) -> str:
        asked.append(prompt)
        return "n"

    monkeypatch.setattr("builtins.input", refuse)
    assert "Nothing was sent" in run("--order", parked.number)
    assert asked == ["Send 2 steps again? [y/N] "]
    assert states(parked)["sap"] == "parked"


@pytest.mark.parametrize(
    ("arguments", "words"), [([], "Say which steps"), (["--order", "nonsense"], "There is no order nonsense")]
)
def test_it_refuses_what_it_can_not_mean(db: None, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(*arguments)


def test_a_step_done_by_hand_lets_its_order_be_settled(order: Order, broker: Broker) -> None:
    order.steps.update(state=Step.State.DONE, finished_at="2000-01-01T00:00Z")
    order.steps.filter(name="sap").update(state=Step.State.PARKED)
    assert transitions.done_by_hand(order.steps.all(), by="anna") == 1
    assert order.steps.get(name="sap").reference == "by hand, anna"
    order.steps.update(finished_at="2000-01-01T00:00Z")
    settling.settle_complete()
    order.refresh_from_db()
    assert order.status == Order.Status.PROCESSED
