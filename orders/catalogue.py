"""Which products can be ordered: asked for every order, hence a prepared statement on PostgreSQL."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from orders.database import prepared, rows
from orders.database.vendor import on_postgresql
from orders.models import Product


def on_sale(named: Collection[int | str]) -> dict[int | str, Product]:
    """The active products among `named`, each under the id or the SKU that it was named by."""
    ids = [name for name in named if isinstance(name, int)]
    skus = [name for name in named if isinstance(name, str)]
    found: dict[int | str, Product] = {product.pk: product for product in _by("id", ids)}
    return found | {product.sku: product for product in _by("sku", skus)}


def _by(field: str, wanted: Sequence[int | str]) -> list[Product]:
    if not wanted:
        return []
    if not on_postgresql():
        return list(Product.objects.filter(**{f"{field}__in": wanted}, active=True))
    return [product for (product,) in prepared.fetch(_on_sale(field), [wanted], Product)]


@lru_cache
def _on_sale(field: str) -> str:
    """(The array's type is said so that an index can be used, whatever psycopg2 makes of a list.)"""
    kind = {"id": "bigint", "sku": "varchar"}[field]
    return f"""
        SELECT {rows.columns(Product, "p")} FROM {Product._meta.db_table} p
        WHERE p.active AND p.{field} = ANY(%s::{kind}[])
    """  # noqa: S608
