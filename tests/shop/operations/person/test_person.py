"""What is known about a person is handed out, and erased everywhere: every column of every table is searched."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import CommandError, call_command
from django.db import models
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from integrations.models import Purchase
from orders import lifecycle, shipments
from orders.models import Attempt, Attention, DeadLetter, Deed, Destination, Event, Notice, Order, PackScan, Step
from printing.models import Printer, PrintJob
from shop.operations.person import erasing, slips
from shop.operations.person.fields import KEPT, PERSONAL
from tests.factories import make_order
from tests.orders.api.customer import Shop
from tests.orders.api.test_authentication import key
from tests.shop.operations.person.everywhere import where

pytestmark = pytest.mark.django_db

WHO: dict[str, Any] = {
    "customer_name": "Þórdís Öxnevad-Kjærulff",
    "note": "Leave it with the lighthouse keeper's goat",
    "email": "thordis.oxnevad@fjara.example",
    "reference": "WEB-QX-77120-Z",
    "shipping_name": "Kjærulff Kátur Keramik",
    "shipping_phone": "+354 555 81 23 40",
    "shipping_line1": "Hafnarbraut 91b",
    "shipping_line2": "Bakhlið, önnur hæð",
    "shipping_postal_code": "IS-7x80",
    "shipping_city": "Borgarfjörður eystri",
    "shipping_state": "ÖXN",
    "shipping_country": "IS",
    "request_id": "front-3f9c-oxnevad",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "fingerprint": "f1ngerpr1nt" * 5,
    "idempotency_key": "k" * 64,
}
PARCEL = "JD0146000099XQ81"
# Everything that must be nowhere afterwards. (The key is a hash of a random number, and the country tells of nobody.)
SECRETS = [value for name, value in WHO.items() if name not in ("shipping_country", "idempotency_key")] + [PARCEL]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def order(settings: Settings, tmp_path: Path) -> Order:
    """An order that left traces wherever an order can."""
    settings.SPOOL_DIR = tmp_path / "spool"
    order = make_order(client="front", **WHO)
    lifecycle.pack(Order.objects.filter(pk=finished(order).pk), by="wim")
    lifecycle.add_shipment(order.pk, "dhl", PARCEL, by="wim")
    lifecycle.ship(Order.objects.filter(pk=order.pk), by="wim")
    step = order.steps.get(name="sap")
    Attempt.objects.create(
        step=step, number=1, started_at=timezone.now(), outcome="done", answer=f"Hello {WHO['customer_name']}"
    )
    Purchase.objects.create(order=order, day="2026-11-02", customer=WHO["email"], revenue=9, currency="EUR", pieces=3)
    printer = Printer.objects.create(name="Gate 2", url="spool:", reasons=f"Job of {WHO['customer_name']} is stuck")
    PrintJob.objects.create(
        order=order, printer=printer, state="done", job_id="7", reason=f"to {WHO['shipping_line1']}"
    )
    leave_traces(order)
    write_slips(order, tmp_path / "spool")
    return order


def finished(order: Order) -> Order:
    order.steps.update(state="done", reference="0000004711", warning=f"Cut: {WHO['shipping_line1']}",
                       reason=f"for {WHO['shipping_city']}", next_action=f"Call {WHO['shipping_phone']}")  # fmt: skip
    return order


def leave_traces(order: Order) -> None:
    """In rows that hang on no order."""
    body = {"customer_name": WHO["customer_name"], "email": WHO["email"].upper(), "adress": WHO["shipping_line1"]}
    for ascii_only in (True, False):
        DeadLetter.objects.create(
            queue="orders.intake", reason=f"{WHO['email']} is no name", headers={"from": WHO["email"]},
            body=json.dumps(body, ensure_ascii=ascii_only).encode(), problem={"detail": WHO["customer_name"]},
        )  # fmt: skip
    Deed.objects.create(at=timezone.now(), by="wim", what="deleted", model="deadletter", row="1",
                        name=f"from orders.intake: {WHO['email'].upper()}", detail=WHO["customer_name"])  # fmt: skip
    Destination.objects.create(name="sap", reason=f"HTTP 500 for {WHO['email']}", pause_reason=WHO["customer_name"])
    for of in (order, None):
        PackScan.objects.create(
            scan_id=uuid.uuid4(), order=of, kind="told", code=PARCEL.lower(), answer=f"{PARCEL} goes to {WHO['email']}",
            by="wim", at=timezone.now(),
        )  # fmt: skip
    session = SessionStore()
    session["search"] = f"q={WHO['email']}"
    session.create()
    user, kind = User.objects.create_user("wim"), ContentType.objects.get_for_model(Order)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id="1", object_repr=WHO["customer_name"],
        action_flag=2, change_message=json.dumps({"note": WHO["note"], "name": WHO["customer_name"]}),
    )  # fmt: skip
    sentence = f"The mail server does not take {WHO['email'].upper()}."
    now = timezone.now()
    Attention.objects.create(cause="mail", sentence=sentence, first_seen=now, last_seen=now)
    message = {"type": "attention", "data": {"new": [{"sentence": sentence, "count": 1}], "note": WHO["note"]}}
    Notice.objects.create(to="ops@here.example", subject=f"1: {sentence}", answer=f"550 {WHO['email']}?",
                          message=message, created_at=now, due_at=now)  # fmt: skip


def write_slips(order: Order, spool: Path) -> None:
    for folder in (spool, spool / "done", spool / ".tmp"):
        folder.mkdir(exist_ok=True)
        (folder / f"{order.number}.r1.c1.pdf").write_text(WHO["customer_name"].casefold())
    (spool / ".tmp" / f"{order.number}.r1.c1.pdf.1f.part").write_text(WHO["shipping_line1"].casefold())
    (spool / ".tmp" / f"{order.number}.r1.c1.pdf.given").touch()


def run(what: str, *options: str) -> str:
    out = StringIO()
    call_command("person", what, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def others() -> Iterator[dict[str, Any]]:
    """Somebody else of the same first name and city: nothing of it may change."""
    other = make_order(
        customer_name="Þórdís",
        shipping_city="Borgarfjörður eystri",
        shipping_country="IS",
        email="thordis@other.example",
    )
    DeadLetter.objects.create(reason="x", body=b'{"email": "thordis@other.example"}')
    before: dict[str, Any] = dict(Order.objects.filter(pk=other.pk).values().get())
    yield before
    assert Order.objects.filter(pk=other.pk).values().get() == before
    assert DeadLetter.objects.count() == 1


@pytest.mark.parametrize("whose", ["order", "email"])
def test_after_erasing_nothing_of_the_person_is_anywhere(
    order: Order, tmp_path: Path, settings: Settings, whose: str
) -> None:
    before = where(SECRETS, tmp_path, settings.VAR_DIR)
    assert len(before) > 25, before
    typed = order.number.lower().replace("-", " ") if whose == "order" else f"\u200e{WHO['email'].upper()} "
    choice = [f"--{whose}", typed]
    said = run("erase", *choice, "--yes")
    assert where(SECRETS, tmp_path, settings.VAR_DIR) == set()
    assert f"{order}: erased, with 4 slips, 2 dead letters." in said
    assert f"{order}, sap: 0000004711." in said
    assert "Backups of the database" in said


def test_money_lines_and_the_key_stay_and_others_are_not_touched(order: Order, others: dict[str, Any]) -> None:
    kept = {name: getattr(order, name) for name in (*KEPT, "total", "created_at") if name != "status"}
    lines = list(order.lines.values())
    run("erase", "--order", order.number, "--yes")
    after = Order.objects.get(pk=order.pk)
    assert {name: getattr(after, name) for name in kept} == kept
    assert list(after.lines.values()) == lines
    assert Purchase.objects.get(order=order).revenue == 9
    deed = Deed.objects.get(what=Deed.What.ERASED)
    assert (deed.name, deed.detail) == (order.number, "4 slips, 2 dead letters")


def test_it_can_be_repeated(order: Order) -> None:
    run("erase", "--order", order.number, "--yes")
    assert "erased, with 0 slips, 0 dead letters." in run("erase", "--order", order.number, "--yes")
    with pytest.raises(CommandError, match="no order with this e-mail"):
        run("erase", "--email", WHO["email"], "--yes")


@pytest.mark.parametrize("state", ["queued", "waiting", "running", "parked"])
def test_an_order_with_open_steps_is_refused_whole(order: Order, state: str, tmp_path: Path) -> None:
    token = "6f0d1a2b-0000-4000-8000-000000000001" if state == "running" else None
    Step.objects.filter(order=order, name="marketing").update(state=state, token=token)
    before = where(SECRETS, tmp_path)
    with pytest.raises(SystemExit) as ended:
        run("erase", "--order", order.number, "--yes")
    assert ended.value.code == 1
    assert where(SECRETS, tmp_path) == before


def test_of_several_orders_those_that_are_open_stay(order: Order) -> None:
    open_one = make_order(email=WHO["email"], customer_name=WHO["customer_name"])
    with pytest.raises(SystemExit):
        run("erase", "--email", WHO["email"], "--yes")
    assert Order.objects.get(pk=order.pk).email == ""
    assert Order.objects.get(pk=open_one.pk).email == WHO["email"]


def test_one_that_is_interrupted_is_undone_whole_but_for_its_slips(
    order: Order, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    before = where(SECRETS)
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "_erase_mentions", fail)
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(order.pk, by="x")
    assert where(SECRETS) == before
    erasing.erase(order.pk, by="x")
    assert where(SECRETS, tmp_path) == set()


def test_all_of_it_is_handed_out_as_json(order: Order, others: dict[str, Any]) -> None:
    told = json.loads(run("export", "--email", WHO["email"]))
    (one,) = told["orders"]
    hidden = {"fingerprint", "idempotency_key"}
    assert {name: one[name] for name in WHO if name not in hidden} == {
        name: value for name, value in WHO.items() if name not in hidden
    }
    assert one["parcels"][0]["tracking_number"] == PARCEL
    assert len(one["slips"]) == 4
    assert one["attempts"][0]["answer"] == f"Hello {WHO['customer_name']}"
    assert one["elsewhere"][0] == "sap: 0000004711."
    assert len(told["dead_letters"]) == 2
    DeadLetter.objects.filter(queue="orders.intake").delete()  # `others` counts what is left.


@pytest.mark.parametrize(
    "body",
    [
        {"email": "jo" + WHO["email"]},
        {"email": "r.k-" + WHO["email"]},
        {"email": WHO["email"] + ".is"},
        {"note": f"{WHO['shipping_name']}son"},
        {"phone": f"{WHO['shipping_phone']}7"},
        {"code": f"X{PARCEL}"},
    ],
)
def test_what_only_contains_it_is_somebody_elses(order: Order, body: dict[str, str]) -> None:
    """Another's message was deleted, and another's address in a text was cut in two."""
    text = f"550 {next(iter(body.values()))}"
    letter = DeadLetter.objects.create(reason=text, body=json.dumps(body).encode())
    Destination.objects.create(name="marketing", reason=text)
    run("erase", "--order", order.number, "--yes")
    assert list(DeadLetter.objects.values_list("pk", "reason")) == [(letter.pk, text)]
    assert Destination.objects.get(name="marketing").reason == text


@pytest.mark.parametrize("around", ["<{}>", "to:{}.", "({})", 'x="{}"', "Hello\n{}\n", "\u00a0{}\u2019s", "{}様"])
def test_whatever_stands_around_it(order: Order, around: str) -> None:
    for value in (WHO["email"], WHO["shipping_name"], WHO["shipping_phone"], PARCEL):
        text = around.format(value)
        DeadLetter.objects.create(reason=text, body=json.dumps({"of": text}).encode())
        Deed.objects.create(at=timezone.now(), by="wim", what="deleted", model="deadletter", row="1", detail=text)
    run("erase", "--order", order.number, "--yes")
    assert where(SECRETS) == set()


def test_whose_order_was_refused_or_erased_before_is_found_by_the_address(order: Order, others: dict[str, Any]) -> None:
    """It said that there was no such order, and the person's data stood in a dead letter."""
    run("erase", "--email", WHO["email"], "--yes")
    leave = {"customer_name": "Kátur", "email": WHO["email"], "products_ids": []}
    DeadLetter.objects.create(queue="orders.intake", reason="No products.", body=json.dumps(leave).encode())
    Destination.objects.filter(name="sap").update(reason=f"HTTP 500 for {WHO['email']}")
    told = json.loads(run("export", "--email", WHO["email"].upper()))
    assert (told["orders"], [letter["reason"] for letter in told["dead_letters"]]) == ([], ["No products."])
    said = run("erase", "--email", f" {WHO['email'].upper()}", "--yes")
    assert "There is no order with this e-mail. Erased: 1 dead letters, and what else spoke of this address." in said
    assert "Backups of the database" in said
    assert where([WHO["email"]]) == set()
    with pytest.raises(CommandError, match="no order with this e-mail"):
        run("erase", "--email", WHO["email"], "--yes")


