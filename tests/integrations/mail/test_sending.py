"""What becomes of the step, whatever the mail server does: a real one, over TLS."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.mail.address import MailAddress
from integrations.mail.server import Server
from integrations.mail.settings import MailSettings
from orders.models import Attempt, Destination, Order, Step
from orders.steps.transitions import done_by_hand, resend
from tests.factories import make_order
from tests.integrations.mail.conftest import Start
from tests.integrations.mail.mail_server import STAGES, MailServer
from tests.integrations.mail.runs import again, run

pytestmark = pytest.mark.django_db
State = Step.State


def test_the_server_gets_one_mail_over_tls_with_our_logon(server: MailServer, mailed: Order) -> None:
    step = run(mailed)
    assert (step.state, step.reference) == (State.DONE, f"<{mailed.number}.received@shop.example>")
    assert server.seen == ["connect", "EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "end"]
    [mail] = server.mails
    assert (mail.sender, mail.to) == ("orders@shop.example", ["helgi@example.com"])
    assert mail.read["Message-ID"] == step.reference
    attempt = step.attempt_log.get()
    assert (attempt.outcome, attempt.code, attempt.answer) == ("done", "250", "250 2.0.0 OK: queued as 4F1A2")


def test_a_second_delivery_sends_nothing(server: MailServer, mailed: Order) -> None:
    run(mailed)
    run(mailed)
    assert len(server.mails) == 1


def test_tls_from_the_first_byte(start: Start, mailed: Order) -> None:
    server = start(tls_at_once=True)
    assert run(mailed).state == State.DONE
    assert "STARTTLS" not in server.seen


def test_a_mail_server_on_this_machine_needs_no_tls_and_no_logon(
    start: Start, mailed: Order, settings: Settings
) -> None:
    server = start(tls=None, logon=False)
    settings.MAIL = MailSettings(host="127.0.0.1", port=server.port, security="none", sender="orders@shop.example")
    assert run(mailed).state == State.DONE


def test_an_order_without_an_address_is_done_at_once(server: MailServer) -> None:
    order = make_order(steps=["mail"])
    step = run(order)
    assert (step.state, step.reference, step.attempt_log.get().answer) == (State.DONE, "", "no e-mail address")
    assert server.seen == []
    assert Order.objects.get(pk=order.pk).settled_at


@pytest.mark.parametrize("stage", STAGES[:-1])
@pytest.mark.parametrize("fault", ["hang", "drop", "421 4.3.2 closing"])
@pytest.mark.usefixtures("short")
def test_what_fails_before_the_end_is_tried_again_and_sent_once(
    server: MailServer, mailed: Order, stage: str, fault: str
) -> None:
    server.faults = {stage: fault}
    step = run(mailed)
    assert (step.state, step.reference) == (State.WAITING, "")
    assert step.attempt_log.get().outcome == Attempt.Outcome.TEMPORARY
    assert Destination.objects.get(name="mail").failures == 1
    server.faults = {}
    assert again(mailed).state == State.DONE
    assert len(server.mails) == 1


@pytest.mark.parametrize("fault", ["hang", "drop", "220 what?", "251 2.0.0 perhaps", "no number at all"])
@pytest.mark.parametrize("took", [True, False])
@pytest.mark.usefixtures("short")
def test_a_silence_after_the_end_is_left_to_a_person(server: MailServer, mailed: Order, fault: str, took: bool) -> None:
    server.faults, server.take_first = {"end": fault}, took
    if fault.startswith("no"):
        server.faults = {"end": "2no number"}
    step = run(mailed)
    assert (step.state, step.attempt_log.get().outcome) == (State.PARKED, Attempt.Outcome.UNKNOWN)
    assert "did not say whether it took it" in step.reason
    assert "send it again" in step.next_action
    assert step.reference == f"<{mailed.number}.received@shop.example>"
    assert len(server.mails) == took
    assert Destination.objects.get(name="mail").failures == 1


@pytest.mark.usefixtures("short")
def test_who_sends_it_again_gets_a_second_mail_with_the_same_id(server: MailServer, mailed: Order) -> None:
    server.faults, server.take_first = {"end": "drop"}, True
    run(mailed)
    server.faults = {}
    assert resend(mailed.steps.all(), by="anna") == 1
    assert run(mailed).state == State.DONE
    assert len({mail.read["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.usefixtures("short")
def test_who_has_looked_marks_it_as_done(server: MailServer, mailed: Order) -> None:
    server.faults = {"end": "drop"}
    run(mailed)
    assert done_by_hand(mailed.steps.all(), by="anna") == 1
    assert mailed.steps.get().state == State.DONE


@pytest.mark.parametrize("fault", ["451 4.3.0 disk full", "421 4.3.2 closing", "554 5.6.0 spam", "552 5.3.4 too large"])
def test_a_refusal_after_the_end_is_certain(server: MailServer, mailed: Order, fault: str) -> None:
    server.faults = {"end": fault}
    step = run(mailed)
    assert step.state == (State.WAITING if fault[0] == "4" else State.PARKED)
    assert step.reference == ""
    server.faults = {}
    resend(mailed.steps.all(), by="anna")
    assert run(mailed).state == State.DONE
    assert len(server.mails) == 1


def test_a_reply_too_long_to_be_read_is_no_refusal(server: MailServer, mailed: Order) -> None:
    """Python's library makes a 500 of it, whatever the server said: here that it has the mail."""
    server.faults["RCPT"] = "250 " + "x" * 9000
    assert run(mailed).state == State.WAITING
    del server.faults["RCPT"]
    server.faults["end"], server.take_first = "250 " + "x" * 9000, True
    step = again(mailed)
    assert (step.state, len(server.mails)) == (State.PARKED, 1)
    assert "did not say whether it took it" in step.reason


