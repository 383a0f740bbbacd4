"""Which products can be ordered: asked for every order, hence a prepared statement on PostgreSQL."""

from collections.abc import Collection
from functools import lru_cache

from django.db import connection

from orders.database import prepared as statements
from orders.database import rows
from orders.models import Product


def on_sale(ids: Collection[int]) -> dict[int, Product]:
    """The active products among `ids`, by id."""
    if connection.vendor != "postgresql":
        return Product.objects.filter(active=True).in_bulk(ids)
    with connection.cursor() as cursor:
        statements.execute(cursor, _on_sale(), [list(ids)])
        found = [rows.instance(Product, row) for row in cursor.fetchall()]
    return {product.pk: product for product in found}


@lru_cache
def _on_sale() -> str:
    return f"""
        SELECT {rows.columns(Product, "p")} FROM {Product._meta.db_table} p
        WHERE p.active AND p.id = ANY(%s::bigint[])
    """  # noqa: S608