@pytest.mark.parametrize("half", ["fjara.example", "@fjara.example", "oxnevad@fjara.example", "thordis.oxnevad@fjara"])
def test_half_an_address_finds_nobody(order: Order, half: str) -> None:
    before = where(SECRETS)
    for what in ("export", "erase"):
        with pytest.raises(CommandError, match="no order with this e-mail"):
            run(what, "--email", half, *["--yes"] * (what == "erase"))
    assert where(SECRETS) == before


def test_who_is_unknown_is_told_and_nothing_is_guessed(order: Order) -> None:
    for choice in (["--order", "7K3M-Q9TX-2BDF"], ["--order", "nonsense"], ["--email", ""], ["--email", "%"]):
        with pytest.raises((CommandError, SystemExit)):
            run("erase", *choice, "--yes")
    make_order(email="")
    with pytest.raises(CommandError):
        run("export", "--email", " ")


def test_without_a_yes_nothing_is_erased(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda question: "no")
    with pytest.raises(SystemExit):
        run("erase", "--order", order.number)
    assert Order.objects.get(pk=order.pk).email == WHO["email"]


def test_of_every_text_column_of_an_order_somebody_has_decided() -> None:
    """A new one has to be called personal or not, in shop/operations/person/fields.py."""
    columns = {
        field.name for field in Order._meta.concrete_fields if isinstance(field, models.CharField | models.TextField)
    }
    assert columns == PERSONAL.keys() | KEPT
    assert not PERSONAL.keys() & KEPT
    assert WHO.keys() - {"idempotency_key", "shipping_country"} == PERSONAL.keys()


