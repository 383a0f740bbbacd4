"""/metrics as Prometheus reads it."""

import dataclasses
import math
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from orders.database import patience
from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP, Round
from orders.messaging.workers import Worker
from orders.models import DeadLetter, Destination, Event, Order, Step, Total
from printing.models import Printer
from shop.operations.metrics import life, view
from tests.factories import make_order

TOKEN = "prometheus-7d1c52"
NAMES = {
    "desk_orders_total", "desk_steps", "desk_step_attempts_total", "desk_step_duration_seconds_bucket",
    "desk_step_duration_seconds_sum", "desk_step_duration_seconds_count", "desk_step_oldest_seconds",
    "desk_destination_open", "desk_destination_paused", "desk_sweep_age_seconds", "desk_worker_seen_seconds",
    "desk_workers", "desk_dead_letters", "desk_events_unpublished", "desk_event_oldest_seconds", "desk_events_refused",
    "desk_build_info",
    "desk_printer_blocked", "desk_disk_free_ratio",
}  # fmt: skip


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.WATCHING = dataclasses.replace(settings.WATCHING, metrics_token=TOKEN)


def scrape(**headers: str) -> Any:
    return Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})


def told() -> dict[str, dict[tuple[str, ...], float]]:
    """Each metric's values, by those of its labels."""
    response = scrape()
    assert response.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "authorization",
    ["", TOKEN, "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Bearer møller"],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_who_has_not_the_token_finds_nothing_at_this_address(authorization: str, method: str) -> None:
    headers = {"Authorization": authorization.encode("utf-8").decode("latin-1")} if authorization else {}
    client = Client(raise_request_exception=False)
    answer = client.generic(method, "/metrics", headers={**headers, "Request-Id": "r"})
    other = client.generic(method, "/nothing-here", headers={**headers, "Request-Id": "r"})
    assert (answer.status_code, answer.content) == (404, other.content)
    assert dict(answer.items()) == dict(other.items())


@pytest.mark.django_db
def test_without_a_token_in_the_settings_nobody_finds_it(settings: Any) -> None:
    settings.WATCHING = dataclasses.replace(settings.WATCHING, metrics_token="")
    for authorization in ("Bearer ", "Bearer", f"Bearer {TOKEN}"):
        assert Client().get("/metrics", headers={"Authorization": authorization}).status_code == 404


