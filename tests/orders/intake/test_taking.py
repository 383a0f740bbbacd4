"""What a process of the pool makes of a message: an order and an answer, or a dead letter with the problem details."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from kombu import Message
from pytest_django import Settings

from orders import placing, request_id
from orders.errors import StillRunning
from orders.intake import arrival, reply, taking
from orders.intake.reply import Reply
from orders.intake.taking import Outcome, take
from orders.messaging import dead_letters
from orders.messaging.dead_letters import FIRST_USER
from orders.models import DeadLetter, Order, Product, Shipping
from tests.orders.api.customer import Shop

BODY = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
JSON = "application/json"


def message(body: Any = BODY, *, redelivered: bool = False, headers: Any = None, **properties: Any) -> Any:
    """As kombu hands it over."""
    content_type, encoding = properties.pop("content_type", JSON), properties.pop("content_encoding", None)
    return Message(
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        content_type=content_type,
        content_encoding=encoding,
        properties=properties,
        headers={} if headers is None else headers,
        delivery_info={"exchange": "orders.intake", "routing_key": "orders.intake", "redelivered": redelivered},
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch, catalogue: list[Product]) -> list[Reply]:
    """The answers; the broker takes each."""
    answers: list[Reply] = []

    def deliver(answer: Reply) -> bool:
        answers.append(answer)
        return True

    monkeypatch.setattr(taking, "deliver", deliver)
    return answers


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(taking, "dispatch", ids.append)
    monkeypatch.setattr("orders.api.views.dispatch", lambda order_id: None)
    return ids


@pytest.fixture(autouse=True)
def plugged(sent: list[Reply], dispatched: list[int]) -> None:
    """Neither answers nor orders need a broker here."""


def taken(*arguments: Any, **options: Any) -> Outcome | Reply:
    return take(arrival.read(message(*arguments, **options)))


def refused(status: int) -> dict[str, Any]:
    """The problem details of the only dead letter."""
    letter = DeadLetter.objects.get()
    assert letter.queue == "orders.intake"
    assert letter.problem
    assert letter.problem["status"] == status
    assert letter.reason.startswith(f"The order was refused ({status} {letter.problem['title']}): ")
    assert not Order.objects.exists()
    problem: dict[str, Any] = letter.problem
    return problem


def test_an_order_is_placed_dispatched_and_answered(sent: list[Reply], dispatched: list[int]) -> None:
    assert taken(message_id="a7", reply_to="shop.answers", correlation_id="c") is Outcome.DONE
    order = Order.objects.get()
    assert (order.customer_name, dispatched) == ("Helgi Möller", [order.pk])
    assert sent == [Reply("shop.answers", "order.placed", reply.placed(order), "c")]


def test_the_answer_is_the_one_that_http_gives(sent: list[Reply], shop: Shop, settings: Any) -> None:
    """Its address is not asked of Django's URLs: they would load the whole site into every process of a worker."""
    settings.PUBLIC_URL = "http://testserver"
    taken(message_id="a7", reply_to="q")
    order = Order.objects.get()
    answered = shop.post(BODY).json()
    assert sent[0].body == json.loads(json.dumps(answered).replace(answered["order_num"], order.number))


def test_without_reply_to_nothing_is_answered(sent: list[Reply]) -> None:
    assert taken() is Outcome.DONE
    assert taken({}) is Outcome.DONE
    assert sent == []


def test_a_repeat_gets_the_first_order_again_and_is_dispatched_once(sent: list[Reply], dispatched: list[int]) -> None:
    taken(message_id="a7", reply_to="q")
    spaced = json.dumps(BODY, indent=3).encode()
    assert taken(spaced, message_id="a7", reply_to="q", redelivered=True) is Outcome.DONE
    assert Order.objects.count() == len(dispatched) == 1
    assert sent[0] == sent[1]


def test_another_body_under_the_same_message_id_is_refused(sent: list[Reply]) -> None:
    taken(message_id="a7")
    taken(BODY | {"products_ids": [2]}, message_id="a7", reply_to="q")
    assert Order.objects.count() == 1
    letter = DeadLetter.objects.get()
    assert letter.problem
    assert letter.problem["status"] == 422
    assert letter.problem["detail"].startswith("This message_id was used for a different order.")
    assert (sent[0].kind, sent[0].body) == ("order.refused", letter.problem)


