"""`manage.py orders clear` and `manage.py orders fill N`: what the bench asks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from peershop.models import Order, Product
from peershop.placing import place
from peershop.ways import way


class Command(BaseCommand):
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["clear", "fill"])
        parser.add_argument("count", type=int, nargs="?", default=0)

    def handle(self, *, what: str, count: int, **options: Any) -> None:
        getattr(self, what)(count)

    def clear(self, count: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE peershop_order CASCADE")
            cursor.execute(way().CLEAR)
        if not Product.objects.exists():
            Product.objects.bulk_create(Product(sku=f"SKU-{n}", name=f"Product {n}", price=10) for n in range(60))

    def fill(self, count: int) -> None:
        products = list(Product.objects.values_list("pk", flat=True)[:3])
        for n in range(count):
            place(f"Customer {n}", products)
        assert Order.objects.count() >= count
