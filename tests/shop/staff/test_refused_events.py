"""Events that other programs were not told of: operations sees them, and has them published again."""

import pytest
from pytest_django import Settings

from orders.database.clock import from_now
from orders.models import Deed, Event, Order
from shop.staff import refused_events
from shop.staff.needs import Severity, needs
from shop.staff.refused_events import NONE
from tests.shop.staff.conftest import staff

pytestmark = pytest.mark.django_db
YES = {"confirmed": "yes"}


@pytest.fixture(autouse=True)
def refused(order: Order, settings: Settings) -> None:
    settings.BROKER_EMBEDDED = False
    for seq in (1, 2):
        Event.objects.create(
            order=order, seq=seq, type="order.packed", at=from_now(), due_at=from_now(), state="refused", refusals=3
        )


def test_operators_are_told_of_them(settings: Settings) -> None:
    (need,) = [need for need in needs() if need.kind == "refused events"]
    assert need.sentence.startswith("2 events: other programs could not be told.")
    assert (need.key, need.count, need.severity, need.url) == (
        "refused events:", 2, Severity.ACT, "/desk/refused-events",
    )  # fmt: skip
    Event.objects.update(state="published")
    assert not [need for need in needs() if need.kind == "refused events"]


def test_operations_publishes_them_again_after_a_look_at_them(order: Order) -> None:
    olga = staff("operations")
    assert 'href="/desk/refused-events"' in olga.get("/admin/").text
    asked = olga.get("/desk/refused-events").text
    assert f"{order.number}/0000000001" in asked
    assert "Yes, publish 2 events again" in asked
    olga.post("/desk/refused-events")
    assert Event.objects.filter(state="refused").count() == 2
    said = olga.post("/desk/refused-events", YES, follow=True).text
    assert "2 events will be published again" in said
    assert set(Event.objects.values_list("state", "refusals")) == {("open", 0)}
    assert {deed.by for deed in Deed.objects.filter(what="sent again")} == {"operations"}
    assert "/desk/refused-events" not in olga.get("/admin/").text
    assert NONE in olga.get("/desk/refused-events", follow=True).text


def test_of_many_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_events, "AT_ONCE", 1)
    olga = staff("operations")
    assert "The oldest 1 go first; press again for the next." in olga.get("/desk/refused-events").text
    olga.post("/desk/refused-events", YES)
    assert list(Event.objects.order_by("seq").values_list("state", flat=True)) == ["open", "refused"]


@pytest.mark.parametrize("role", ["sales", "warehouse"])
def test_who_may_not_sees_no_button_for_it(role: str) -> None:
    client = staff(role)
    assert "/desk/refused-events" not in client.get("/admin/").text
    assert client.post("/desk/refused-events", YES).status_code == 403
    assert Event.objects.filter(state="refused").count() == 2
