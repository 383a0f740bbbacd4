"""The products and codes that are there, for looking up twenty thousand of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from orders.models import Product, ProductCode
from orders.request import tidy
from shop.staff.products.codes import Codes, of_products


@dataclass(frozen=True)
class Known:
    """`products` by SKU, `codes` by product; `folded` are the SKUs by their letters without capitals."""

    products: dict[str, Product]
    codes: dict[int, Codes]
    folded: dict[str, str]

    @classmethod
    def now(cls, products: Iterable[Product], codes: Iterable[ProductCode]) -> Self:
        by_sku = {tidy(product.sku): product for product in products}
        return cls(by_sku, of_products(codes), {sku.casefold(): sku for sku in by_sku})

    def twin(self, sku: str) -> str:
        """The SKU that differs in capitals alone; "" if there is none."""
        return self.folded.get(sku.casefold(), "")
