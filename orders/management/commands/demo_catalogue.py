"""`manage.py demo_catalogue`: sixty products for a first look."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.management.color import no_style
from django.db import connection, transaction

from orders.models import Product
from orders.money import digits, exact

CATALOGUE = Path(__file__).with_suffix(".csv")


class Command(BaseCommand):
    help = (
        "Adds sixty products of a small household shop, at made-up prices in SHOP_CURRENCY;"
        " those whose SKU is already there stay as they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        added = add_products()
        self.stdout.write(f"{added} products added, {Product.objects.count()} in the catalogue")


def demo_products() -> list[dict[str, str]]:
    """The file's rows."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def add_products() -> int:
    """Adds what is missing and returns how many. In an empty catalogue their ids are 1 to 60, in the file's order."""
    rows = _priced(demo_products())
    if Product.objects.exists():
        there = set(Product.objects.values_list("sku", flat=True))
        return len(Product.objects.bulk_create(Product(**row) for row in rows if row["sku"] not in there))
    products = Product.objects.bulk_create(Product(pk=number, **row) for number, row in enumerate(rows, start=1))
    _number_on_from_here()
    return len(products)


def _priced(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The file's prices are for currencies with cents: 9.90 is 990 in one without."""
    factor = 1 if digits(settings.CURRENCY) else 100
    return [row | {"price": exact(Decimal(row["price"]) * factor, settings.CURRENCY)} for row in rows]


def _number_on_from_here() -> None:
    """PostgreSQL's sequence has not noticed ids that were given."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Product]):
            cursor.execute(statement)
