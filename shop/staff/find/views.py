"""Find: one hit opens, several are listed, none says so and keeps the focus in the field."""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from orders import pick_lists
from shop.staff.admin.badges import badge
from shop.staff.find.reach import ALL
from shop.staff.find.search import MOST, Found, search


def found(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("orders.view_order"):
        raise PermissionDenied
    typed = request.GET.get("q", "")
    if walk := pick_lists.find(typed):
        return redirect("desk:picklist", pk=walk.pk)
    everywhere = request.GET.get("among") == ALL
    hits = search(typed, products=request.user.has_perm("orders.view_product"), everywhere=everywhere)
    return HttpResponseRedirect(_place(hits)) if len(hits) == 1 else _page(request, typed, hits)


def find(request: HttpRequest) -> HttpResponse:
    """For staff; whoever is not logged in comes back here afterwards."""
    return admin.site.admin_view(require_safe(found))(request)


def _place(hits: Found) -> str:
    if hits.orders:
        return reverse("admin:orders_order_change", args=[hits.orders[0].pk])
    return reverse("admin:orders_product_change", args=[hits.products[0].pk])


def _page(request: HttpRequest, typed: str, hits: Found) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"Find {typed.strip()[:60]}" if typed.strip() else "Find",
        "typed": typed.strip(),
        "hits": hits,
        "orders": [(order, badge(order.status)) for order in hits.orders],
        "most": MOST,
        "everywhere": urlencode({"q": typed.strip(), "among": ALL}),
        "more": MOST in (len(hits.orders), len(hits.products)),
    }
    return TemplateResponse(request, "staff/find/found.html", context)