@pytest.mark.django_db
def test_it_is_only_read() -> None:
    headers = {"Authorization": f"bearer {TOKEN}"}
    client = Client(enforce_csrf_checks=True)
    assert client.head("/metrics", headers=headers).content == b""
    options = client.options("/metrics", headers=headers)
    assert (options.status_code, options["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert client.post("/metrics", headers=headers).status_code == 405


@pytest.mark.django_db
def test_it_speaks_the_format_that_is_asked_for() -> None:
    assert scrape()["Content-Type"].startswith("text/plain; version=")
    accept = "application/openmetrics-text; version=1.0.0"
    response = scrape(Accept=accept)
    assert response["Content-Type"].startswith("application/openmetrics-text")
    assert response.content.endswith(b"# EOF\n")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["x", "=1", "1.x", "-", "9" * 5000])
def test_a_version_that_is_none_gets_a_format_too(version: str) -> None:
    assert scrape(Accept=f"application/openmetrics-text; version={version}").status_code == 200


@pytest.mark.django_db
def test_an_empty_desk_has_every_metric_too() -> None:
    Printer.objects.create(name="Bench", url="ipp://cups.example/printers/bench")
    found = told()
    assert {name for name in found if not name.endswith("_created")} == NAMES
    assert found["desk_orders_total"] == {(): 0}
    assert found["desk_sweep_age_seconds"] == {(): math.inf}
    assert found["desk_worker_seen_seconds"][("sap",)] == math.inf
    assert found["desk_step_attempts_total"][("printing", "permanent")] == 0
    assert found["desk_destination_open"][("marketing",)] == 0


@pytest.mark.django_db
def test_what_is_in_the_rows_is_told() -> None:
    old = make_order(created_at=time_ago(3600))
    make_order()
    Step.objects.filter(order=old, name="sap").update(state="parked")
    Step.objects.filter(order=old, name="marketing").update(state="done")
    Destination.objects.create(name="sap", open_until=from_now(), paused=True)
    Total.objects.create(kind="orders", count=41)
    Total.objects.create(
        kind="attempts", destination="sap", outcome="done", count=3, timed=2, seconds=1.5, buckets=[0] * 4 + [2] * 6
    )
    Round.objects.create(task=SWEEP, started_at=from_now(timedelta(seconds=-44)))
    Worker.objects.create(name="a", host="h", queues=["sap"], started_at=from_now(), seen_at=from_now())
    Worker.objects.create(
        name="b", host="h", queues=["sap", "desk"], started_at=from_now(), seen_at=from_now(timedelta(seconds=-900))
    )
    DeadLetter.objects.create(body=b"", reason="x")
    DeadLetter.objects.create(body=b"", reason="x", sent_again_at=from_now())
    Printer.objects.create(name="Bench", url="ipp://cups.example/printers/bench", blocked=True)
    found = told()
    assert found["desk_steps"][("sap", "queued")] == 1
    assert found["desk_steps"][("sap", "parked")] == 1
    assert found["desk_steps"][("printing", "queued")] == 2
    assert found["desk_step_oldest_seconds"][("printing",)] == pytest.approx(3600, abs=20)
    assert found["desk_step_oldest_seconds"][("sap",)] < 20  # The other one is parked.
    assert found["desk_destination_open"] == {("marketing",): 0, ("printing",): 0, ("sap",): 1}
    assert found["desk_destination_paused"][("sap",)] == 1
    assert found["desk_orders_total"] == {(): 41}
    assert found["desk_step_attempts_total"][("sap", "done")] == 3
    assert found["desk_step_duration_seconds_bucket"][("sap", "0.5")] == 0
    assert found["desk_step_duration_seconds_bucket"][("sap", "1.0")] == 2
    assert found["desk_step_duration_seconds_count"][("sap",)] == 2
    assert found["desk_step_duration_seconds_sum"][("sap",)] == 1.5
    assert found["desk_sweep_age_seconds"][()] == pytest.approx(44, abs=20)
    assert found["desk_worker_seen_seconds"][("sap",)] < 20
    assert found["desk_worker_seen_seconds"][("desk",)] == pytest.approx(900, abs=20)
    assert (found["desk_workers"][("sap",)], found["desk_workers"][("desk",)]) == (1, 0)
    assert ("orders.intake",) not in found["desk_workers"]  # There is none on the embedded broker.
    assert found["desk_dead_letters"] == {(): 1}
    assert found["desk_printer_blocked"] == {("Bench",): 1}
    assert 0 < found["desk_disk_free_ratio"][("var",)] < 1


def time_ago(seconds: float) -> Any:
    return from_now(timedelta(seconds=-seconds))


@pytest.mark.django_db
def test_events_count_where_they_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    Event.objects.create(order=order, seq=1, type="order.received", at=time_ago(77), due_at=from_now())
    for seq in (2, 3, 4):
        Event.objects.create(
            order=order, seq=seq, type="order.packed", at=from_now(), due_at=from_now(), state="refused"
        )
    assert (told()["desk_events_unpublished"], told()["desk_events_refused"]) == ({(): 0}, {(): 0})
    monkeypatch.setattr(life.history, "are_published", lambda: True)
    found = told()
    assert found["desk_events_unpublished"] == {(): 1}
    assert found["desk_event_oldest_seconds"][()] == pytest.approx(77, abs=20)
    assert found["desk_events_refused"] == {(): 3}
    monkeypatch.setattr(life.history, "MOST_COUNTED", 2)
    assert told()["desk_events_refused"] == {(): 2}


@pytest.mark.django_db
def test_no_name_of_a_customer_is_told() -> None:
    make_order(customer_name="Ingibjörg Valdimarsdóttir", reference="PO-88123")
    text = scrape().content.decode()
    assert not [word for word in ("Ingibj", "Valdimars", "PO-88123") if word in text]
    assert Order.objects.get().number not in text


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_503_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Any:
        raise OperationalError("the password of desk is wrong")

    monkeypatch.setattr(view, "PARTS", (away,))
    response = scrape()
    assert (response.status_code, response.content) == (503, b"The database does not answer (OperationalError).\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_a_database_that_is_slow_is_a_503_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    patience.install()
    monkeypatch.setattr(view, "PATIENCE", 0.5)

    def slow() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(view, "PARTS", (slow,))
    began = time.monotonic()
    try:
        assert scrape().status_code == 503
        assert time.monotonic() - began < 30
    finally:
        connection.close()


@pytest.mark.django_db
def test_what_a_scrape_asks_does_not_grow_with_the_orders(django_assert_num_queries: Any) -> None:
    make_order()
    with CaptureQueriesContext(connection) as asked:
        scrape()
    for _ in range(3):
        make_order()
    with django_assert_num_queries(len(asked)):
        scrape()
    assert len(asked) < 20


def test_queues_that_every_worker_serves_are_told_of_too(db: None, settings: Settings) -> None:
    """Who consumes other programs' orders beside the workers takes them for good: the alert for strangers knows now."""
    settings.BROKER_EMBEDDED, settings.INTAKE = False, True
    for name, ago in (("a", 1), ("b", 900)):
        seen = from_now(timedelta(seconds=-ago))
        Worker.objects.create(name=name, host="h", queues=["sap"], started_at=seen, seen_at=seen)
    found = told()["desk_workers"]
    assert (found[("orders.intake",)], found[("dead_letters",)], found[("printing",)]) == (1, 1, 0)
