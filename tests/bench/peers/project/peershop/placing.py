"""An order is saved, and its steps are asked for: together, as far as the way can."""

from django.db import transaction

from peershop.models import Order, OrderLine, Product
from peershop.ways import way


@transaction.atomic
def place(customer_name: str, products_ids: list[int]) -> Order:
    products = Product.objects.in_bulk(products_ids)
    order = Order.objects.create(customer_name=customer_name, total=sum(p.price for p in products.values()))
    OrderLine.objects.bulk_create(
        OrderLine(order=order, position=n, product=p, sku=p.sku, name=p.name, price=p.price, quantity=1)
        for n, p in enumerate(products.values(), start=1)
    )
    way().enqueue(order.pk)
    return order
