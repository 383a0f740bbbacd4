"""The columns of amounts get room for every currency's digits: no row is written, and none becomes another amount."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.apps import apps

from integrations.models import Purchase
from integrations.statistics.payload import purchase_of
from orders.database.rows import insert_new
from orders.models import Order, OrderLine, Product
from tests.end_to_end.conftest import database
from tests.end_to_end.desk import TestDesk
from tests.factories import make_order, make_product

BEFORE = [("integrations", "0002"), ("orders", "0006")]
TABLES = ["orders_order", "orders_orderline", "orders_product", "integrations_purchase"]
ROWS = """
    INSERT INTO orders_product (id, sku, name, price, active, bin_location, sap_material)
        VALUES (1, 'MUG', 'Mug', 73.90, true, '', '');
    INSERT INTO orders_order (id, number, customer_name, note, status, currency, total, created_at, fingerprint)
        VALUES (1, '7K3M-Q9TX-2BDF', 'Jo', '', 'received', 'JPY', 147.80, '2026-11-23 08:00:00+00:00', '');
    INSERT INTO orders_orderline (order_id, position, product_id, sku, name, price, quantity)
        VALUES (1, 1, 1, 'MUG', 'Mug', 73.90, 2);
    INSERT INTO integrations_purchase (order_id, day, customer, revenue, currency, pieces)
        VALUES (1, '2026-11-23', 'x', 147.80, 'JPY', 2)
"""
AMOUNTS = """
    SELECT p.price, o.total, l.price, u.revenue
    FROM orders_product p, orders_order o, orders_orderline l, integrations_purchase u
"""
MIGRATIONS = {
    "orders": "orders.migrations.0007_minor_units",
    "integrations": "integrations.migrations.0003_minor_units",
}
Ask = Callable[[str], list[Any]]


@pytest.fixture(params=["postgresql", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestDesk]:
    """One whose tables are those from before, with rows."""
    if request.param == "sqlite":
        yield prepared(TestDesk(tmp_path, {}))
        return
    with database(request.getfixturevalue("postgres_url")) as url:
        yield prepared(TestDesk(tmp_path, {"SHOP_DATABASE_URL": url}))


def prepared(desk: TestDesk) -> TestDesk:
    go_back(desk)
    asking(desk)(ROWS)
    return desk


def go_back(desk: TestDesk) -> None:
    for app, migration in BEFORE:
        desk.manage("migrate", "-v0", app, migration)


def asking(desk: TestDesk) -> Ask:
    """Executes statements in the desk's database; what the last one found."""
    url = desk.environment.get("SHOP_DATABASE_URL", "")

    def ask(statements: str) -> list[Any]:
        found: list[Any] = []
        with closing(psycopg2.connect(url) if url else sqlite3.connect(desk.var_dir / "desk.sqlite3")) as connection:
            cursor = connection.cursor()
            for statement in statements.split(";"):
                cursor.execute(statement)
                found = cursor.fetchall() if cursor.description else []
            connection.commit()
        return found

    return ask


def amounts(ask: Ask) -> list[Decimal]:
    [row] = ask(AMOUNTS)
    return [Decimal(str(amount)) for amount in row]


def files(desk: TestDesk) -> list[Any]:
    """The file of each table: a rewritten table has a new one. (SQLite copies tables; it has one writer at a time.)"""
    if "SHOP_DATABASE_URL" not in desk.environment:
        return []
    found = asking(desk)("SELECT relname, relfilenode FROM pg_class ORDER BY 1")
    return [row for row in found if row[0] in TABLES]


def test_there_and_back_every_amount_stays_and_no_table_is_rewritten(desk: TestDesk) -> None:
    ask, before = asking(desk), files(desk)
    desk.manage("migrate", "-v0")
    assert files(desk) == before
    assert amounts(ask) == [Decimal("73.90"), Decimal("147.80"), Decimal("73.90"), Decimal("147.80")]
    ask("UPDATE orders_product SET price = 1.505")
    with pytest.raises(AssertionError, match="three or more digits after the point: they would be lost"):
        go_back(desk)
    assert amounts(ask) == [Decimal("1.505"), Decimal("147.80"), Decimal("73.90"), Decimal("147.80")]
    ask("UPDATE orders_product SET price = 73.90")
    go_back(desk)
    assert amounts(ask) == [Decimal("73.90"), Decimal("147.80"), Decimal("73.90"), Decimal("147.80")]


@pytest.mark.parametrize("model", [Product, Order, OrderLine, Purchase])
def test_there_is_no_way_back_for_an_amount_that_would_be_rounded(
    db: None, model: type[Product | Order | OrderLine | Purchase]
) -> None:
    order = make_order([(make_product(price=Decimal("73.90")), 2)])
    insert_new(purchase_of(order))
    migration = import_module(MIGRATIONS[model._meta.app_label])
    migration.refuse_to_round(apps, None)
    column = {Order: "total", Purchase: "revenue"}.get(model, "price")
    model._default_manager.update(**{column: Decimal("1.505")})
    with pytest.raises(ValueError, match=f"{model.__name__}.{column} has amounts of three or more digits"):
        migration.refuse_to_round(apps, None)
