"""`manage.py events`: what people and late programs see, and what it says to bad input."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from orders import telling
from orders.events import history, one_queue
from orders.messaging.connection import NotConfirmed, Refused
from orders.models import Event, Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db
SINCE = "--since=2026-01-01"
AFTER = "; later ones of the same order may have gone out meanwhile"


def run(*arguments: str) -> list[str]:
    output = StringIO()
    call_command("events", *arguments, stdout=output)
    return output.getvalue().splitlines()


@pytest.fixture
def told(order: Order) -> Order:
    telling.tell([(order.pk, Event.Type.RECEIVED, ""), (order.pk, Event.Type.PARKED, "sap")])
    order.events.update(at=datetime(2026, 11, 27, 8, tzinfo=UTC))
    return order


@pytest.fixture
def rabbitmq(settings: Settings) -> None:
    settings.BROKER_EMBEDDED = False


def test_it_shows_a_line_for_each_event(told: Order) -> None:
    assert run(SINCE) == [
        f"2026-11-27T08:00:00Z  {told.number}/0000000001  order.received            open",
        f"2026-11-27T08:00:00Z  {told.number}/0000000002  step.parked sap           open",
    ]


def test_it_shows_events_as_they_are_published(told: Order) -> None:
    documents = [json.loads(line) for line in run(SINCE, "--json")]
    assert [(document["subject"], document["sequence"]) for document in documents] == [
        (told.number, "0000000001"),
        (told.number, "0000000002"),
    ]


def test_it_shows_one_order_and_what_is_new(told: Order) -> None:
    other = make_order()
    telling.tell([(other.pk, Event.Type.RECEIVED, "")])
    assert len(run(SINCE)) == 3
    assert len(run(SINCE, "--order", other.number.lower().replace("-", ""))) == 1
    assert run("--since=2026-11-27T08:00:01+00:00", "--order", told.number) == []


def test_many_events_are_read_some_at_a_time(told: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_READ", 1)
    assert len(run(SINCE)) == 2


@pytest.mark.usefixtures("rabbitmq")
def test_what_was_refused_is_published_again_and_nothing_else(told: Order) -> None:
    first, second = told.events.order_by("seq")
    Event.objects.filter(pk=first.pk).update(state="published")
    Event.objects.filter(pk=second.pk).update(state="refused", refusals=3)
    assert run("resend", SINCE) == [f"1 event is published again{AFTER}."]
    assert list(told.events.order_by("seq").values_list("state", "refusals")) == [("published", 0), ("open", 0)]
    assert run("resend", SINCE) == ["0 events are published again."]


@pytest.mark.usefixtures("rabbitmq")
def test_all_that_was_refused_is_shown_and_published_again_whenever_it_was(told: Order) -> None:
    other = make_order()
    telling.tell([(other.pk, Event.Type.RECEIVED, "")])
    refused = Event.objects.exclude(order=told, seq=1)
    refused.update(state="refused", refusals=3)
    shown = run("--refused")
    assert [line.split()[1] for line in shown] == [f"{told.number}/0000000002", f"{other.number}/0000000001"]
    assert run("--refused", "--order", other.number) == shown[1:]
    assert run("--refused", "--since=2026-11-27T08:00:01+00:00") == shown[1:]
    assert run("resend", "--order", other.number) == [f"1 event is published again{AFTER}."]
    assert [line.split()[-1] for line in run(SINCE)] == ["open", "refused", "open"]
    assert run("resend", "--refused") == [f"1 event is published again{AFTER}."]
    assert (run("--refused"), run("--refused", "--json")) == (["None was refused."], [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say since when"),
        (["--since="], "Say since when"),
        (["--since=yesterday"], "'yesterday' is no time"),
        (["--since=9999-99-99"], "is no time"),
        (["--since=0001-01-01T00:00+23:59"], "is no time"),
        ([SINCE, "--order=17"], "There is no order 17."),
        ([SINCE, "--order="], "There is no order ."),
        ([SINCE, "--order=0000-0000-0000"], "There is no order"),
        (["again", SINCE], "Unknown word 'again'"),
        (["--refused", "--since="], "Say since when"),
        (["resend", "--since="], "Say since when"),
        (["resend", SINCE, "--json"], "leave --json and --publish out"),
        (["resend", SINCE, "--publish=mine"], "leave --json and --publish out"),
        ([SINCE, "--publish=sap"], "The queue sap is the desk's own"),
        ([SINCE, "--publish=ga4"], "The queue ga4 is the desk's own"),
        ([SINCE, "--publish=desk"], "The queue desk is the desk's own"),
        ([SINCE, "--publish=dead_letters"], "is the desk's own"),
        ([SINCE, "--publish=orders.intake"], "is the desk's own"),
        ([SINCE, "--publish=celery@host.celery.pidbox"], "is the desk's own"),
    ],
)
@pytest.mark.usefixtures("rabbitmq", "told")
def test_bad_input_is_one_line(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        run(*arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused("full"), "The queue mine is full. No event is in it."),
        (NotConfirmed("there is no queue behind the exchange "), "There is no queue mine"),
        (ConnectionRefusedError("nobody\nlistens"), "ConnectionRefusedError: nobody listens"),
    ],
)
@pytest.mark.usefixtures("rabbitmq", "told")
def test_a_queue_that_takes_nothing_is_one_line(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def publish(self, messages: object) -> None:
            raise error

    monkeypatch.setattr(one_queue, "own_connection", Broken)
    with pytest.raises(CommandError) as caught:
        run(SINCE, "--publish=mine")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("arguments", [["resend", SINCE], [SINCE, "--publish=mine"]])
def test_without_rabbitmq_events_are_shown_and_not_published(told: Order, arguments: list[str]) -> None:
    assert len(run(SINCE)) == 2
    with pytest.raises(CommandError, match="There is no RabbitMQ"):
        run(*arguments)


@pytest.mark.usefixtures("rabbitmq", "told")
def test_nothing_is_resent_where_nothing_is_published(settings: Settings) -> None:
    settings.EVENTS = False
    with pytest.raises(CommandError, match="SHOP_EVENTS"):
        run("resend", SINCE)


@pytest.mark.parametrize("embedded", [False, True])
def test_old_events_are_deleted_but_none_that_is_still_to_be_published(
    told: Order, settings: Settings, embedded: bool
) -> None:
    settings.BROKER_EMBEDDED = embedded
    settings.EVENT_AGE = timedelta(days=30)
    telling.tell((told.pk, Event.Type.RESUMED, "sap") for _ in range(3))
    for seq, state, days in [(1, "published", 31), (2, "refused", 31), (3, "open", 31), (4, "published", 29)]:
        told.events.filter(seq=seq).update(state=state, at=timezone.now() - timedelta(days=days))
    history.prune()
    assert [event.seq for event in told.events.order_by("seq")] == ([4, 5] if embedded else [3, 4, 5])
    telling.tell([(told.pk, Event.Type.PACKED, "")])
    assert told.events.latest("seq").seq == 6


def test_pruning_takes_the_oldest_and_so_many_at_a_time(told: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_PRUNED", 1)
    told.events.update(at=timezone.now() - timedelta(days=400))
    assert [history.prune(), history.prune(), history.prune()] == [1, 1, 0]