def test_keys_of_http_of_users_and_of_those_who_do_not_say_who_they_are_are_apart(shop: Shop) -> None:
    key = "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11"
    assert shop.post(BODY, Idempotency_Key=key).status_code == 201
    for properties in ({}, {"user_id": "one"}, {"user_id": "two"}, {"user_id": "one"}):
        taken(message_id=key, **properties)
    assert Order.objects.count() == 4
    assert not DeadLetter.objects.exists()


def test_a_message_without_an_id_is_placed_once_whatever_its_process_does() -> None:
    came = arrival.read(message())
    assert [take(came), take(came)] == [Outcome.DONE, Outcome.DONE]
    assert Order.objects.count() == 1
    taken()
    assert Order.objects.count() == 2


def test_a_message_without_an_id_that_came_before_is_for_a_person_to_look_at(sent: list[Reply]) -> None:
    taken(redelivered=True, reply_to="q")
    assert "may have been placed" in refused(409)["detail"]
    assert sent[0].kind == "order.refused"


def test_what_can_not_have_been_placed_says_why_also_when_it_came_before() -> None:
    taken({}, redelivered=True)
    assert refused(400)["errors"]


BAD = {
    "empty": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"a": "\xff"}',
    "a list": [1],
    "a task of Celery's": [[1], {}, {}],
    "a key twice": b'{"customer_name": "a", "customer_name": "b", "products_ids": [2]}',
    "a key twice, deep": b'{"lines": [{"product_id": 2, "product_id": 4}]}',
    "NaN": b'{"a": NaN}',
    "without end": b"[" * 100_000,
    "nested": b'{"a":' * 50_000,
    "many digits": b'{"a": ' + b"9" * 5000 + b"}",
    "nothing in it": {},
    "no name": {"products_ids": [2]},
    "a name with NUL": BODY | {"customer_name": "a\0b"},
    "half a surrogate": BODY | {"customer_name": "\ud800"},
    "unknown products": BODY | {"products_ids": [2, 77, 5]},
    "unknown lines": {"customer_name": "Jo", "lines": [{"product_id": 78, "quantity": 1}]},
    "many unknown products": BODY | {"products_ids": [77] * 9000},
    "too many lines": BODY | {"products_ids": list(range(1, 300))},
    "half a million wrong ids": b'{"customer_name": "Jo", "products_ids": [' + b"0," * 500_000 + b"0]}",
    "a field nobody knows": BODY | {"adress": {}},
    "fields nobody knows, at each depth": {name: {name: 1} for name in ("shiping", "😀" * 500, "a/~b")},
    "an address without a country": BODY | {"shipping": {"address": {"city": "Reykjavík"}}},
    "no e-mail": BODY | {"email": "Helgi <helgi@example.com>"},
    "another price": BODY | {"total": "1.00"},
    "another currency": BODY | {"currency": "USD"},
    "no amount": BODY | {"total": "12,34"},
    "a product named twice": {"customer_name": "Jo", "lines": [{"product_id": 2, "sku": "SKU-2", "quantity": 1}]},
    "too large": b" " * (1024 * 1024 + 1),
}


@pytest.mark.parametrize("name", BAD)
def test_what_http_refuses_is_refused_with_the_same_problem_details(shop: Shop, name: str, sent: list[Reply]) -> None:
    bad = BAD[name]
    answer = shop.post(bad).json()
    assert answer.pop("request_id")  # A message has none.
    taken(bad, message_id="a7", reply_to="q")
    assert sent[0].body == answer
    kept = refused(answer["status"])
    assert [error["code"] for error in kept.get("errors", ())] == [error["code"] for error in answer.get("errors", ())]
    assert kept.keys() == answer.keys()
    assert len(json.dumps(answer)) < 16_000


@pytest.mark.parametrize(
    ("properties", "status"),
    [
        ({"content_type": None}, 415),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/json-seq"}, 415),
        ({"content_encoding": "gzip"}, 415),
        ({"content_encoding": "utf-16"}, 415),
        ({"headers": {"compression": "application/x-gzip"}, "content_encoding": "utf-8"}, 415),
        ({"headers": {"compression": ["zlib"]}}, 415),
        ({"message_id": "a b"}, 400),
        ({"message_id": "é"}, 400),
        ({"message_id": ""}, 400),
        ({"message_id": "a\0"}, 400),
        ({"message_id": b"\xff"}, 400),
        ({"reply_to": "a\0"}, 400),
        ({"unreadable": "OverflowError"}, 400),
        ({"message_id": "\\xff", "not_utf_8": True}, 400),
    ],
)
def test_properties_that_are_not_as_they_should_be_are_refused(properties: dict[str, Any], status: int) -> None:
    taken(**properties)
    refused(status)


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=latin-1"])
@pytest.mark.parametrize("encoding", [None, "UTF-8", "binary"])
def test_json_is_json_whatever_its_type_says_beside_it(content_type: str, encoding: str | None) -> None:
    taken(content_type=content_type, content_encoding=encoding)
    assert Order.objects.count() == 1


