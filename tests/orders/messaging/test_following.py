"""How a follower ends: what is on its way then is neither taken nor reported by the broker's client."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from orders.messaging.following import Follower, Taken


class Channel:
    """Brings one more message while it is told to send none."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.told: list[Any] = []

    def basic_cancel(self, tag: str) -> None:
        self.told.append(("cancel", tag))
        self.follower._receive(arrived(self))

    def basic_ack(self, tag: int) -> None:
        self.told.append(("ack", tag))


def arrived(channel: Channel) -> Any:
    info = {"exchange": "orders.events", "routing_key": "order.received", "redelivered": False, "delivery_tag": 7}
    return SimpleNamespace(delivery_info=info, body=b"{}", properties={}, channel=channel)


@pytest.mark.parametrize(("no_ack", "over"), [(False, 0), (True, 1)])
def test_it_has_the_broker_send_no_more_before_it_closes(
    monkeypatch: pytest.MonkeyPatch, no_ack: bool, over: int
) -> None:
    """A message that meets a channel being closed would be a line of the client's own on the terminal."""
    taken: list[Taken] = []
    follower = Follower("mine", [], taken.append, no_ack=no_ack)
    channel = Channel(follower)
    monkeypatch.setattr(follower, "_begin", lambda channel: setattr(follower, "_tag", "one"))
    line = SimpleNamespace(default_channel=channel)
    monkeypatch.setattr("orders.messaging.following.connection", lambda **_: nullcontext(line))
    with follower.connected():
        follower.ended = True
    assert (channel.told, taken, follower.over) == ([("cancel", "one")], [], over)
