"""A product that was sold is retired, not deleted: its orders, slips and figures name it."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.actions import delete_selected
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from orders.models import Deed, OrderLine, Product
from shop.staff.admin.confirmation import counted

SOLD = Exists(OrderLine.objects.filter(product=OuterRef("pk")))


@transaction.atomic
def sell(products: QuerySet[Product], *, active: bool, by: str) -> int:
    """Puts products on sale or retires them; returns how many were not so before."""
    changing = list(products.exclude(active=active).select_for_update(no_key=True))
    Product.objects.filter(pk__in=[product.pk for product in changing]).update(active=active)
    if active:
        Deed.remember(Deed.What.CHANGED, changing, by=by, detail="put on sale")
    else:
        Deed.remember(Deed.What.RETIRED, changing, by=by)
    return len(changing)


def was_sold(product: Product) -> bool:
    return OrderLine.objects.filter(product=product).exists()


def delete_unsold(model_admin: ModelAdmin, request: HttpRequest, products: QuerySet[Product]) -> HttpResponse | None:
    """Asks about those that were never sold, as Django does, and says of the others what to do instead."""
    if sold := products.filter(SOLD).count():
        were = "was" if sold == 1 else "were"
        text = f"{counted(sold, 'product')} {were} sold and can’t be deleted. Retire {'it' if sold == 1 else 'them'}."
        model_admin.message_user(request, text, messages.WARNING)
    rest = products.exclude(SOLD)
    return delete_selected(model_admin, request, rest) if rest.exists() else None


def sold_page(model_admin: ModelAdmin, request: HttpRequest, product: Product) -> HttpResponse:
    """Instead of the question whether to delete it."""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{product.sku} was sold",
        "opts": model_admin.opts,
        "product": product,
        "orders": OrderLine.objects.filter(product=product).count(),
    }
    return TemplateResponse(request, "staff/products/sold.html", context)
