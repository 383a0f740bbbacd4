"""Every action of every list, from a list that is filtered by what the action changes, with "select all"."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from orders import api_keys
from orders.models import ApiKey, DeadLetter, Deed, Destination, Order, Product, Step
from orders.models.api_key import Scope
from printing import polling
from printing.documents import test_page
from printing.models import Printer, PrintJob
from shop.staff.admin import selection
from shop.staff.admin.history import HistoryAdmin
from tests.factories import make_order, make_product

CHOSEN = 3  # rows, more than a page of the list has


def orders(**fields: Any) -> Callable[[int], Order]:
    def make(number: int) -> Order:
        order = make_order(**fields)
        order.steps.filter(name="printing").update(state="done")
        order.steps.filter(name="sap").update(state="parked")
        return order

    return make


def steps(state: str) -> Callable[[int], Step]:
    def make(number: int) -> Step:
        step = make_order(steps=["sap"]).steps.get()
        step.state = state
        step.save()
        return step

    return make


def destinations(**fields: Any) -> Callable[[int], Destination]:
    return lambda number: Destination.objects.create(name=f"place-{number}", **fields)


def letters(number: int) -> DeadLetter:
    return DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")


def keys(number: int) -> ApiKey:
    key = api_keys.make("front", Scope, by="lena")[0]
    Deed.objects.all().delete()  # That it was made; what is tried here is what follows.
    return key


def products(active: bool) -> Callable[[int], Product]:
    return lambda number: make_product(active=active)


def printers(number: int) -> Printer:
    return Printer.objects.create(name=f"Gate {number}", url=f"spool:#{number}", check_paper=True)


def jobs(state: str) -> Callable[[int], PrintJob]:
    def make(number: int) -> PrintJob:
        printer, _ = Printer.objects.get_or_create(name="Gate", url="ipp://cups.lan/printers/slips")
        order = make_order(steps=["printing"])
        order.steps.update(state="parked")
        return PrintJob.objects.create(order=order, printer=printer, state=state, job_id="7")

    return make


def failed_logons(number: int) -> AccessAttempt:
    return AccessAttempt.objects.create(
        username=f"wim-{number}", ip_address="192.0.2.1", failures_since_start=5, attempt_time=timezone.now()
    )


@dataclass
class Case:
    """Rows that a list shows when it is filtered, and what an action on all of them says: once, or of each row."""

    model: str
    action: str
    filtered: str
    make: Callable[[int], Model]
    says: str
    times: int = 1

    @property
    def remembered(self) -> str | None:
        """What the history calls it; None of what changes nothing, and of users and groups, which are Django's."""
        return None if self.model.startswith("auth/") else REMEMBERED.get(self.action)

    def __str__(self) -> str:
        return f"{self.model}-{self.action}"


