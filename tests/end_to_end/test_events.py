"""Events from a whole desk: its worker publishes them, its commands show them."""

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.orders.events.follower import Follower
from tests.servers.rabbitmq import RabbitMQ


def said(desk: TestDesk, *arguments: str) -> str:
    """What a management command prints."""
    process = desk.python("events", "manage.py", *arguments)
    process.start()
    assert process.wait(60) == 0, process.tail()
    return process.log.read_text()


def test_a_follower_gets_what_becomes_of_an_order_and_one_who_comes_late_too(
    open_desk: OpenDesk, own_broker: RabbitMQ, database_url: str
) -> None:
    follower, late = Follower(own_broker, "follower"), Follower(own_broker, "late", keys=None)
    desk = open_desk({"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url})
    number = desk.post()
    expected = [f"{number}/0000000001", f"{number}/0000000002"]
    got: list[str] = []

    def followed() -> bool:
        got.extend(follower.ids())
        return list(dict.fromkeys(got)) == expected

    wait_for(followed, lambda: f"both events came, not {got}\n{desk.logs_of_workers()}")
    assert desk.is_processed(number)
    assert "2 events are in the queue late" in said(desk, "events", "--since=2026-01-01", "--publish=late")
    assert late.ids() == expected


def test_without_events_nothing_is_published(open_desk: OpenDesk, own_broker: RabbitMQ, database_url: str) -> None:
    follower = Follower(own_broker, "follower")
    settings = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, "SHOP_EVENTS": "false"}
    desk = open_desk(settings)
    desk.wait_until_processed(desk.post())
    assert said(desk, "events", "--since=2026-01-01") == ""
    assert follower.ids() == []


def test_on_the_embedded_broker_events_are_rows_that_the_command_shows(open_desk: OpenDesk) -> None:
    desk = open_desk({})
    number = desk.post()
    desk.wait_until_processed(number)
    lines = said(desk, "events", "--since=2026-01-01").splitlines()
    assert [line.split()[1:] for line in lines] == [
        [f"{number}/0000000001", "order.received", "open"],
        [f"{number}/0000000002", "order.processed", "open"],
    ]
    # At its start a worker lists the tasks that it knows: "  . orders.tasks.publish_events".
    assert [line for line in desk.logs_of_workers().splitlines() if "event" in line and line[:4] != "  . "] == []
