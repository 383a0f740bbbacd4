"""What a shop front may show: the products on sale, without what concerns the warehouse and SAP."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase, QueryDict
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from orders.addresses import public
from orders.api.authentication import ApiKeyAuthentication, HasScope
from orders.api.body import AlwaysJSON
from orders.api.conditional import unchanged
from orders.api.problems import NoSuchProduct
from orders.assortment import NEVER_ID, Page, page
from orders.errors import BadQuery
from orders.models import Product
from orders.models.api_key import Scope

DEFAULT_LIMIT, MOST = 100, 200  # products on a page
MAX_AGE = 30  # seconds: so old a price may be in a cache on the way


class ProductViewSet(GenericViewSet[Product]):
    """GET /product lists them by id, GET /product/<id> shows one. Public wherever guests may order, else with a key."""

    queryset = Product.objects.all()
    http_method_names = ["get", "head", "options"]
    content_negotiation_class = AlwaysJSON
    lookup_value_regex = "[^/]+"
    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    with_key_alone: frozenset[str] = frozenset()
    scopes = {"list": Scope.PRODUCTS, "retrieve": Scope.PRODUCTS}

    def list(self, request: Request) -> HttpResponseBase:
        _only(request.GET, ("after", "limit"))
        after = _number(request, "after", 0, least=0, most=NEVER_ID)
        limit = _number(request, "limit", DEFAULT_LIMIT, least=1, most=MOST)
        suffix = f"{settings.CURRENCY}-{after}.{limit}"
        # One more than is asked for: it tells whether there is a next page.
        found = page(after=after, count=limit + 1, known=_known(request, suffix))
        return _answer(request, found, suffix, lambda: _listed(request, found.products, limit))

    def retrieve(self, request: Request, pk: str) -> HttpResponseBase:
        if not (pk.isascii() and pk.isdigit() and len(pk) < len(str(NEVER_ID))):
            raise NoSuchProduct
        suffix = f"{settings.CURRENCY}-{int(pk)}"
        known = _known(request, suffix)
        found = page(after=int(pk) - 1, count=1, known=known)
        if found.version not in known and [row.pk for row in found.products] != [int(pk)]:
            raise NoSuchProduct
        return _answer(request, found, suffix, lambda: Response(_shown(found.products[0])))

    def options(self, request: Any, *args: Any, **named: Any) -> Response:
        return Response(status=204)


def _answer(request: Request, found: Page, suffix: str, whole: Any) -> HttpResponseBase:
    tag = f'"{found.version}-{suffix}"'
    response: HttpResponseBase = unchanged(request, tag) or whole()
    # Where a key is needed, no cache on the way may give it to others.
    kept = "public" if settings.GUEST_ORDERS else "private"
    response["ETag"], response["Cache-Control"] = tag, f"{kept}, max-age={MAX_AGE}"
    return response


def _listed(request: Request, products: "list[Product]", limit: int) -> Response:
    response = Response({"products": [_shown(row) for row in products[:limit]], "next": None})
    if len(products) > limit:
        address = public(f"/product?after={products[limit - 1].pk}&limit={limit}", request._request)
        response.data["next"] = address
        response["Link"] = f'<{address}>; rel="next"'  # https://www.rfc-editor.org/rfc/rfc8288
    return response


def _shown(product: Product) -> dict[str, Any]:
    return {
        "id": product.pk,
        "sku": product.sku,
        "name": product.name,
        "price": str(product.amount),
        "currency": settings.CURRENCY,
    }


def _known(request: Request, suffix: str) -> "list[str]":
    """The versions of which the caller has this very answer."""
    tags = [tag.removeprefix("W/").strip('"') for tag in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))]
    return [tag.removesuffix(f"-{suffix}") for tag in tags[:20] if tag.endswith(f"-{suffix}")]


def _only(asked: QueryDict, names: Collection[str]) -> None:
    """Raises BadQuery for a parameter that there is not, or that is given twice: `?limt=5` is no page of a hundred."""
    for name, values in asked.lists():
        if name not in names:
            raise BadQuery(f"`{ascii(name)[1:-1][:40]}`: there is no such parameter; there are {', '.join(names)}.")
        if len(values) > 1:
            raise BadQuery(f"`{name}`: please give it once.")


def _number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    """A number of the query. Raises BadQuery."""
    text = request.GET.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise BadQuery(f"`{name}` is a whole number from {least} to {most}.")
