"""What an order consists of, on its page: its lines, its steps and its parcels."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.models import OrderLine, Shipment, Step
from shop.staff.admin.history import ReadOnlyInline
from shop.staff.admin.step_columns import StepColumns
from shop.staff.front_page import MONEY


class LineInline(ReadOnlyInline):
    model = OrderLine
    readonly_fields = ["position", "sku", "name", "quantity", "amount", "bin_location"]
    verbose_name_plural = "lines"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [name for name in self.readonly_fields if name != "amount" or request.user.has_perm(MONEY)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("product", "order")

    @admin.display(description="price")
    def amount(self, line: OrderLine) -> str:
        return str(line.amount)

    @admin.display(description="bin")
    def bin_location(self, line: OrderLine) -> str:
        return line.product.bin_location or "-"


class StepInline(StepColumns, ReadOnlyInline):
    model = Step
    readonly_fields = ["link", "state_badge", "attempts", "what", "next_action", "next_try", "finished_at"]
    verbose_name_plural = "steps"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        return super().get_queryset(request).select_related("order")  # Each step's name has the order's number.

    @admin.display(description="destination")
    def link(self, step: Step) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:orders_step_change", args=[step.pk]), step.name)


class ShipmentInline(ReadOnlyInline):
    """Its parcels, for all who may see the order."""

    model = Shipment
    readonly_fields = ["carrier_name", "number", "added_at"]
    verbose_name_plural = "parcels"

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("orders.view_order")

    @admin.display(description="carrier")
    def carrier_name(self, shipment: Shipment) -> str:
        return shipment.carrier_name

    @admin.display(description="tracking number")
    def number(self, shipment: Shipment) -> str:
        return render_to_string("staff/tracking_number.html", {"shipment": shipment})

    @admin.display(description="added at")
    def added_at(self, shipment: Shipment) -> str:
        return localize(timezone.localtime(shipment.created_at))
