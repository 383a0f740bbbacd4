"""Places orders as a customer's program would, of what is on sale today."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orders.management.commands.demo_catalogue import demo_products
from orders.models import Product
from shop.operations.traffic.people import PEOPLE
from shop.quickstart.processes import StartFailed


@dataclass(frozen=True)
class Wish:
    """What a customer would like: products by their place in the demo's list, and how many of each.

    They are staff's products: one may have been taken off sale, deleted, or have another id by now. `person` has the
    fields that say where the customer lives.
    """

    customer_name: str
    products: dict[int, int]
    note: str = ""
    person: Mapping[str, Any] = field(default_factory=dict)


# The README's, which has nothing but what an order must have.
TUTORIAL = Wish("Helgi Möller", {2: 1, 4: 1, 42: 1})
WISHES = [
    TUTORIAL,
    *(
        Wish(name, products, note, PEOPLE[name])
        for name, products, note in [
            ("Łukasz Żółć", {11: 1, 14: 1, 15: 1, 16: 1}, ""),
            ("李小龙", {8: 3, 5: 1}, ""),
            ("Олег Петров", {19: 1, 23: 1, 27: 1, 31: 1, 57: 1, 58: 1}, "Подарок"),
            ("محمد العلي", {10: 2, 46: 1}, ""),
            ("김철수", {37: 12, 59: 2}, ""),
        ]
    ),
]


def order_of(wish: Wish) -> dict[str, Any]:
    """The body of its `POST /order`, with what is on sale of it, or else one product that is.

    Raises StartFailed when nothing is on sale.
    """
    on_sale = dict(Product.objects.filter(active=True).order_by("pk").values_list("sku", "pk"))
    wanted = {row["sku"]: wish.products.get(place, 0) for place, row in enumerate(demo_products(), start=1)}
    lines = {on_sale[sku]: quantity for sku, quantity in wanted.items() if quantity and sku in on_sale}
    if not lines:
        lines = dict.fromkeys(list(on_sale.values())[:1], 1)
    if not lines:
        raise StartFailed("No product is on sale. Tick “active” at one in the admin, or add one.")
    order: dict[str, Any] = {"customer_name": wish.customer_name, **wish.person}
    if max(lines.values()) == 1:
        order["products_ids"] = list(lines)
    else:
        order["lines"] = [{"product_id": pk, "quantity": quantity} for pk, quantity in lines.items()]
    return order | ({"note": wish.note} if wish.note else {})


@dataclass(frozen=True)
class Placed:
    number: str
    milliseconds: float


def place(url: str, order: dict[str, Any]) -> Placed:
    """POSTs an order; raises StartFailed with the desk's own words if it does not answer 201."""
    body = json.dumps(order).encode()
    request = urllib.request.Request(f"{url}/order", body, {"Content-Type": "application/json"})  # noqa: S310
    started = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            number = json.load(answer)["order_num"]
    except urllib.error.HTTPError as error:
        raise StartFailed(f"POST /order answered {error.code}: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise StartFailed(f"POST /order: {error}") from error
    return Placed(number, (time.monotonic() - started) * 1000)