REMEMBERED = {
    "make_pick_list": "listed",
    "pack": "packed",
    "ship": "shipped",
    "cancel": "cancelled",
    "done_by_hand": "by hand",
    "pause": "paused",
    "resume": "resumed",
    "close_breaker": "closed",
    "delete": "deleted",
    "activate": "changed",
    "retire": "retired",
    "delete_selected": "deleted",
    "it_is_there": "found",
    "it_is_not_there": "not found",
    "reprint": "reprinted",
    "print_test_page": "test page",
    "paper_checked": "paper",
    "take_folder": "folder",
    "use_instead": "moved",
    "send_again": "sent again",
    "let_them_try": "unlocked",
    "replace": "added",
    "revoke": "changed",
}
UNKNOWN = jobs("unknown")
CASES = [
    Case("orders/order", "pack", "to=pack", orders(), r"3 orders marked as packed\.<"),
    Case("orders/order", "ship", "status__exact=packed", orders(status="packed"), r"3 orders marked as shipped\.<"),
    Case("orders/order", "send_again", "step=parked", orders(), "3 steps sent again: tried now"),
    Case("orders/order", "cancel", "status__exact=received", orders(), "is cancelled", CHOSEN),
    Case("orders/order", "make_pick_list", "status__exact=received", orders(), "orders left to pack"),
    Case("orders/order", "print_jobs", "status__exact=received", orders(), "0 print jobs"),
    Case("orders/step", "send_again", "state__exact=parked", steps("parked"), "3 steps sent again: tried now"),
    Case("orders/step", "done_by_hand", "state__exact=parked", steps("parked"), "3 steps marked as done by hand"),
    Case(
        "orders/destination", "pause", "paused__exact=0&failures__exact=1", destinations(failures=1),
        "is paused", CHOSEN,
    ),
    Case("orders/destination", "resume", "paused__exact=1", destinations(paused=True), "goes on", CHOSEN),
    Case(
        "orders/destination", "close_breaker", "open_until__isnull=0", destinations(open_until=timezone.now()),
        "the breaker is closed", CHOSEN,
    ),
    Case("orders/deadletter", "send_again", "again=no", letters, r"3 messages sent again\.<"),
    Case("orders/deadletter", "delete", "again=no", letters, r"3 messages deleted\.<"),
    Case("orders/apikey", "replace", "q=front", keys, r"desk_[0-9a-f]{12}_[0-9a-f]{48}", CHOSEN),
    Case("orders/apikey", "revoke", "q=front", keys, r"3 keys revoked\.<"),
    Case("orders/product", "activate", "active__exact=0", products(False), r"3 products put on sale\.<"),
    Case("orders/product", "retire", "active__exact=1", products(True), r"3 products retired\.<"),
    Case("orders/product", "delete_selected", "active__exact=1", products(True), "Successfully deleted 3 products"),
    Case("printing/printjob", "it_is_there", "state__exact=unknown", UNKNOWN, r"/r1/c1: printed\.", CHOSEN),
    Case("printing/printjob", "it_is_not_there", "state__exact=unknown", UNKNOWN, r"/r1/c2: to be sent\.", CHOSEN),
    Case("printing/printjob", "reprint", "state__exact=done", jobs("done"), r"/r1/c2: to be sent\.", CHOSEN),
    Case("printing/printer", "print_test_page", "check_paper__exact=1", printers, "took the test page as 17", CHOSEN),
    Case("printing/printer", "ask_now", "check_paper__exact=1", printers, "Gate .: ready", CHOSEN),
    Case("printing/printer", "paper_checked", "check_paper__exact=1", printers, r"Noted for 3 printers\.<"),
    Case("printing/printer", "use_instead", "check_paper__exact=1", printers, "0 slips sent to Gate .", CHOSEN),
    Case("printing/printer", "take_folder", "check_paper__exact=1", printers, "its slips go to the folder", CHOSEN),
    Case("axes/accessattempt", "let_them_try", "q=wim", failed_logons, r"May try again: wim-0, wim-1, wim-2\.<"),
    Case(
        "auth/user", "delete_selected", "is_staff__exact=0",
        lambda number: User.objects.create_user(f"user-{number}"), "Successfully deleted 3 users",
    ),
    Case(
        "auth/group", "delete_selected", "q=role",
        lambda number: Group.objects.create(name=f"role-{number}"), "Successfully deleted 3 groups",
    ),
]  # fmt: skip


