"""What a text finds: first what it is exactly, each by an index; only then what it is a part of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper

from orders import shipments
from orders.models import Order, Product, Step
from orders.numbers import ALPHABET
from shop.staff.find.reach import Reach, reach
from shop.staff.pack.meaning import order_of, product_of
from shop.staff.scanned import Scanned, article_key

MOST = 50  # of orders, and of products
SHORTEST = 3  # characters of a part; of other letters than A to Z one is enough: 王伟 is a whole name
SAP = "sap"


@dataclass(frozen=True)
class Found:
    """`exchanged` is the text with Y and Z exchanged, if only that was found.

    `among`: a part was looked for in so many of the newest orders; 0 if there are no others, or none was looked for.
    """

    orders: list[Order]
    products: list[Product]
    exchanged: str = ""
    among: int = 0

    def __len__(self) -> int:
        return len(self.orders) + len(self.products)


def search(typed: str, *, products: bool = True, everywhere: bool = False) -> Found:
    """`products`: whether whoever asks may see them; `everywhere`: whether a part is looked for in all orders."""
    scanned = Scanned.read(typed)
    found = _search(scanned, products, everywhere)
    other = scanned.exchanged
    if not found and other and (more := _search(other, products, everywhere)):
        return replace(more, exchanged=other.text)
    return found


def _search(scanned: Scanned, products: bool, everywhere: bool) -> Found:
    """The first look-ups that find something are enough: each costs the next ones' time."""
    if not scanned.text:
        return Found([], [])
    if by_number := _numbered(scanned):
        return Found(_orders(by_number), [])
    exact = Found(_orders(_referred(scanned)), _product(scanned) if products else [])
    if exact or (len(scanned.text) < SHORTEST and scanned.text.isascii()):
        return exact
    read = parts_of_orders(scanned, everywhere)
    shown = list(parts_of_products(scanned)[:MOST]) if products else []
    return Found(_orders(read.ids), shown, among=read.among)


def _orders(ids: Iterable[int]) -> list[Order]:
    found = set(ids)
    return list(Order.objects.filter(pk__in=found).order_by("-pk")[:MOST]) if found else []


def _numbered(scanned: Scanned) -> list[int]:
    """The ids of orders of which it is the number, or a parcel's."""
    order = order_of(scanned)
    return ([order.pk] if order else []) + shipments.orders_of(scanned.text)


def _referred(scanned: Scanned) -> list[int]:
    """The ids of orders of which it is the shop front's own number, or SAP's."""
    # SAP's numbers are digits alone, and whoever types one leaves leading zeros out or does not.
    sap = {scanned.text, scanned.text.lstrip("0"), scanned.text.zfill(10)} if scanned.text.isdigit() else {scanned.text}
    steps = Step.objects.filter(name=SAP, reference__in=sap).order_by("-pk")
    return _ids(Order.objects.filter(reference=scanned.text)) + list(steps.values_list("order", flat=True)[:MOST])


def _product(scanned: Scanned) -> list[Product]:
    product = product_of(scanned)
    return [product] if product else []


def parts_of_orders(scanned: Scanned, everywhere: bool) -> Reach:
    """The newest MOST orders that have it in a number, a name, an e-mail address or a reference."""
    wanted = _part_of_number(scanned)
    for field in ("customer_name", "shipping_name"):
        wanted |= _words(field, scanned)
    for field in ("email", "reference"):
        wanted |= Q(**{f"{field}__in_any_form": scanned.text})
    return reach(Order.objects.filter(wanted), MOST, everywhere=everywhere)


def _words(field: str, scanned: Scanned) -> Q:
    """All its words stand there, whatever stands between them: two spaces, a wide one, a second name."""
    return Q(*((f"{field}__in_any_form", word) for word in scanned.text.split()))


def _part_of_number(scanned: Scanned) -> Q:
    """However it lies across the number's three groups."""
    part = scanned.key
    if len(part) < SHORTEST or len(part) >= 12 or not set(part) <= set(ALPHABET):
        return Q()
    wanted = Q()
    for before in range(4):
        wanted |= Q(number__contains="-".join(re.findall(f"^.{{{before}}}|.{{1,4}}", part)).strip("-"))
    return wanted


def parts_of_products(scanned: Scanned) -> QuerySet[Product]:
    """By a part of the name, or of the SKU without regard to what stands between its letters and digits."""
    found = _words("name", scanned)
    if not scanned.text.isascii():  # Such letters have no place in a key.
        found |= Q(sku__in_any_form=scanned.text)
    if key := article_key(scanned.text):
        found |= Q(bare__contains=key)
    return Product.objects.alias(bare=_bare("sku")).filter(found).order_by("sku")


def _bare(field: str) -> Func:
    """A column as `article_key` reads a text, as far as SKUs go."""
    bare: Func = Upper(F(field))
    for sign, instead in [("-", ""), (" ", ""), (".", ""), ("/", ""), ("_", ""), ("O", "0"), ("I", "1"), ("L", "1")]:
        bare = Replace(bare, Value(sign), Value(instead))
    return bare


def _ids(orders: QuerySet[Order]) -> list[int]:
    return list(orders.order_by("-pk").values_list("pk", flat=True)[:MOST])