def test_the_content_type_is_refused_in_the_words_of_http(shop: Shop) -> None:
    taken(content_type="text/plain")
    answer = shop.post(json.dumps(BODY).encode(), "text/plain").json()
    assert answer.pop("request_id")
    assert refused(415) == answer


@pytest.mark.parametrize("content_type", [None, ""])
def test_one_that_is_missing_is_called_missing(content_type: str | None) -> None:
    taken(content_type=content_type)
    assert refused(415)["detail"] == 'The message has no content_type; "application/json" is expected.'


def test_a_forged_death_hides_no_order_and_drops_no_letter() -> None:
    death = {"x-death": [{"reason": "expired", "queue": "desk"}], "task": "orders.tasks.sweep_steps"}
    taken(headers=death, message_id="a7")
    assert Order.objects.count() == 1
    taken({}, headers=death)
    assert DeadLetter.objects.get().queue == "orders.intake"


def test_a_database_that_is_away_is_no_fault_of_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "place_once", away)
        assert taken(message_id="a7") is Outcome.AWAY
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "_save", away)
        assert taken({}) is Outcome.AWAY
    assert not DeadLetter.objects.exists()


def test_an_order_that_is_being_placed_elsewhere_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def running(*args: Any) -> None:
        raise StillRunning

    monkeypatch.setattr(placing, "_insert_once", running)
    assert taken(message_id="a7") is Outcome.LATER
    assert not DeadLetter.objects.exists()


def test_what_nobody_foresaw_is_a_dead_letter_that_says_it_was_the_desk(
    monkeypatch: pytest.MonkeyPatch, sent: list[Reply]
) -> None:
    def break_down(*_: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(taking, "read_wanted", break_down)
    assert taken(reply_to="q") is Outcome.DONE
    assert refused(500)["detail"] == "The desk failed on it (RuntimeError)."
    assert "secret" not in json.dumps(sent[0].body)


def test_an_answer_that_the_broker_does_not_take_now_is_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "deliver", lambda answer: False)
    handed = taken(reply_to="q")
    assert isinstance(handed, Reply)
    assert taking.answer_again(handed) is Outcome.LATER


