"""Which products can be ordered: asked for every order, hence a prepared statement on PostgreSQL."""

from collections.abc import Collection
from functools import lru_cache

from orders.database import prepared, rows
from orders.database.vendor import on_postgresql
from orders.models import Product


def on_sale(ids: Collection[int]) -> dict[int, Product]:
    """The active products among `ids`, by id."""
    if not on_postgresql():
        return Product.objects.filter(active=True).in_bulk(ids)
    return {product.pk: product for (product,) in prepared.fetch(_on_sale(), [list(ids)], Product)}


@lru_cache
def _on_sale() -> str:
    return f"""
        SELECT {rows.columns(Product, "p")} FROM {Product._meta.db_table} p
        WHERE p.active AND p.id = ANY(%s::bigint[])
    """  # noqa: S608
