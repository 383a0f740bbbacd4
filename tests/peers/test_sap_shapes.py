"""SAP's own OData code answers in JSON and in Atom, warns, locks, quotes and refuses tokens: all of it is read."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from pytest_django import Settings

from integrations.sap import answer, client, tasks
from integrations.sap.payload import sales_order
from orders.lifecycle import cancel_order
from orders.models import Destination, Order, Product, Step
from orders.steps import Permanent
from tests.factories import make_order
from tests.peers.node import Peer

pytestmark = pytest.mark.django_db


def held() -> None:
    """A claim that holds."""


@pytest.fixture(params=["application/json", "application/atom+xml"])
def accept(request: Any, sap: Peer) -> Iterator[str]:
    """The form that SAP answers in: Atom is what comes when a proxy drops our Accept header."""
    headers = client.sales_orders().remote.session.headers
    headers["Accept"] = request.param
    yield request.param
    headers["Accept"] = "application/json"


@pytest.fixture
def tokens(sap: Peer) -> Iterator[Peer]:
    yield sap
    sap.tell("csrf/required")


def order_of(products: list[Product], name: str) -> Order:
    return make_order([(products[0], 2)], customer_name=name)


def run(order: Order) -> Step:
    Step.objects.filter(order=order, name="sap").update(state=Step.State.QUEUED)
    Destination.objects.filter(name="sap").delete()
    tasks.notify_sap(order.pk)
    return order.steps.get(name="sap")


def test_an_order_is_created_found_and_rejected_in_either_form(accept: str, order: Order, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    client.sales_orders().remote.session.headers["Accept"] = accept
    assert accept in client.sales_orders().send("GET", "A_SalesOrder").headers["Content-Type"]
    number = run(order).reference
    assert number.isdecimal()
    assert client.sales_orders().find(order.number) == [number]
    assert client.sales_orders().find("7K3M-NONE") == []
    cancel_order(order.pk, by="test")
    tasks.cancel_in_sap(order.pk)
    step = order.steps.get(name="sap_cancel")
    assert (step.state, step.reference) == (Step.State.DONE, number), step.reason
    items = client.sales_orders().items(number)
    assert [answer.text(item, "SalesDocumentRjcnReason") for item in items] == ["Z1", "Z1"]


def test_saps_own_address_of_a_new_sales_order_names_it(sap: Peer, order: Order) -> None:
    sent = sales_order(order, django_settings.SAP)
    response = client.sales_orders().write("POST", "A_SalesOrder", sent, assure=held)
    number = response.json()["d"]["SalesOrder"]
    assert answer.number_in(response.headers["Location"]) == number
    bare = requests.Response()
    bare.status_code = 204
    bare.headers["Location"] = response.headers["Location"]
    assert answer.created_number(bare, order.number) == number


def test_a_lock_among_saps_refusals_is_waited_for(accept: str, products: list[Product]) -> None:
    step = run(order_of(products, "LOCK"))
    assert (step.state, step.attempt_log.get().code) == (Step.State.WAITING, "V1/042")
    assert "locked" in step.reason


def test_a_refusal_is_parked_with_saps_words_in_either_form(accept: str, order: Order, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, sold_to="4711")
    client.sales_orders().remote.session.headers["Accept"] = accept
    with pytest.raises(Permanent, match="Sold-to party 4711 not maintained") as caught:
        client.sales_orders().create(sales_order(order, django_settings.SAP), assure=held)
    assert caught.value.code == "VP/199"


def test_a_name_that_sap_quotes_is_kept_nowhere(accept: str, products: list[Product]) -> None:
    step = run(order_of(products, "Helgi Möller QUOTE"))
    attempt = step.attempt_log.get()
    assert (step.state, attempt.code) == (Step.State.PARKED, "TD/600")
    assert step.reason == "SAP did not accept the order: Text of [redacted] has an error"
    assert "ller" not in (step.reason + attempt.answer)


@pytest.mark.parametrize(
    ("name", "warning"),
    [("WARN", "SAP says: The sales document is not yet complete – edit data"), ("INFO", ""), ("Helgi", "")],
)
def test_what_sap_says_beside_a_success_is_the_steps_warning(
    accept: str, products: list[Product], name: str, warning: str
) -> None:
    step = run(order_of(products, name))
    assert (step.state, step.warning) == (Step.State.DONE, warning), step.reason


def test_a_token_that_words_alone_refuse_is_renewed(tokens: Peer, products: list[Product]) -> None:
    assert run(order_of(products, "First")).state == Step.State.DONE
    tokens.tell("csrf/words")
    step = run(order_of(products, "Second"))
    assert (step.state, step.attempts) == (Step.State.DONE, 1)


def test_a_system_without_tokens_takes_orders_too(tokens: Peer, products: list[Product]) -> None:
    tokens.tell("csrf/off")
    client.sales_orders()._token = ""
    assert run(order_of(products, "First")).state == Step.State.DONE
