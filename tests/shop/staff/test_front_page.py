"""What came in today, and what does not move."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP
from orders.models import Destination, Order, Round
from shop.staff.front_page import traffic
from tests.factories import make_order
from tests.shop.staff.conftest import park


def test_the_first_page_shows_what_came_in_and_what_does_not_move(boss: Client, order: Order) -> None:
    park(order)
    Destination.objects.create(name="marketing", paused=True, paused_by="lena", paused_at=timezone.now())
    page = boss.get("/admin/").text
    assert "<b>1</b>order today" in page
    assert "<b>1</b>parked: somebody must look" in page
    assert "paused</span> by lena" in page


def test_to_be_packed_is_what_has_its_slip_and_the_list_behind_it_shows_the_same(boss: Client, order: Order) -> None:
    on_its_way = make_order()
    order.steps.filter(name="printing").update(state="done")
    page = boss.get("/admin/").text
    link = re.search(r'href="([^"]+)"><b>1</b>to be packed', page)
    assert link
    listed = boss.get(link[1]).text
    assert order.number in listed
    assert on_its_way.number not in listed


def test_the_first_page_shows_the_last_sweep_and_says_when_none_comes(boss: Client, db: None) -> None:
    assert "Sweeper: No worker has ever done it" in boss.get("/admin/").text
    sweep = Round.objects.create(task=SWEEP, started_at=from_now(), finished_at=from_now(), worker="celery-1@host")
    page = boss.get("/admin/").text
    assert re.search(r"Last sweep \d\.\d s ago, by celery-1@host\.", page)
    assert "Sweeper:" not in page
    Round.objects.filter(pk=sweep.pk).update(started_at=from_now(timedelta(minutes=-3)))
    assert "Sweeper: For 180 s no worker has done it" in boss.get("/admin/").text


@pytest.mark.parametrize("why", [{"paused": True}, {"open_until": timezone.now()}])
def test_steps_of_a_held_destination_are_not_on_the_way(order: Order, why: dict[str, Any]) -> None:
    make_order().steps.filter(name="sap").update(state="waiting")
    make_order().steps.filter(name="sap").update(state="running", token=uuid4())
    sap = traffic()["sap"]
    assert (sap.on_the_way, sap.held_or_waiting) == (2, 1)
    Destination.objects.create(name="sap", **why)
    sap = traffic()["sap"]
    assert (sap.on_the_way, sap.held_or_waiting) == (1, 2)


def test_held_and_waiting_steps_are_told_in_one_number(boss: Client, order: Order) -> None:
    Destination.objects.create(name="sap", paused=True)
    order.steps.exclude(name="sap").delete()
    counts = re.findall(r'<td class="desk-count">(.+)</td>', boss.get("/admin/").text)
    assert [re.sub("<[^>]+>", "", count) for count in counts[:3]] == ["–", "1", "–"]
    assert '<td class="field-held_or_waiting">1</td>' in boss.get("/admin/orders/destination/").text
