"""Notices reach a real mail server and a real web server, each at least once, and nobody waits long for either."""

import threading
import time
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import connection
from pytest_django import Settings
from standardwebhooks import Webhook

from integrations.sandbox.exchange import Reply
from orders.database.clock import from_now
from orders.models import Notice
from shop.staff.attention import channels, sending
from shop.staff.attention.causes import take_note
from shop.staff.attention.sending import send_due
from shop.staff.attention.settings import AttentionSettings
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.receiver import Receiver
from tests.shop.staff.attention.conftest import SECRET, Found, pass_time

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hangs is given up soon."""
    monkeypatch.setattr("integrations.mail.server.TALK_SECONDS", 0.5)
    monkeypatch.setattr("integrations.mail.server.END_SECONDS", 0.5)


def read(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_each_operator_gets_a_mail_that_says_what_to_look_at(mail_server: MailServer, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://desk.shop.example"
    settings.SHOP_NAME = "Tee & Größe"
    take_note([Found(), Found("printer:7", "Cold store: out of paper.\r\nBcc: evil@example.com")])
    assert send_due() == 2
    assert sorted(mail.to[0] for mail in mail_server.mails) == ["night@shop.example", "ops@shop.example"]
    mail = mail_server.mails[0].read
    assert mail["Subject"].startswith("Tee & Größe: 2 causes need somebody: sap: 3 steps are parked.")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Bcc"] is None
    assert "- sap: 3 steps are parked. Material MAT-0034 is unknown.\n" in read(mail)
    assert "  https://desk.shop.example/admin/orders/step/?state__exact=parked\n" in read(mail)
    assert "- Cold store: out of paper. Bcc: evil@example.com\n" in read(mail)
    assert send_due() == 0


def test_five_hundred_mended_causes_fill_no_mail(mail_server: MailServer) -> None:
    take_note([Found(f"worker:{number}", f"Worker {number}.") for number in range(400)])
    send_due()
    assert "- … and 350 more" in read(mail_server.mails[0].read)
    assert len(mail_server.mails) == 2


def test_a_webhook_is_signed_and_says_the_same(hook: Receiver) -> None:
    take_note([Found()])
    assert send_due() == 1
    [request] = hook.requests
    said = Webhook(SECRET).verify(request.body, dict(request.headers))
    assert (said["type"], [one["cause"] for one in said["data"]["new"]]) == ("attention", ["parked:sap"])
    assert request.headers["webhook-id"].startswith("attention-")
    pass_time(timedelta(minutes=20))
    take_note([])
    pass_time(timedelta(minutes=20))
    take_note([])
    send_due()
    assert [one["cause"] for one in Webhook(SECRET).verify(hook.requests[1].body, dict(hook.requests[1].headers))["data"]["mended"]] == ["parked:sap"]  # fmt: skip # noqa: E501


def test_what_was_decided_and_not_sent_is_sent_by_the_next_worker(mail_server: MailServer) -> None:
    take_note([Found()])  # Here a worker was killed.
    assert take_note([Found()]).new == []
    assert send_due() == 2


def test_who_dies_behind_the_servers_yes_sends_it_again_with_the_same_id(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example"}))
    take_note([Found()])
    send = channels.send

    def dies(notice: Notice) -> str:
        send(notice)
        raise SystemExit

    monkeypatch.setattr(channels, "send", dies)
    with pytest.raises(SystemExit):
        send_due()
    monkeypatch.undo()
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example"}))
    assert send_due() == 0  # Its lease holds: it could be on its way.
    pass_time(sending.LEASE)
    assert send_due() == 1
    assert len({mail.read["Message-ID"] for mail in mail_server.mails}) == 1
    assert len(mail_server.mails) == 2
    assert mail_server.mails[0].content == mail_server.mails[1].content


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_that_send_at_once_each_notice_is_sent_by_one(
    mail_server: MailServer, on_postgresql: None
) -> None:
    mail_server.faults = {"end": "slow"}
    take_note([Found()])
    start, sent = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        try:
            sent.append(send_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 2
    assert sorted(mail.to[0] for mail in mail_server.mails) == ["night@shop.example", "ops@shop.example"]


@pytest.mark.parametrize("stage", ["connect", "EHLO", "RCPT", "end"])
@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_a_mail_server_that_hangs_costs_one_try_a_round(
    mail_server: MailServer, short: None, stage: str, fault: str
) -> None:
    mail_server.faults = {stage: fault}
    take_note([Found()])
    begun = time.monotonic()
    assert send_due() == 0
    assert time.monotonic() - begun < 30
    assert sorted(Notice.objects.values_list("tries", flat=True)) == [0, 1]
    assert not Notice.objects.filter(sent_at=None, answer="", tries=1).exists()
    mail_server.faults = {}
    pass_time(2 * MINUTE)
    assert send_due() == 2


def test_a_mail_server_that_hangs_holds_up_no_webhook(
    mail_server: MailServer, short: None, hook: Receiver, settings: Settings
) -> None:
    mail_server.faults = {"connect": "hang"}
    url = f"{hook.url}/attention"
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example"}), url=url, secret=SECRET)
    take_note([Found()])
    assert send_due() == 1
    assert len(hook.requests) == 1


def test_an_address_that_is_refused_keeps_nobody_else_from_being_told(mail_server: MailServer) -> None:
    mail_server.faults = {"RCPT": "550 5.1.1 No such user"}
    take_note([Found()])
    assert send_due() == 0
    assert list(Notice.objects.values_list("tries", flat=True)) == [1, 1]
    assert "does not exist" in Notice.objects.all()[0].answer


@pytest.mark.parametrize("status", [400, 401, 404, 500, 503, 302])
def test_a_webhook_that_says_no_is_told_again(hook: Receiver, status: int) -> None:
    hook.reply = Reply(status, b"no")
    take_note([Found()])
    assert send_due() == 0
    assert send_due() == 0
    hook.reply = Reply(204, b"")
    pass_time(2 * MINUTE)
    assert send_due() == 1
    assert len({request.headers["webhook-id"] for request in hook.requests}) == 1


def test_a_server_that_is_back_gets_one_message_with_all_of_it(hook: Receiver) -> None:
    hook.reply = Reply(503, b"")
    take_note([Found()])
    send_due()
    pass_time(5 * MINUTE)
    take_note([Found(), Found("printer:7", "Out of paper.")])
    send_due()
    hook.reply = Reply(200, b"{}")
    hook.requests.clear()
    pass_time(10 * MINUTE)
    assert send_due() == 1
    said = Webhook(SECRET).verify(hook.requests[0].body, dict(hook.requests[0].headers))["data"]["new"]
    assert {one["cause"] for one in said} == {"parked:sap", "printer:7"}


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_what_was_put_off_is_sent_a_lease_later(hook: Receiver, by: timedelta) -> None:
    """Not at once: somebody may be sending it just now."""
    hook.reply = Reply(503, b"")
    take_note([Found()])
    assert send_due() == 0
    pass_time(-by)
    hook.reply = Reply(200, b"{}")
    hook.requests.clear()
    assert (send_due(), hook.requests) == (0, [])
    pass_time(sending.LEASE)
    assert [send_due() for _ in range(3)] == [1, 0, 0]
    assert len(hook.requests) == 1


def test_what_is_put_off_for_as_long_as_it_can_be_is_left_alone(hook: Receiver) -> None:
    take_note([Found()])
    Notice.objects.update(tries=9, answer="503", due_at=from_now(max(sending.DELAYS)))
    due_at = Notice.objects.get().due_at
    assert send_due() == 0
    assert Notice.objects.get().due_at == due_at


def test_what_is_a_day_old_is_no_news(hook: Receiver) -> None:
    take_note([Found()])
    Notice.objects.update(created_at=from_now(-timedelta(hours=25)))
    assert send_due() == 0
    assert Notice.objects.exclude(given_up_at=None).count() == 1


def test_the_password_of_the_mail_server_is_kept_nowhere(
    mail_server: MailServer, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    take_note([Found()])
    settings.MAIL = type(settings.MAIL)(
        host="127.0.0.1",
        port=mail_server.port,
        security="none",
        sender="desk@shop.example",
        user="u",
        password="sesam-7",
    )
    mail_server.faults = {"RCPT": "451 4.3.0 sesam-7 is wrong", "EHLO": "550 sesam-7"}
    assert send_due() == 0
    assert "sesam-7" not in caplog.text + "".join(Notice.objects.values_list("answer", flat=True))
    assert "could not be told" in caplog.text