@pytest.fixture
def nobody_outside(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """No broker and no printer is there; each would have taken what it is given."""
    settings.SPOOL_DIR = tmp_path
    monkeypatch.setattr(test_page, "send", lambda printer: "17")
    monkeypatch.setattr("orders.messaging.dead_letters.own_connection", lambda: Anything())

    def poll(printer: Printer) -> None:
        printer.state = "ready"
        Printer.objects.filter(pk=printer.pk).update(state="ready", check_paper=False)

    monkeypatch.setattr(polling, "poll", poll)


class Anything:
    def publish(self, messages: object) -> None:
        """Takes it."""


def kind(case: Case) -> str:
    """What was acted on: sending an order again is about its steps."""
    return "step" if case.action == "send_again" and case.model == "orders/order" else case.model.partition("/")[2]


def select_all(client: Client, case: Case, **more: str) -> Any:
    """Chooses the first rows of the filtered list, then "select all", as the list's own script does."""
    url = f"/admin/{case.model}/?{case.filtered}"
    listed = client.get(url).context["cl"]
    assert listed.result_count == CHOSEN
    first = [row.pk for row in listed.result_list]
    assert len(first) < CHOSEN
    return client.post(
        url, {"action": case.action, "_selected_action": first, "select_across": "1"} | more, follow=True
    )


def said(answer: Any) -> str:
    return answer.content[:4].decode() if answer["Content-Type"] == "application/pdf" else answer.text


@pytest.mark.usefixtures("nobody_outside")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_action_does_what_it_says_to_all_rows_of_a_filtered_list(
    boss: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(CHOSEN):
        case.make(number)
    for model_admin in admin.site._registry.values():
        monkeypatch.setattr(type(model_admin), "list_per_page", 2)
    page = select_all(boss, case)
    if 'name="confirmed"' in said(page) or 'name="post"' in said(page):
        page = select_all(boss, case, confirmed="yes", post="yes", reason="Upgrade until noon.")
    assert len(re.findall(case.says, said(page))) == case.times
    assert not re.search(r">\s*-\d|left alone", said(page))
    kept = Deed.objects.values_list("what", "by", "model")
    assert list(kept) == [(case.remembered, "boss", kind(case))] * (CHOSEN if case.remembered else 0)


def test_every_action_of_every_list_is_tried(boss: Client) -> None:
    request = boss.get("/admin/").wsgi_request
    offered = {
        f"{model._meta.app_label}/{model._meta.model_name}-{action}"
        for model, model_admin in admin.site._registry.items()
        for action in model_admin.get_actions(request)
    }
    assert offered == {str(case) for case in CASES}


NAMES_THAT_STAY = {"destination"}  # Few rows, listed by name.


@pytest.mark.parametrize("case", {case.model: case for case in CASES if "orders/" in case.model}.values(), ids=str)
def test_a_list_begins_with_the_newest_so_that_those_it_leaves_out_are_old(
    boss: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_ROWS", 2)
    rows = [case.make(number) for number in range(CHOSEN)]
    model_admin = admin.site._registry[type(rows[0])]
    monkeypatch.setattr(type(model_admin), "list_per_page", 1)
    page = boss.get(f"/admin/{case.model}/")
    assert isinstance(model_admin, HistoryAdmin) == ("The newest 2." in page.text)
    if "The newest 2." in page.text and kind(case) not in NAMES_THAT_STAY:
        assert [row.pk for row in page.context["cl"].result_list] == [rows[-1].pk]


def test_all_of_a_list_are_no_more_than_it_counts(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_ROWS", CHOSEN)
    monkeypatch.setattr(type(admin.site._registry[Order]), "list_per_page", 2)
    oldest, *newest = [orders()(number) for number in range(CHOSEN + 1)]
    page = select_all(boss, CASES[0], confirmed="yes")
    assert "3 orders marked as packed." in page.text
    assert set(Order.objects.filter(status="packed")) == set(newest)
    assert Order.objects.get(status="received") == oldest


NO_IDS = ["abc", "\0", "0", "-1", "1.5", "9" * 23, "9" * 5000, "", " 1"]


@pytest.mark.parametrize("field", ["_selected_action", "asked_about"])
def test_an_id_that_no_row_can_have_is_as_one_of_a_row_that_is_gone(boss: Client, field: str) -> None:
    asked = {(case.model, case.action) for case in CASES}
    assert {model for model, _ in asked} == {
        f"{model._meta.app_label}/{model._meta.model_name}"
        for model, one in admin.site._registry.items()
        if one.actions or model in (Group, User)
    }
    wrong = []
    for model, action in sorted(asked):
        for text in NO_IDS:
            form = {"action": action, "index": "0", "_selected_action": "7"} | {field: text, "confirmed": "yes"}
            answer = boss.post(f"/admin/{model}/", form)
            wrong += [(model, action, text)] if answer.status_code not in (200, 302) else []
    assert wrong == []