def test_a_worker_that_died_behind_the_end_leaves_it_to_a_person(server: MailServer, mailed: Order) -> None:
    reference = f"<{mailed.number}.received@shop.example>"
    mailed.steps.update(reference=reference, attempts=1)
    step = run(mailed)
    assert (step.state, server.seen) == (State.PARKED, [])
    assert step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN
    assert not Destination.objects.filter(failures__gt=0).exists()
    assert (
        step.reason
        == "An earlier try broke off behind the mail's end (a worker died, or took too long): it may have been sent."
    )


def test_a_line_that_is_a_full_stop_does_not_end_the_mail(server: MailServer, mailed: Order) -> None:
    """Behind it the server would read commands."""
    Order.objects.update(shipping_line1=".", shipping_line2="..MAIL FROM:<eve@example.com>")
    run(mailed)
    [mail] = server.mails
    text = mail.read.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[9:12] == ["Helgi Möller", ".", "..MAIL FROM:<eve@example.com>"]


def test_a_worker_that_has_lost_its_claim_begins_no_mail(
    server: MailServer, mailed: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped while it talks with the server; its lease runs out."""
    address = Server.address

    def late(self: Server, sender: str, to: MailAddress, size: int) -> None:
        address(self, sender, to, size)
        Step.objects.update(due_at=timezone.now())

    monkeypatch.setattr(Server, "address", late)
    assert run(mailed).state == State.RUNNING
    assert server.seen[-1] == "RCPT"


def test_a_worker_that_has_lost_its_claim_sends_nothing(
    server: MailServer, mailed: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped between DATA and the end: the lease runs out, and another takes the step."""
    import integrations.mail.tasks as tasks

    mark = tasks.mark_sending

    def late(claim: object, reference: str) -> None:
        Step.objects.update(due_at=timezone.now())
        mark(claim, reference)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "mark_sending", late)
    step = run(mailed)
    assert (step.state, step.reference, server.mails) == (State.RUNNING, "", [])
    assert server.seen[-1] == "DATA"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("550 5.1.1 <helgi@example.com>: no such user", "says that the address does not exist"),
        ("550 unknown", "says that the address does not exist"),
        ("553 5.1.3 bad address", "says that the address does not exist"),
        ("552 5.2.2 over quota", "mailbox is full"),
        ("550 5.7.1 policy", "for reasons of its own"),
        ("554 5.4.0 no", "does not take this address"),
    ],
)
def test_a_recipient_who_is_refused_is_parked_with_words(
    server: MailServer, mailed: Order, fault: str, said: str
) -> None:
    server.faults = {"RCPT": fault}
    step = run(mailed)
    assert step.state == State.PARKED
    assert said in step.reason
    assert "customer" in step.next_action
    assert not Destination.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("fault", ["450 4.2.0 greylisted", "451 4.7.1 greylisted, try again", "452 4.2.2 full"])