def test_an_erased_order_can_still_be_followed(order: Order, client: Client) -> None:
    run("erase", "--order", order.number, "--yes")
    assert not slips.names(order)
    assert {event.data for event in Event.objects.filter(order=order)} == {None}
    shown = client.get(f"/order/{order.number}").json()
    assert "customer_name" not in shown or shown["customer_name"] == "(erased)"


@pytest.mark.parametrize("who", ["client", "guest"])
def test_who_follows_the_order_is_told_that_it_changed(order: Order, shop: Shop, who: str) -> None:
    headers = {"Authorization": key("front")} if who == "client" else {}
    before = shop.get(order.number, **headers)
    Order.objects.update(updated_at=timezone.now() - timedelta(days=9))
    since = quote((timezone.now() - timedelta(days=1)).isoformat())
    run("erase", "--order", order.number, "--yes")
    after = shop.get(order.number, If_None_Match=before["ETag"], **headers)
    assert after.status_code == 200
    (parcel,) = after.json()["shipments"]
    assert (parcel["carrier_name"], parcel["tracking_number"], parcel["tracking_url"]) == ("DHL", "(erased)", "")
    if who == "client":
        assert after.json()["customer_name"] == "(erased)"
        found = shop.client.get(f"/order?updated_since={since}", headers=headers).json()["orders"]
        assert [one["order_num"] for one in found] == [order.number]


def test_an_order_without_parcels_has_another_etag_too(order: Order, shop: Shop) -> None:
    authorization = key("front")
    bare = make_order(client="front", customer_name=WHO["customer_name"])
    finished(bare)
    before = shop.get(bare.number, Authorization=authorization)["ETag"]
    run("erase", "--order", bare.number, "--yes")
    assert shop.get(bare.number, Authorization=authorization, If_None_Match=before).status_code == 200


def test_what_is_no_number_is_neither_shown_nor_followed(order: Order, client: Client) -> None:
    run("erase", "--order", order.number, "--yes")
    shipment = order.shipments.get()
    page = client.get(f"/track/{order.number}").content.decode()
    assert "DHL" in page
    for trace in ("erased", "Tracking number", "dhl.com"):
        assert trace not in page
    assert str(shipment) == "DHL (erased)"
    assert shipments.told([order.pk]) == {order.pk: {"shipments": []}}
    staff = render_to_string("staff/tracking_number.html", {"shipment": shipment})
    assert staff.strip() == '<span class="desk-number">(erased)</span>'
