"""Nothing is done without the receiver's own yes: a page or any other 200 is none."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from integrations.connections import try_connection
from integrations.ga4.settings import GA4Settings
from integrations.ga4.tasks import record_purchase as tell_google
from integrations.matomo.settings import MatomoSettings
from integrations.matomo.tasks import record_purchase as tell_matomo
from integrations.sandbox.exchange import Reply, json_reply
from integrations.segment.settings import SegmentSettings
from integrations.segment.tasks import record_marketing
from integrations.segment.tasks import record_purchase as tell_segment
from integrations.webhook.settings import WebhookSettings
from integrations.webhook.tasks import send as tell_webhook
from orders.models import Order, Step
from orders.steps import Claim, Done, LogonRefused, Permanent, UnknownOutcome
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver

pytestmark = pytest.mark.django_db

EFFECTS: dict[str, Callable[[Claim], Done]] = {
    "marketing": tell_segment,
    "ga4": tell_google,
    "matomo": tell_matomo,
    "webhook": tell_webhook,
}
TASKS = {
    "marketing": "integrations.marketing.tasks.record_marketing",
    "ga4": "integrations.marketing.ga4.record_in_ga4",
    "matomo": "integrations.marketing.matomo.record_in_matomo",
    "webhook": "integrations.webhook.call_webhook",
}
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00;"
SUCCESS = b'{"success": true}'
HTML = "<html><head><title>Anmeldung für Kunden</title></head></html>"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
PAGES = {
    "plain": HTML.encode(),
    "capitals": HTML.upper().encode(),
    "doctype": b"<!DOCTYPE html>" + HTML.encode(),
    "comment": b"<!-- portal -->\n" + HTML.encode(),
    "prolog": PROLOG.encode() + HTML.encode(),
    "XHTML": (PROLOG + '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">' + HTML).encode(),
    "byte order mark": HTML.encode("utf-8-sig"),
    "latin-1": HTML.encode("latin-1"),
    "UTF-16 without a mark": HTML.encode("utf-16-le"),
    "UTF-32 without a mark": HTML.encode("utf-32-be"),
    "a program's warning": b"Warning: no session in /srv/portal.php on line 3\n" + HTML.encode(),
    "a zero-width space": ("\u200b" + HTML).encode(),
    "UTF-16": HTML.encode("utf-16"),
    "no root": b"<title>Log on</title>",
    "a yes in it": b"<html>OK <!-- " + SUCCESS + b" --></html>",
}


@pytest.fixture(autouse=True)
def configured(receiver: Receiver, settings: Settings) -> Receiver:
    settings.MARKETING = SegmentSettings(url=receiver.url, write_key="key")
    settings.GA4 = GA4Settings(url=receiver.url, measurement_id="G-TEST", api_secret="secret")
    settings.MATOMO = MatomoSettings(url=receiver.url + "/matomo.php", site_id="3")
    settings.WEBHOOK = WebhookSettings(url=receiver.url, secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    settings.ENABLED_STEPS = TASKS
    return receiver


@pytest.mark.parametrize("content_type", ["text/html; charset=iso-8859-1", "application/json", ""])
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("destination", EFFECTS)
def test_a_page_is_never_a_yes(
    receiver: Receiver, claim_of: ClaimOf, destination: str, page: bytes, content_type: str
) -> None:
    receiver.reply = Reply(200, page, {"Content-Type": content_type} if content_type else {})
    with pytest.raises(LogonRefused, match="usually its login page"):
        EFFECTS[destination](claim_of(destination))


@pytest.mark.parametrize(
    ("destination", "reply"),
    [
        ("marketing", Reply(200, SUCCESS)),
        ("marketing", Reply(202, b'\xef\xbb\xbf{"success":true, "more": 1}')),
        ("marketing", Reply(200, b"OK")),
        ("marketing", Reply(200, b"OK\n", {"Content-Type": "text/html"})),
        ("ga4", Reply(204)),
        ("matomo", Reply(204)),
        ("matomo", Reply(200, GIF, {"Content-Type": "image/gif"})),
        ("webhook", Reply(200)),
        ("webhook", Reply(200, b"ok", {"Content-Type": "text/html"})),
        ("webhook", Reply(202, b'{"received": true}')),
        ("webhook", Reply(200, b'{"shown": "<!DOCTYPE html><html></html>"}', {"Content-Type": "application/json"})),
        ("webhook", Reply(204)),
        ("webhook", Reply(299, b"<order><taken/></order>", {"Content-Type": "application/xml"})),
    ],
)
def test_each_receivers_own_yes_is_done(receiver: Receiver, claim_of: ClaimOf, destination: str, reply: Reply) -> None:
    receiver.reply = reply
    assert EFFECTS[destination](claim_of(destination)).code[0] == "2"


@pytest.mark.parametrize(
    ("destination", "reply"),
    [
        *(("marketing", Reply(200, body)) for body in (b"", b"{}", b"ok", b"OK.", b'"OK"', b"[true]", b"true")),
        ("marketing", Reply(200, b'{"success": 1}')),
        ("marketing", Reply(200, b'{"success": "true"}')),
        ("marketing", Reply(200, b'{"success": null}')),
        ("marketing", Reply(200, b'{"ok": true}')),
        ("marketing", Reply(200, b'[{"success": true}]')),
        ("marketing", Reply(200, b'{"success": tr')),
        ("marketing", Reply(200, GIF)),
        ("marketing", Reply(204)),
        ("ga4", Reply(200)),
        ("ga4", Reply(200, b"{}")),
        ("ga4", Reply(202)),
        ("ga4", Reply(200, SUCCESS)),
        ("matomo", Reply(200)),
        ("matomo", Reply(200, b"OK")),
        ("matomo", Reply(202)),
        ("matomo", Reply(200, b"\x89PNG\r\n")),
        ("matomo", Reply(200, b"Debug enabled - Input parameters: GIF89a")),
        ("matomo", json_reply(200, {"status": "error"})),
    ],
)
def test_any_other_answer_is_an_unknown_outcome(
    receiver: Receiver, claim_of: ClaimOf, destination: str, reply: Reply
) -> None:
    receiver.reply = reply
    with pytest.raises(UnknownOutcome) as caught:
        EFFECTS[destination](claim_of(destination))
    assert f"answered HTTP {reply.status}, but not with its own yes (" in caught.value.reason
    assert caught.value.reason.endswith("whether it was taken is unknown. Check that its address is right.")


@pytest.mark.parametrize("body", [b'{"success": false}', b'{"success": false, "message": "no"}'])
def test_segments_no_is_a_failure_that_needs_a_person(receiver: Receiver, claim_of: ClaimOf, body: bytes) -> None:
    receiver.reply = Reply(200, body)
    with pytest.raises(Permanent, match="did not accept it") as caught:
        tell_segment(claim_of("marketing"))
    assert caught.value.answer == f"HTTP 200 {body.decode()}"


def test_without_a_yes_the_step_is_not_done_and_nothing_is_counted(receiver: Receiver, order: Order) -> None:
    receiver.reply = Reply(200, PAGES["prolog"])
    record_marketing(order.pk)
    assert order.steps.get(name="marketing").state != Step.State.DONE
    assert not hasattr(Order.objects.get(pk=order.pk), "purchase")


@pytest.mark.parametrize("destination", ["marketing", "ga4", "matomo"])
@pytest.mark.parametrize("reply", [Reply(200, PAGES["prolog"]), Reply(200, b"hello"), Reply(200, b"{}")])
def test_the_check_of_a_connection_wants_a_yes_too(receiver: Receiver, destination: str, reply: Reply) -> None:
    receiver.reply = reply
    assert not try_connection(destination).ok


@pytest.mark.parametrize("objections", ["x", ["x"], [{}, None], {"a": 1}])
def test_googles_check_reads_no_more_into_an_answer_than_there_is(receiver: Receiver, objections: object) -> None:
    receiver.reply = json_reply(200, {"validationMessages": objections})
    found = try_connection("ga4")
    assert not found.ok
    assert "own yes (a list of validationMessages)" in found.said


@pytest.mark.parametrize(
    "page",
    [
        "This resource is part of Matomo. Keep full control of your data with <a href='https://matomo.org'>web</a>.<br>",
        "<a href='/'>Piwik</a> is a free/libre web analytics that lets you keep control of your data.",
    ],
)
def test_matomos_tracker_is_known_by_what_it_says_of_itself(receiver: Receiver, page: str) -> None:
    receiver.reply = Reply(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})
    assert try_connection("matomo").ok
    receiver.reply = Reply(200, b"<!DOCTYPE html><html><title>Sign in - Matomo</title></html>")
    assert not try_connection("matomo").ok
