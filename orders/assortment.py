"""What is on sale now, page by page, and a version that tells whether any of it has changed since.

On PostgreSQL both come with one statement, and rows are read only for who does not have this version yet.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from orders.database import prepared, rows
from orders.database.vendor import on_postgresql
from orders.models import Product

NEVER_ID = 2**63 - 1  # The largest that a column of ids holds.


@dataclass(frozen=True)
class Page:
    """`products` in the sequence of their ids; none where the caller knew the version."""

    version: str
    products: list[Product]


def page(*, after: int, count: int, known: Collection[str] = ()) -> Page:
    """The first `count` active products with ids above `after`."""
    if not on_postgresql():
        return _embedded(after, count, known)
    found = prepared.fetch(_page(), [_salt(), min(after, NEVER_ID), list(known), count], Product)
    return Page(found[0][1], [product for product, _ in found if product.pk is not None])


def _salt() -> str:
    return hashlib.sha256(f"orders.assortment {settings.SECRET_KEY}".encode()).hexdigest()


@lru_cache
def _page() -> str:
    """`xmin` is the transaction that wrote a row (https://www.postgresql.org/docs/current/ddl-system-columns.html).

    Later ones have larger numbers. So whatever is changed, by whomever, either the count changes or the sum grows; a
    transaction that ends late is seen when it does, which no column with a time could promise. Hashed, with a salt: the
    numbers would tell competitors how many transactions, hence orders, there are.
    """
    table = Product._meta.db_table
    return f"""
        WITH on_sale AS (
            SELECT left(encode(sha256(convert_to(
                %s::text || count(*) || '-' || coalesce(sum(xmin::text::bigint), 0), 'UTF8')), 'hex'), 32) AS version
            FROM {table} WHERE active
        )
        SELECT {rows.columns(Product, "p")}, on_sale.version FROM on_sale LEFT JOIN LATERAL (
            SELECT * FROM {table} WHERE active AND id > %s::bigint AND on_sale.version <> ALL(%s::text[])
            ORDER BY id LIMIT %s::int
        ) p ON true ORDER BY p.id
    """  # noqa: S608


def _embedded(after: int, count: int, known: Collection[str]) -> Page:
    """SQLite keeps no such number; a first look has few products."""
    products = list(Product.objects.filter(active=True).order_by("id"))
    told = repr([(row.pk, row.sku, row.name, str(row.amount)) for row in products])
    version = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Page(version, [] if version in known else [row for row in products if row.pk > after][:count])
