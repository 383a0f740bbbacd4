"""An order's lines as they come with a claim: one value of JSON, made into rows when somebody asks for them."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.query import ModelIterable

from orders.database import prepared
from orders.models import Order, OrderLine, Product


def _columns(model: type[models.Model], alias: str) -> str:
    """For JSON. An amount is told as text: as a number, 100 would come back as a whole one."""
    fields = model._meta.concrete_fields
    amounts = {field for field in fields if isinstance(field, models.DecimalField)}
    return ", ".join(f"{alias}.{field.column}{'::text' if field in amounts else ''}" for field in fields)


# For a statement in which `o` is the order's row. NULL if it has no lines.
LINES_SQL = f"""
    SELECT json_agg(json_build_array({_columns(OrderLine, "l")}, {_columns(Product, "p")}) ORDER BY l.position)::text
    FROM {OrderLine._meta.db_table} l JOIN {Product._meta.db_table} p ON p.id = l.product_id
    WHERE l.order_id = o.id
"""  # noqa: S608


class _Rows(ModelIterable):
    """Rows as Django reads them from the database, or those that came with the claim."""

    def __iter__(self) -> Iterator[Any]:
        lines: Any = self.queryset
        if lines.order is None:
            return super().__iter__()
        own = len(OrderLine._meta.concrete_fields)
        rows = []
        for values in json.loads(lines.told or "[]"):
            product = prepared.made_of_json(Product, values[own:])
            rows.append(prepared.made_of_json(OrderLine, values[:own], order=lines.order, product=product))
        return iter(rows)


class ClaimedLines(QuerySet[OrderLine]):
    """What `prefetch_related` leaves at an order for `order.lines.all()`. Filtered or counted, it asks the database.

    `told` is what LINES_SQL found.
    """

    order: Order | None = None
    told: str | None = None

    @classmethod
    def of(cls, order: Order, told: str | None) -> QuerySet[OrderLine]:
        lines: Any = cls(OrderLine)
        lines.order, lines.told, lines._iterable_class = order, told, _Rows
        lines._deferred_filter = (False, (), {"order": order})  # As Django's related managers: once a query is needed.
        return lines

    def __getitem__(self, key: Any) -> Any:
        """As of rows that were prefetched: the same row each time, and no statement."""
        if self.order is not None:
            len(self)
        return super().__getitem__(key)
