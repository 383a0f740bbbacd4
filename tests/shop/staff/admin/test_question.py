"""A question names rows, and a yes is about those."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone

from orders.models import Deed
from tests.shop.staff.admin.test_selection import CASES, Case, nobody_outside  # noqa: F401

ASKED = [case for case in CASES if case.action in ("cancel", "send_again", "done_by_hand", "reprint", "delete")]


def yes(client: Client, question: Any) -> None:
    """Presses the question's button: its form repeats what was chosen."""
    form: dict[str, list[str]] = {"confirmed": ["yes"], "reason": ["Ordered twice."]}
    for name, value in question.context["hidden"]:
        form.setdefault(name, []).append(value)
    client.post(question.request["PATH_INFO"] + "?" + question.request["QUERY_STRING"], form)


@pytest.mark.usefixtures("nobody_outside")
@pytest.mark.parametrize("case", ASKED, ids=str)
def test_what_came_in_after_the_question_about_all_of_a_list_is_left_alone(
    boss: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [case.make(number) for number in range(3)]
    monkeypatch.setattr(type(admin.site._registry[type(rows[0])]), "list_per_page", 2)
    chosen = {"action": case.action, "_selected_action": [rows[2].pk, rows[1].pk], "select_across": "1"}
    question = boss.post(f"/admin/{case.model}/?{case.filtered}", chosen)
    late = case.make(3)
    yes(boss, question)
    assert Deed.objects.count() == 3
    assert str(late.pk) not in Deed.objects.filter(model=late._meta.model_name).values_list("row", flat=True)


def test_a_row_that_changed_after_the_question_is_still_what_the_yes_is_about(boss: Client) -> None:
    case = next(case for case in CASES if case.action == "cancel")
    order: Any = case.make(0)
    chosen = {"action": "cancel", "_selected_action": [order.pk], "select_across": "1"}
    question = boss.post("/admin/orders/order/?status__exact=received", chosen)
    type(order).objects.update(status="processed", settled_at=timezone.now())  # It is no longer in the filtered list.
    yes(boss, question)
    assert type(order).objects.get().status == "cancelled"
