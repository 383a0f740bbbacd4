from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders import lifecycle
from orders.models import Order, Step
from orders.steps import destinations
from shop.staff.admin.address import address
from shop.staff.admin.among import AmongFilter
from shop.staff.admin.any_form import InAnyForm
from shop.staff.admin.badges import badge, step_badges
from shop.staff.admin.cancelling import cancel, may_be_cancelled
from shop.staff.admin.listing import list_chosen
from shop.staff.admin.order_filter import StepStateFilter, ToDoFilter
from shop.staff.admin.order_inlines import LineInline, StepInline
from shop.staff.admin.order_page import OrderPageAdmin
from shop.staff.admin.packing import NOT_PACKED, advance
from shop.staff.admin.parcels import ask_for_parcels
from shop.staff.admin.resending import STOPPED, can_be_sent, resend

MOST_SHOWN = 100  # orders whose print jobs are listed at once: their ids stand in the address


@admin.register(Order)
class OrderAdmin(OrderPageAdmin):
    list_display = ["number_", "created_at", "customer_name", "sum_", "status_badge", "steps_"]
    list_display_links = ["number_"]
    list_filter = [AmongFilter, ToDoFilter, "status", StepStateFilter, "created_at"]
    search_fields = [
        f"{field}__{InAnyForm.lookup_name}" for field in ("customer_name", "shipping_name", "email", "reference")
    ]
    number_field = "number"
    search_help_text = (
        "Order or tracking number, as typed from paper, or part of a name, an e-mail address or a client's reference"
    )
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("status_badge", "amount"),
                    ("customer_name", "note_"),
                    ("created_at", "settled_at"),
                    ("packed_at", "shipped_at", "cancelled_at"),
                ]
            },
        ),
        ("Delivery", {"fields": [("ship_to", "phone"), ("email_", "reference_", "client_")]}),
    ]
    readonly_fields = [
        "status_badge", "amount", "customer_name", "note_", "created_at", "settled_at", "packed_at", "shipped_at",
        "cancelled_at", "ship_to", "phone", "email_", "reference_", "client_",
    ]  # fmt: skip
    inlines = [StepInline, LineInline]
    actions = ["pack", "ship", "send_again", "cancel", "make_pick_list", "print_jobs"]

    leads = ("it_is_there", "send_again", "ship", "pack")
    dangers = ("cancel",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("steps", destinations.with_hold(Step.objects.all())))
        )

    # --- Who may do what ---
    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.cancel_order")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_step")

    def has_print_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("printing.view_printjob")

    # --- What can be done ---
    @admin.action(description="Mark as packed", permissions=["pack"])
    def pack(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return advance(self, request, queryset, lifecycle.pack, Order.Status.PACKED)

    @admin.action(description="Mark as shipped", permissions=["pack"])
    def ship(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        """One order alone is asked for its parcels first."""
        if len(chosen := queryset[:2]) == 1 and chosen[0].status == Order.Status.PACKED:
            return ask_for_parcels(request, chosen[0])
        return advance(self, request, queryset, lifecycle.ship, Order.Status.SHIPPED)

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return resend(self, request, Step.objects.filter(order__in=queryset.order_by().values("pk")))

    @admin.action(description="Cancel…", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return cancel(self, request, queryset)

    @admin.action(description="Pick list: one walk for several orders", permissions=["pack"])
    def make_pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return list_chosen(self, request, queryset)

    @admin.action(description="Print jobs and reprints", permissions=["print"])
    def print_jobs(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        count = queryset.count()
        ids = ",".join(str(pk) for pk in queryset.order_by("id").values_list("pk", flat=True)[:MOST_SHOWN])
        if count > MOST_SHOWN:
            text = f"These are the print jobs of the first {MOST_SHOWN} of {count} orders."
            self.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(f"{reverse('admin:printing_printjob_changelist')}?order__in={ids}")

    # --- What is shown ---
    @admin.display(description="number")
    def number_(self, order: Order) -> SafeString:
        return format_html('<span class="desk-number">{}</span>', order.number)

    @admin.display(description="status")
    def status_badge(self, order: Order) -> SafeString:
        return badge(order.status)

    @admin.display(description="total")
    def amount(self, order: Order) -> SafeString:
        return format_html('<span class="desk-amount">{} {}</span>', f"{order.amount:,}", order.currency)

    @admin.display(description="total")
    def sum_(self, order: Order) -> SafeString:
        """The shop's own currency goes without saying; an order from before it changed has the other's name."""
        other = "" if order.currency == settings.CURRENCY else f" {order.currency}"
        return format_html(
            '<span class="desk-amount" title="{}">{}{}</span>', order.currency, f"{order.amount:,}", other
        )

    @admin.display(description="steps")
    def steps_(self, order: Order) -> SafeString:
        return step_badges(order.steps.all())

    @admin.display(description="note")
    def note_(self, order: Order) -> str:
        return order.note or "-"

    @admin.display(description="ship to")
    def ship_to(self, order: Order) -> SafeString:
        return address(order.shipping)

    @admin.display(description="phone")
    def phone(self, order: Order) -> str:
        return order.shipping_phone or "-"

    @admin.display(description="e-mail")
    def email_(self, order: Order) -> str:
        return order.email or "-"

    @admin.display(description="client's reference")
    def reference_(self, order: Order) -> str:
        return order.reference or "-"

    @admin.display(description="client")
    def client_(self, order: Order) -> str:
        return order.client or "a guest"

    def fitting(self, row: Order) -> dict[str, bool]:
        return {
            "pack": row.status in NOT_PACKED and lifecycle.to_pack(Order.objects.filter(pk=row.pk)).exists(),
            "ship": row.status == Order.Status.PACKED,
            "send_again": any(step.state in STOPPED for step in row.steps.all())
            and can_be_sent(row.steps.all()).exists(),
            "cancel": may_be_cancelled(row),
            "make_pick_list": row.status in NOT_PACKED,
            "print_jobs": True,
        }
