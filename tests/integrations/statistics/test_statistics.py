import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from integrations.models import Purchase
from integrations.segment import tasks
from integrations.statistics.figures import Day, figures
from integrations.statistics.payload import purchase_of
from integrations.statistics.tasks import count_order
from orders.database.rows import insert_new
from orders.lifecycle import cancel_order
from orders.models import Order, Product, Step
from tests.factories import make_order
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def of(day: date) -> list[Day]:
    return figures(day, day)


def count_purchase(order: Order) -> None:
    insert_new(purchase_of(order))


def test_orders_revenue_pieces_customers_and_top_products_of_a_day(products: list[Product], today: date) -> None:
    for customer, lines in [
        ("Helgi Möller", [(products[0], 2), (products[1], 1)]),
        ("helgi  möller", [(products[0], 1)]),
        ("Олег", [(products[1], 1)]),
    ]:
        count_purchase(make_order(lines, customer_name=customer))
    assert of(today) == [
        {
            "day": today,
            "currency": "EUR",
            "orders": 3,
            "revenue": Decimal("149.70"),
            "pieces": 5,
            "customers": 2,
            "top_products": [
                {"sku": "MUG", "name": "Mug", "pieces": 3},
                {"sku": "LAMP", "name": "Lamp “O'Neill”", "pieces": 2},
            ],
            "recorded": 3,
            "cancelled": 0,
        }
    ]


def test_an_order_counts_once_however_many_steps_and_repeats(
    sandbox: RunningSandbox, order: Order, today: date
) -> None:
    Step.objects.create(order=order, name="statistics", due_at=timezone.now())
    for _ in range(2):
        order.steps.update(state=Step.State.QUEUED)
        tasks.record_marketing(order.pk)
        count_order(order.pk)
    assert [(row["orders"], row["recorded"]) for row in of(today)] == [(1, 1)]


def test_an_order_counts_though_marketing_does_not_have_it_yet(order: Order, today: date) -> None:
    make_order()
    count_purchase(order)
    assert [(row["orders"], row["recorded"]) for row in of(today)] == [(2, 1)]


def test_a_cancellation_counts_back(order: Order, today: date) -> None:
    count_purchase(order)
    make_order(status="cancelled")
    cancel_order(order.pk, by="test")
    make_order(total=Decimal("1.25"))
    (row,) = of(today)
    assert (row["orders"], row["revenue"], row["recorded"], row["cancelled"]) == (1, Decimal("1.25"), 0, 2)


def test_an_order_cancelled_while_its_step_ran_is_not_counted(order: Order, today: date) -> None:
    cancel_order(order.pk, by="test")
    count_purchase(order)
    (row,) = of(today)
    assert (row["orders"], row["revenue"], row["pieces"], row["customers"], row["cancelled"]) == (0, 0, 0, 0, 1)


@pytest.mark.parametrize("change", ["cancelled", "one more", "another customer's"])
def test_what_is_kept_of_a_day_that_is_over_is_read_again_when_its_orders_change(
    products: list[Product], today: date, change: str, django_assert_num_queries: Any
) -> None:
    past = today - timedelta(days=3)
    for number in (1, 2):
        make_order([(products[0], number)], created_at=timezone.now() - timedelta(days=3))
    assert [(row["pieces"], row["customers"]) for row in of(past)] == [(3, 1)]
    with django_assert_num_queries(1):
        assert [(row["pieces"], row["customers"]) for row in of(past)] == [(3, 1)]
    if change == "cancelled":
        cancel_order(Order.objects.latest("pk").pk, by="test")
    else:
        customer = {"customer_name": "Олег"} if change == "another customer's" else {}
        make_order([(products[0], 7)], created_at=timezone.now() - timedelta(days=3), **customer)
    expected = {"cancelled": (1, 1), "one more": (10, 1), "another customer's": (10, 2)}[change]
    assert [(row["pieces"], row["customers"]) for row in of(past)] == [expected]


def test_two_currencies_of_a_day_are_told_apart(products: list[Product], today: date) -> None:
    make_order([(products[0], 2)])
    make_order([(products[0], 5)], currency="JPY", total=Decimal(1200))
    euros, yen = of(today)
    assert (euros["currency"], euros["pieces"], euros["top_products"][0]["pieces"]) == ("EUR", 2, 2)
    assert (yen["currency"], yen["revenue"], yen["pieces"]) == ("JPY", Decimal(1200), 5)


def test_a_failed_step_counts_nothing(sandbox: RunningSandbox, order: Order, today: date) -> None:
    sandbox.fail("marketing", "500")
    tasks.record_marketing(order.pk)
    assert not Purchase.objects.exists()


def test_an_order_belongs_to_the_day_in_the_shops_time_zone(order: Order) -> None:
    order.created_at = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("UTC"))
    order.save()
    with timezone.override("Europe/Berlin"):
        count_purchase(order)
        assert [row["day"] for row in figures(date(2026, 11, 1), date(2026, 11, 30))] == [date(2026, 11, 23)]
        assert of(date(2026, 11, 22)) == []
        assert of(date(2026, 11, 24)) == []


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_is_too_early_or_too_late_to_be_asked_for(order: Order, day: date) -> None:
    assert of(day) == []
    assert len(figures(date.min, date.max)) == 1


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("anna"))
    return client


def test_staff_read_the_figures(staff: Client, order: Order) -> None:
    count_purchase(order)
    page = staff.get("/admin/integrations/purchase/").content.decode()
    assert "84.80 EUR" in page
    assert "2 × <bdi>Mug</bdi>" in page


def test_figures_are_exported_as_csv_and_json(staff: Client, order: Order, today: date) -> None:
    count_purchase(order)
    csv = staff.get("/admin/integrations/purchase/?format=csv").content.decode()
    assert csv.splitlines() == [
        "day,currency,orders,revenue,pieces,customers,top_products,recorded,cancelled",
        f"{today},EUR,1,84.80,3,1,2 x MUG; 1 x LAMP,1,0",
    ]
    [row] = json.loads(staff.get("/admin/integrations/purchase/?format=json").content)["days"]
    assert (row["day"], row["revenue"], row["orders"]) == (str(today), "84.80", 1)


def test_a_day_that_is_none_is_not_an_error(staff: Client, order: Order) -> None:
    count_purchase(order)
    assert "84.80 EUR" in staff.get("/admin/integrations/purchase/?from=yesterday").content.decode()


@pytest.mark.parametrize("page", ["purchase", "connection"])
def test_who_may_not_see_it_does_not(client: Client, page: str) -> None:
    client.force_login(User.objects.create_user("ben", is_staff=True))
    assert client.get(f"/admin/integrations/{page}/").status_code == 403


def test_deleting_an_order_takes_its_purchase_along(order: Order) -> None:
    count_purchase(order)
    Order.objects.all().delete()
    assert not Purchase.objects.exists()
