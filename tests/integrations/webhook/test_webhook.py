import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from integrations.sandbox.exchange import Reply
from integrations.webhook import tasks as webhook
from integrations.webhook.payload import order_placed
from integrations.webhook.settings import WebhookSettings
from orders.models import Order
from orders.steps import Permanent, StepError, Temporary
from tests.integrations.claims import ClaimOf
from tests.integrations.deliveries import EVERYTHING
from tests.integrations.receiver import Receiver
from tests.integrations.wire import Wire

pytestmark = pytest.mark.django_db
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def hooked(receiver: Receiver, settings: Settings) -> Receiver:
    settings.WEBHOOK = WebhookSettings(url=receiver.url + "/orders", secret=SECRET)
    return receiver


def test_the_receivers_own_library_verifies_what_arrives(hooked: Receiver, order: Order, claim_of: ClaimOf) -> None:
    assert webhook.send(claim_of("webhook")).reference == f"order-placed-{order.number}"
    [request] = hooked.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers)) == order_placed(order)
    assert order_placed(order)["data"] == {
        "order_num": order.number,
        "total": "84.80",
        "currency": "EUR",
        "lines": [
            {"sku": "MUG", "name": "Mug", "quantity": 2, "price": "19.90"},
            {"sku": "LAMP", "name": "Lamp “O'Neill”", "quantity": 1, "price": "45.00"},
        ],
    }


@pytest.mark.parametrize("ahead", [timedelta(minutes=10), -timedelta(minutes=10)])
def test_a_wrong_clock_of_the_workers_makes_no_signature_that_is_refused(
    hooked: Receiver, claim_of: ClaimOf, ahead: timedelta
) -> None:
    """Receivers allow five minutes, by their own clock: here it is the database's, and ours is the worker's."""
    claim = claim_of("webhook")
    assert claim.step.started_at is not None
    claim.step.started_at -= ahead
    webhook.send(claim)
    [request] = hooked.requests
    signed_at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
    assert timedelta(seconds=-1) <= signed_at - claim.step.started_at < timedelta(minutes=1)


def test_a_changed_body_is_noticed(hooked: Receiver, claim_of: ClaimOf) -> None:
    webhook.send(claim_of("webhook"))
    [request] = hooked.requests
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"84.80", b"0.80"), dict(request.headers))


NEW = "whsec_Wq7nYx0mB4tR1cZkVd9sLhUeJf2gPaOi"


def test_while_a_secret_is_changed_the_old_and_the_new_one_verify(
    hooked: Receiver, claim_of: ClaimOf, settings: Settings
) -> None:
    settings.WEBHOOK = replace(settings.WEBHOOK, secret=NEW, former_secret=SECRET)
    hooked.reply = Reply(400, f"{NEW} {SECRET}".encode())
    with pytest.raises(Permanent) as caught:
        webhook.send(claim_of("webhook"))
    [request] = hooked.requests
    for secret in (NEW, SECRET):
        assert Webhook(secret).verify(request.body, dict(request.headers))
        assert secret.removeprefix("whsec_") not in f"{caught.value.answer} {settings.WEBHOOK}"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "Ab9d" * 8).verify(request.body, dict(request.headers))


def test_a_repeat_has_the_same_id(hooked: Receiver, claim_of: ClaimOf) -> None:
    claim = claim_of("webhook")
    webhook.send(claim)
    webhook.send(claim)
    assert len({request.headers["webhook-id"] for request in hooked.requests}) == 1


@pytest.mark.parametrize(("status", "error"), [(400, Permanent), (410, Permanent), (503, Temporary)])
def test_each_answer_has_its_meaning(hooked: Receiver, claim_of: ClaimOf, status: int, error: type[StepError]) -> None:
    hooked.reply = Reply(status, "Sorry, Helgi Möller".encode())
    with pytest.raises(error) as caught:
        webhook.send(claim_of("webhook"))
    assert caught.value.answer == "Sorry, [redacted]"


QUOTES = "Frida.Blömqvist@Post.Example, Ingeborg Sørensen, Kløvermarksvej 70, 2300 København S, +4533123456"


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad\r\nContent-Length: %d\r\n\r\n%s" % (len(QUOTES.encode()), QUOTES.encode()),
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /login/" + quote(QUOTES).encode() + b"\r\n\r\n",
        QUOTES.encode() + b"\r\n\r\n",
    ],
    ids=["refusal", "redirect", "no HTTP at all"],
)
def test_nothing_of_a_person_is_kept_whatever_is_answered(
    wire: Wire, claim_of: ClaimOf, settings: Settings, answer: bytes
) -> None:
    settings.WEBHOOK = WebhookSettings(url=wire(answer), secret=SECRET)
    claim = claim_of("webhook")
    for name, value in EVERYTHING.items():
        setattr(claim.order, name, value)
    with pytest.raises(StepError) as caught:
        webhook.send(claim)
    assert "[redacted]" in caught.value.answer
    for word in ("frida", "mqvist", "ingeborg", "rensen", "marksvej", "benhavn", "33123456"):
        assert word not in f"{caught.value.reason} {caught.value.answer}".lower()


TOKENS = ("T0A1B2C3D4E5F6G7H8", "s3cr3t+x")


@pytest.mark.parametrize("there", [True, False], ids=["a refusal that quotes it", "nobody there"])
def test_an_address_that_is_all_the_secret_there_is_gets_into_no_attempt(
    hooked: Receiver, claim_of: ClaimOf, settings: Settings, there: bool
) -> None:
    target = f"/hooks/{TOKENS[0]}?token={quote(TOKENS[1])}&v=1&source=webshop"
    with socket.socket() as closed:  # Bound, so that nobody else gets the port, and not listening.
        closed.bind(("127.0.0.1", 0))
        elsewhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        settings.WEBHOOK = WebhookSettings(url=(hooked.url if there else elsewhere) + target, secret=SECRET)
        hooked.reply = Reply(404, f"Cannot POST {target}, token {TOKENS[1]}".encode())
        with pytest.raises(StepError) as caught:
            webhook.send(claim_of("webhook"))
    said = f"{caught.value.reason} {caught.value.answer}"
    assert TOKENS[0] not in said
    assert "s3cr3t" not in said
    assert ("Cannot POST /hooks/" if there else "Connection refused") in said
    assert ("source=webshop" in said) == there


def test_the_check_sends_no_order(hooked: Receiver) -> None:
    hooked.reply = Reply(405)
    assert "answers" in webhook.check()
    assert [request.method for request in hooked.requests] == ["HEAD"]
    hooked.reply = Reply(404)
    with pytest.raises(Permanent):
        webhook.check()
