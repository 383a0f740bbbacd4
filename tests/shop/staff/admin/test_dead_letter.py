"""Dead letters: sent again after a question, deleted after one, and looked at whatever their size."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.models import DeadLetter
from tests.shop.staff.conftest import act, staff


def test_a_dead_letter_is_sent_again_after_asking_and_the_brokers_refusal_is_told(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr("orders.messaging.dead_letters.send_again", lambda letter, by: sent.append((letter.pk, by)))
    assert "Yes, send 1 message again" in act(boss, "orders/deadletter", "send_again", letter).text
    assert sent == []
    assert "1 message sent again" in act(boss, "orders/deadletter", "send_again", letter, confirmed="yes").text
    assert sent == [(letter.pk, "boss")]

    def refuse(letter: DeadLetter, by: str) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("orders.messaging.dead_letters.send_again", refuse)
    assert "no broker" in act(boss, "orders/deadletter", "send_again", letter, confirmed="yes").text


def test_a_letter_that_is_not_whole_is_not_sent_and_says_so(boss: Client) -> None:
    letter = DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x", not_kept="its headers")
    page = act(boss, "orders/deadletter", "send_again", letter, confirmed="yes").text
    assert "Not sent: Broken. Of the message this was not kept as it came: its headers." in page
    assert 'value="send_again"' not in boss.get(f"/admin/orders/deadletter/{letter.pk}/change/").text


def test_a_refused_order_shows_its_problem_details_and_its_properties(boss: Client) -> None:
    problem = {"status": 400, "errors": [{"pointer": "#/customer_name", "detail": "Please give the customer's name."}]}
    letter = DeadLetter.objects.create(
        queue="orders.intake", reason="Refused.", body=b"{}", problem=problem, properties={"message_id": "a<7"}
    )
    page = boss.get(f"/admin/orders/deadletter/{letter.pk}/change/").text
    assert "&quot;#/customer_name&quot;" in page
    assert "&quot;a&lt;7&quot;" in page


def test_letters_are_deleted_after_asking_by_those_who_may(db: None) -> None:
    letters = [DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x") for _ in range(3)]
    client = staff("operations")
    assert "Yes, delete 2 messages" in act(client, "orders/deadletter", "delete", *letters[:2]).text
    assert DeadLetter.objects.count() == 3
    assert "2 messages deleted" in act(client, "orders/deadletter", "delete", *letters[:2], confirmed="yes").text
    assert DeadLetter.objects.get() == letters[2]


def test_no_page_reads_a_body_as_a_whole(boss: Client) -> None:
    letter = DeadLetter.objects.create(
        queue="sap", reason="Broken.", body=b"a" * 5_000, body_size=9_000_000, headers={"x": "y" * 60_000}
    )
    with CaptureQueriesContext(connection) as listed:
        assert boss.get("/admin/orders/deadletter/").status_code == 200
    assert not [query for query in listed if '"body"' in query["sql"] or '"headers"' in query["sql"]]
    with CaptureQueriesContext(connection) as opened:
        page = boss.get(f"/admin/orders/deadletter/{letter.pk}/change/").text
    assert "… and 8995904 bytes more" in page
    assert "a" * 4097 not in page
    assert "y" * 16_384 not in page
    whole = '"orders_deadletter"."body",'
    assert not [query for query in opened if whole in query["sql"].replace('"body", 1', "")]
