"""What an order consists of, on its page: its lines and its steps."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.models import OrderLine, Step
from shop.staff.admin.history import ReadOnlyInline
from shop.staff.admin.step_columns import StepColumns


class LineInline(ReadOnlyInline):
    model = OrderLine
    readonly_fields = ["position", "sku", "name", "quantity", "amount", "bin_location"]
    verbose_name_plural = "lines"

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

    @admin.display(description="destination")
    def link(self, step: Step) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:orders_step_change", args=[step.pk]), step.name)
