"""What the tests that commit rely on: each finds the tables as `migrate` leaves them."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from psycopg2.extensions import connection as Connection

from orders.models import Order, Product
from tests.factories import make_order
from tests.servers import emptying

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]
ROWS = (Group, Order, Product, User)


@pytest.fixture
def request_under_way() -> Iterator[Connection]:
    """A connection of somebody else's to the same database."""
    other = connection.get_new_connection(connection.get_connection_params())
    yield other
    other.close()


def fill() -> None:
    make_order()
    group = Group.objects.create(name="packers")
    group.permissions.add(Permission.objects.get(codename="view_order"))
    User.objects.create_user("wim").groups.add(group)


@pytest.mark.parametrize("nth", ["first", "second"])
def test_what_a_test_commits_is_gone_before_the_next(nth: str) -> None:
    assert [model._default_manager.count() for model in ROWS] == [0, 0, 0, 0]
    assert Permission.objects.filter(codename="view_order").exists()
    fill()


def test_nothing_but_rows_of_migrate_is_kept() -> None:
    fill()
    emptying.empty()
    tables = emptying.names(emptying.TABLES, [["django_migrations", *emptying.KEPT]])
    assert {"orders_order", "orders_step", "auth_user_groups", "django_session"} < set(tables)
    assert [name for name in tables if emptying.names(f"SELECT count(*) FROM {name}") != [0]] == []  # noqa: S608


@pytest.mark.parametrize("nth", ["first", "second"])
def test_permissions_and_content_types_that_a_test_takes_away_are_there_again(nth: str) -> None:
    assert Permission.objects.filter(codename="view_order").exists()
    assert ContentType.objects.filter(app_label="orders", model="order").exists()
    ContentType.objects.all().delete()


@pytest.mark.parametrize(("holds", "asks"), [("orders_product", "orders_order"), ("orders_order", "orders_product")])
def test_a_request_that_is_still_answered_is_waited_for(request_under_way: Connection, holds: str, asks: str) -> None:
    fill()
    request_under_way.autocommit = False
    with request_under_way.cursor() as cursor:
        cursor.execute(f"SELECT FROM {holds}")
        emptied = threading.Thread(target=in_a_thread)
        emptied.start()
        time.sleep(0.3)
        assert emptied.is_alive()
        cursor.execute(f"SELECT FROM {asks}")
    request_under_way.rollback()
    emptied.join(10)
    assert not emptied.is_alive()
    assert [model._default_manager.count() for model in ROWS] == [0, 0, 0, 0]


def in_a_thread() -> None:
    try:
        emptying.empty()
    finally:
        connection.close()
