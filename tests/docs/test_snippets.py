"""The Python on the pages for other programs runs, with the rights that these pages give."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.processes import Process
from tests.docs import page
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.servers.rabbitmq import RabbitMQ

DOCS = Path(__file__).resolve().parents[2] / "docs"
USERS = {"other-programs.md": "shop", "events.md": "stock"}


def snippet(name: str, broker: RabbitMQ) -> list[str]:
    """The command that runs the page's only program; its broker is this one, and nothing else is changed."""
    (text,) = [text for language, _, text in page.blocks(DOCS / name) if language == "python"]
    text, changed = re.subn(r"@mq\.example\.com/desk\b", f"@127.0.0.1:{broker.port}/%2F", text)
    assert changed == 1
    return [sys.executable, "-u", "-c", text]


@pytest.fixture
def users(own_broker: RabbitMQ) -> Iterator[None]:
    """Made as the pages say."""
    try:
        for name in USERS:
            for line in re.findall(r"^rabbitmqctl (.+)$", (DOCS / name).read_text(), re.M):
                own_broker.ctl(*(typed(word) for word in shlex.split(line)))
        yield
    finally:
        for user in USERS.values():
            own_broker.ctl("delete_user", user)


def typed(word: str) -> str:
    return {"a long password": "secret", "desk": "/"}.get(word, word)


def test_an_order_that_one_sends_is_followed_by_the_other(
    users: None, own_broker: RabbitMQ, open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk({"SHOP_BROKER_URL": own_broker.url})
    wait_for(lambda: "orders.events" in own_broker.ctl("list_exchanges", "name"), "the desk has made its exchange")
    follower = Process("follower", snippet("events.md", own_broker), log=tmp_path / "follower.log", env={})
    follower.start()
    try:
        wait_for(lambda: "stock" in own_broker.ctl("list_bindings", "destination_name"), follower.tail)
        subprocess.run(snippet("other-programs.md", own_broker), check=True, timeout=60)
        wait_for(lambda: "order.processed" in follower.log.read_text(), follower.tail)
    finally:
        follower.kill()
    events = [json.loads(line) for line in follower.log.read_text().splitlines()]
    assert [event["type"] for event in events] == ["order.received", "order.processed"]
    assert desk.get(events[0]["subject"])["status"] == "processed"
