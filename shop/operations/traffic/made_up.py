"""An order that nobody placed: a customer, and what is on sale."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orders.models import Product
from shop.operations.traffic.people import PEOPLE

CUSTOMERS = (
    "Helgi Möller",
    "Łukasz Żółć",
    "Ada Lovelace",
    "李小龙",
    "Олег Петров",
    "Grace Hopper",
    "김철수",
)  # of PEOPLE
MOST_PRODUCTS = 4


@dataclass(frozen=True)
class MadeUp:
    """`customer` orders `products`, each an id and a name; the same may come twice."""

    customer: str
    products: Sequence[tuple[int, str]]

    @property
    def body(self) -> dict[str, Any]:
        """As `POST /order` and the intake take it; with an address if it is known where the customer lives."""
        products = [number for number, _ in self.products]
        return {"customer_name": self.customer, **PEOPLE.get(self.customer, {}), "products_ids": products}

    def __str__(self) -> str:
        return f"{self.customer}: {'; '.join(f'{number} {name}' for number, name in self.products)}"


def on_sale() -> list[tuple[int, str]]:
    """Ids and names of what can be ordered; the first thousand."""
    return list(Product.objects.filter(active=True).order_by("pk").values_list("pk", "name")[:1000])


def make_up(chance: random.Random, customers: Sequence[str], products: Sequence[tuple[int, str]]) -> MadeUp:
    return MadeUp(chance.choice(customers), chance.choices(products, k=chance.randint(1, MOST_PRODUCTS)))
