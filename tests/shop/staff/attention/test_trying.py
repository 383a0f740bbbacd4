"""A test message: sent at once, with what the other side said; and the page that shows what operators were told."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook

from integrations.mail.settings import MailSettings
from integrations.sandbox.exchange import Reply
from orders.models import Attention, Deed, Instance, Notice
from shop.staff.attention.causes import take_note
from shop.staff.attention.sending import send_due
from shop.staff.attention.settings import AttentionSettings
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.receiver import Receiver
from tests.shop.staff.attention.conftest import SECRET, Found, pass_time
from tests.shop.staff.conftest import staff

pytestmark = pytest.mark.django_db
PAGE = "/admin/attention/"


@pytest.fixture
def olga(db: None) -> Client:
    return staff("operations")


def press(client: Client) -> str:
    return str(client.post(PAGE, follow=True).text)


def test_a_test_message_reaches_everybody_and_the_page_says_what_came_back(
    mail_server: MailServer, olga: Client
) -> None:
    page = press(olga)
    assert sorted(mail.to[0] for mail in mail_server.mails) == ["night@shop.example", "ops@shop.example"]
    mail = mail_server.mails[0].read
    assert mail["Subject"].endswith(": a test message")
    body = mail.get_body()
    assert body is not None
    assert "operations has sent this to see whether it arrives. Nothing needs you." in str(body.get_content())
    assert "Sent to ops@shop.example: 250 " in page
    assert page.count("✓</i> sent") == 2
    assert set(Deed.objects.filter(what="told").values_list("by", flat=True)) == {"operations"}


def test_a_webhook_gets_it_under_a_type_of_its_own(hook: Receiver, olga: Client) -> None:
    assert "Sent to webhook: HTTP 20" in press(olga)
    (call,) = hook.requests
    assert Webhook(SECRET).verify(call.body, dict(call.headers))["type"] == "attention.test"


def test_a_server_that_is_not_there_is_told_in_words_and_not_tried_again(settings: Settings, olga: Client) -> None:
    settings.MAIL = MailSettings(host="127.0.0.1", port=9, security="none", sender="desk@shop.example")
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example"}))
    page = press(olga)
    assert "Not sent to ops@shop.example: " in page
    assert "given up" in page
    assert Notice.objects.get().answer
    pass_time(timedelta(hours=1))
    assert send_due() == 0


def test_a_test_does_not_keep_back_what_operators_must_know(mail_server: MailServer, olga: Client) -> None:
    press(olga)
    assert take_note([Found()]), "the first message of a real cause waits for nothing"


def test_nobody_is_told_from_a_copy_nor_where_nobody_is_to_be_told(
    mail_server: MailServer, settings: Settings, olga: Client
) -> None:
    mark = Instance.objects.create(name="another desk", marked_at=timezone.now())
    press(olga)
    mark.delete()
    settings.ATTENTION = AttentionSettings()
    assert "set SHOP_ATTENTION_MAIL or SHOP_ATTENTION_URL" in press(olga)
    assert (mail_server.mails, Notice.objects.count()) == ([], 0)


def test_the_page_shows_what_lasts_and_each_message_page_by_page(mail_server: MailServer, olga: Client) -> None:
    take_note([Found(), Found("worker:a", "The worker a@host was not seen.", severity="mends itself")])
    page = olga.get(PAGE).text
    assert "sap: 3 steps are parked. Material MAT-0034 is unknown." in page
    assert "not yet" in page
    assert page.count("to be sent") == 2
    Attention.objects.update(mended_at=timezone.now())
    assert "Nothing that operators are told of lasts now." in olga.get(PAGE).text
    first = Notice.objects.earliest("pk")
    facts = {"subject": "More.", "message": first.message, "created_at": first.created_at, "due_at": first.due_at}
    Notice.objects.bulk_create(Notice(to="ops@shop.example", **facts) for _ in range(60))
    assert "page 1 of 2" in olga.get(PAGE).text
    assert "page 2 of 2" in olga.get(f"{PAGE}?page=999").text


def test_looking_at_the_page_sends_nothing(mail_server: MailServer, olga: Client) -> None:
    olga.get(PAGE)
    assert not Notice.objects.exists()


def test_the_command_says_what_came_back(mail_server: MailServer) -> None:
    out = StringIO()
    call_command("attention", "test", stdout=out)
    assert out.getvalue().count("sent    ") == 2
    assert "ops@shop.example: 250 " in out.getvalue()
    assert Deed.objects.filter(by="manage.py attention").count() == 2


def test_the_command_fails_if_somebody_did_not_get_it(hook: Receiver, settings: Settings) -> None:
    hook.reply = Reply(503, b"")
    out = StringIO()
    with pytest.raises(CommandError, match="Not told: webhook"):
        call_command("attention", "test", stdout=out)
    assert "FAILED  webhook: " in out.getvalue()
    settings.ATTENTION = AttentionSettings()
    with pytest.raises(CommandError, match="SHOP_ATTENTION_MAIL"):
        call_command("attention", "test")