@pytest.mark.parametrize(
    "queue", ["sap", "desk", "dead_letters", "orders.intake", "ga4", "x@y.celery.pidbox", "celeryev.1"]
)
def test_a_queue_of_the_desk_gets_no_answer(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise AssertionError("it was published")

    monkeypatch.setattr(reply, "own_connection", forbidden)
    assert reply.deliver(Reply(queue, "order.placed", {})) is True


def test_only_the_desk_itself_may_say_who_sent_a_message_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (arrival, dead_letters):
        monkeypatch.setattr(module, "own_user", lambda: "desk")
    taken(message_id="a7", user_id="shop")
    taken(message_id="a7", user_id="desk", headers={FIRST_USER: "shop"})  # Staff sent it again.
    assert Order.objects.count() == 1
    taken(message_id="a7", user_id="stranger", headers={FIRST_USER: "shop"})
    assert Order.objects.count() == 2


def test_a_refused_message_that_is_sent_again_keeps_its_key_its_answer_and_its_sender(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published: list[Any] = []
    monkeypatch.setattr(dead_letters, "own_user", lambda: "desk")
    monkeypatch.setattr(
        dead_letters, "own_connection", lambda: type("Here", (), {"publish": staticmethod(published.extend)})
    )
    taken({}, message_id="a7", reply_to="shop.answers", correlation_id="c", user_id="shop")
    dead_letters.send_again(DeadLetter.objects.get(), by="boss")
    options = published[0].options
    assert (options["exchange"], options["routing_key"]) == ("", "orders.intake")
    assert {name: options[name] for name in ("message_id", "reply_to", "correlation_id", "user_id")} == {
        "message_id": "a7",
        "reply_to": "shop.answers",
        "correlation_id": "c",
        "user_id": "desk",
    }
    assert options["headers"] == {FIRST_USER: "shop"}


def test_a_message_id_of_255_characters_is_one() -> None:
    taken(message_id="x" * 255)
    assert Order.objects.count() == 1


FULL = BODY | {
    "email": "helgi@example.com",
    "shipping": {"name": "Jóna", "phone": "555 1234", "address": {"line1": "Laugavegur 3", "country": "IS"}},
    "reference": "WEB-1001",
    "total": "29.97",
    "currency": "EUR",
}


def test_an_order_with_everything_is_saved_as_its_user_s() -> None:
    taken(FULL, message_id="a7", user_id="shop")
    order = Order.objects.get()
    assert (order.client, order.reference, order.email) == ("amqp:shop", "WEB-1001", "helgi@example.com")
    assert order.shipping == Shipping("Jóna", "555 1234", line1="Laugavegur 3", country="IS")


def test_what_the_shop_insists_on_is_insisted_on_here_too(settings: Any) -> None:
    settings.ORDER_REQUIRES = ("shipping", "email")
    taken(message_id="a7")
    assert [error["pointer"] for error in refused(400)["errors"]] == ["#/shipping", "#/email"]


def test_who_does_not_say_who_he_is_is_a_guest() -> None:
    taken(FULL, message_id="a7")
    assert Order.objects.get().client == ""


def test_a_user_s_name_of_any_length_is_a_client_of_its_own() -> None:
    users = ["u" * 255, "u" * 254 + "v", "u" * 140]
    for user in users:
        taken(FULL, message_id="a7", user_id=user)
    clients = set(Order.objects.values_list("client", flat=True))
    assert len(clients) == 3
    assert f"amqp:{'u' * 140}" in clients


@pytest.mark.django_db(transaction=True)
def test_a_reference_that_was_used_before_is_refused_and_its_own_client_learns_for_which_order(
    sent: list[Reply],
) -> None:
    taken(FULL, message_id="a7", user_id="shop")
    taken(FULL, message_id="a8", user_id="other")
    number = Order.objects.get(client="amqp:shop").number
    taken(FULL, message_id="a9", user_id="shop", reply_to="q")
    assert Order.objects.count() == 2
    (answer,) = sent
    assert answer.body["status"] == 409
    assert answer.body["type"] == "/problems/reference-used"
    assert answer.body["order_num"] == number
    assert number in answer.body["detail"]
    assert "WEB-1001" not in json.dumps(answer.body)
    for again in ("a", "b"):
        taken(FULL, message_id=again)  # Guests: nobody in particular.
    assert Order.objects.count() == 4


def test_a_repeat_with_a_reference_gets_the_first_order_again(sent: list[Reply]) -> None:
    for _ in range(2):
        taken(FULL, message_id="a7", user_id="shop", reply_to="q")
    assert sent[0] == sent[1]
    assert Order.objects.count() == 1


def test_a_repeat_gets_the_first_order_though_the_shop_insists_on_more_since(
    sent: list[Reply], settings: Settings
) -> None:
    taken(FULL, message_id="a7", user_id="shop", reply_to="q")
    settings.ORDER_REQUIRES = ("shipping.address.state",)
    taken(FULL, message_id="a7", user_id="shop", reply_to="q")
    assert sent[0] == sent[1]
    taken(FULL, message_id="a8", user_id="shop", reply_to="q")
    taken(FULL | {"note": "x"}, message_id="a7", user_id="shop", reply_to="q")
    assert [reply.body["status"] for reply in sent[2:]] == [400, 400]


def test_what_a_customer_wrote_stands_in_a_dead_letter_s_body_alone(caplog: pytest.LogCaptureFixture) -> None:
    secret = "Geheimnis"
    personal = {
        "customer_name": secret * 30,
        "email": secret,
        "note": f"{secret}\n",
        "reference": secret * 30,
        "shipping": {
            "name": secret * 30,
            "phone": secret,
            "address": {"line1": secret * 30, "postal_code": secret * 30, "city": f"{secret}\0", "country": secret},
        },
        "total": secret,
        "currency": secret,
        "lines": [{"sku": secret * 30, "quantity": secret}],
    }
    with caplog.at_level("DEBUG"):
        taken(personal, message_id="a7", user_id="shop")
        taken(FULL | {"total": 1}, message_id="a8", user_id="shop")
    of_fields, of_price = DeadLetter.objects.order_by("pk")
    assert of_fields.problem
    assert {error["pointer"] for error in of_fields.problem["errors"]} > {"#/email", "#/shipping/address/city"}
    assert secret.encode() in bytes(of_fields.body)
    for letter in (of_fields, of_price):
        told = f"{letter} {letter.reason} {letter.problem} {letter.headers} {letter.properties}"
        assert not any(text in told for text in (secret, "Helgi", "helgi@", "Laugavegur", "WEB-1001", "555 1234"))
    assert caplog.records
    assert not any(text in caplog.text for text in (secret, "Helgi", "helgi@", "Laugavegur", "WEB-1001", "555 1234"))


PERSON = "Helgi Moeller, Hauptstr. 12"
MADE_UP = {  # What a mapping that went wrong sends, and what is kept of it.
    "a field's name": (
        {"Helgi.Moeller@example.com": 1, "customer_name": "A", "products_ids": [2], "emial": "x"},
        "#, field 1: unknown field. #, field 4: unknown field (near: email).",
    ),
    "one within another": (
        FULL | {"shipping": {"address": {"country": "DE", PERSON: 1}}},
        "#/shipping/address, field 2: unknown field.",
    ),
    "one of a line": (
        {"customer_name": "A", "lines": [{"product_id": 2, "quantity": 1, PERSON: 1}]},
        "#/lines/0, field 3: unknown field.",
    ),
    "a SKU": (
        {"customer_name": "A", "lines": [{"product_id": 2, "quantity": 1}, {"sku": PERSON, "quantity": 1}]},
        "#/lines/1: not on sale.",
    ),
    "a SKU of too many": (
        {"customer_name": "A", "lines": [{"sku": PERSON, "quantity": 9999}, {"sku": PERSON, "quantity": 9999}]},
        "#/lines: out of range.",
    ),
    "an id": ({"customer_name": "A", "products_ids": [4915112345678]}, "#/products_ids/0: not on sale."),
    "a country": ({"customer_name": "A", "products_ids": [2], "shipping": {"address": {"country": "UK"}}}, "country"),
    "a key that is there twice": (
        f'{{"customer_name": "A", "{PERSON}": 1, "{PERSON}": 2}}'.encode(),
        "The body has a key twice in one object: its field 3 was there before.",
    ),
}


@pytest.mark.parametrize("kind", MADE_UP)
def test_the_answer_quotes_what_somebody_made_up_and_neither_the_row_nor_the_log_does(
    kind: str, sent: list[Reply], caplog: pytest.LogCaptureFixture
) -> None:
    body, kept = MADE_UP[kind]
    taken(body, reply_to="q")
    letter = DeadLetter.objects.get()
    assert kept in letter.reason
    assert letter.reason in caplog.text
    told = f"{letter.reason} {letter.problem} {caplog.text}"
    assert not [part for part in ("Helgi", "Moeller", "Hauptstr", "4915112345678", "UK") if part in told]
    answer = json.dumps(sent[0].body)
    assert any(part in answer for part in ("Helgi", "4915112345678", "UK"))


@pytest.mark.parametrize("properties", [{"content_encoding": PERSON}, {"headers": {"compression": PERSON}}])
def test_properties_are_quoted_to_the_sender_alone(
    properties: dict[str, Any], sent: list[Reply], caplog: pytest.LogCaptureFixture
) -> None:
    taken(reply_to="q", **properties)
    letter = DeadLetter.objects.get()
    assert PERSON not in f"{letter.reason} {letter.problem} {caplog.text}"
    assert PERSON in sent[0].body["detail"]


TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("given", "kept"), [("wholesale-0042", "wholesale-0042"), ("wholesale:0042/7", ""), (None, ""), ("x" * 65, "")]
)
def test_the_order_keeps_the_message_s_id_and_its_trace(given: str | None, kept: str) -> None:
    properties: dict[str, Any] = {} if given is None else {"message_id": given}
    take(arrival.read(message(headers={"traceparent": TRACE}, **properties)))
    order = Order.objects.get()
    assert order.traceparent == TRACE
    assert order.request_id == kept if kept else len(order.request_id) == 32
    assert (request_id.current(), request_id.trace()) == ("", "")


@pytest.mark.parametrize("trace", [17, {"a": 1}, "nonsense", None])
def test_a_trace_that_is_none_is_no_fault_of_the_order(trace: Any) -> None:
    assert take(arrival.read(message(headers={"traceparent": trace}))) is Outcome.DONE
    assert Order.objects.get().traceparent == ""