def test_a_greylist_holds_this_order_alone(server: MailServer, mailed: Order, fault: str) -> None:
    server.faults = {"RCPT": fault}
    assert run(mailed).state == State.WAITING
    assert not Destination.objects.filter(failures__gt=0).exists()
    server.faults = {}
    assert again(mailed).state == State.DONE


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        ("AUTH", "535 5.7.8 wrong password"),
        ("AUTH", "534 5.7.9 too weak"),
        ("MAIL", "530 5.7.0 log on first"),
        ("MAIL", "553 5.7.1 not your address"),
        ("RCPT", "554 5.7.1 <helgi@example.com>: Relay access denied"),
        ("connect", "554 go away"),
        ("EHLO", "550 not you"),
    ],
)
def test_what_is_wrong_with_us_opens_the_breaker_at_once(
    server: MailServer, mailed: Order, stage: str, fault: str
) -> None:
    server.faults = {stage: fault}
    assert run(mailed).state == State.WAITING
    assert Destination.objects.get(name="mail").open_until
    assert server.seen.count("AUTH") <= 1


def test_a_server_may_take_longer_to_look_at_the_mail(
    server: MailServer, mailed: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.mail.server.TALK_SECONDS", 0.8)
    server.faults = {"end": "slow"}
    assert run(mailed).state == State.DONE


@pytest.mark.usefixtures("short")
def test_a_server_that_drips_is_given_up(server: MailServer, mailed: Order) -> None:
    server.faults = {"connect": "drip"}
    assert run(mailed).state == State.WAITING
    assert server.seen == ["connect"]


@pytest.mark.parametrize(
    "quoted",
    [
        "<Muster@Example.com>",
        "muster%40example.com",
        "<jonas@relay.invalid>",  # Another address, to which it forwards.
        "bounce+muster=example.com",
        "mailbox MUSTER",
        "Helgi Moller",
        "Mo\u0308ller",
    ],
)
def test_nothing_is_kept_of_the_customer(server: MailServer, mailed: Order, quoted: str) -> None:
    Order.objects.update(email="muster@example.com")
    server.faults = {"RCPT": f"550 5.1.1 {quoted} unknown"}
    step = run(mailed)
    kept = f"{step.reason} {step.attempt_log.get().answer}".lower()
    assert not [word for word in ("muster", "helgi", "example", "jonas", "ller") if word in kept]
    assert "unknown" in kept


def test_a_letter_beyond_ascii_needs_a_server_that_knows_it(start: Start, mailed: Order) -> None:
    Order.objects.update(email="jürgen@bücher.example")
    server = start(utf8=False)
    step = run(mailed)
    assert step.state == State.PARKED
    assert "beyond ASCII" in step.reason
    server = start(utf8=True)
    resend(mailed.steps.all(), by="anna")
    assert run(mailed).state == State.DONE
    [mail] = server.mails
    assert mail.to == ["jürgen@xn--bcher-kva.example"]
    assert "SMTPUTF8" in mail.options


def test_a_domain_beyond_ascii_needs_nothing(start: Start, mailed: Order) -> None:
    Order.objects.update(email="helgi@bücher.example")
    server = start(utf8=False)
    assert run(mailed).state == State.DONE
    assert server.mails[0].to == ["helgi@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    "email",
    [
        "helgi",
        "a@b@",
        "a\r\nRCPT TO:<x@y.example>@example.com",
        "a@exa mple.com",
        "<a@b.example>",
        "a\u2028b@c.example",
    ],
)
def test_a_row_with_a_malformed_address_sends_nothing(server: MailServer, mailed: Order, email: str) -> None:
    Order.objects.update(email=email)
    step = run(mailed)
    assert (step.state, step.reason) == (State.PARKED, "The order's e-mail address is none.")
    assert server.seen == []


def test_a_mail_larger_than_the_server_takes_is_parked(start: Start, mailed: Order) -> None:
    start(limit=1000)
    step = run(mailed)
    assert (step.state, step.reason) == (State.PARKED, "The mail is larger than the mail server takes.")
