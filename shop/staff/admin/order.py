from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders import lifecycle
from orders.errors import NotCancellable
from orders.models import Order, OrderLine, Step
from orders.numbers import read_number
from orders.steps import transitions
from shop.staff.admin.badges import badge, known, next_try, step_badges
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, go_back
from shop.staff.admin.history import HistoryAdmin, ReadOnlyInline
from shop.staff.admin.resending import resend

State = Step.State


class LineInline(ReadOnlyInline):
    model = OrderLine
    readonly_fields = ["position", "sku", "name", "quantity", "price", "bin_location"]
    verbose_name_plural = "lines"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("product")

    @admin.display(description="bin")
    def bin_location(self, line: OrderLine) -> str:
        return line.product.bin_location or "-"


class StepInline(ReadOnlyInline):
    model = Step
    readonly_fields = ["link", "state_badge", "attempts", "what", "next_action", "next_try", "finished_at"]
    verbose_name_plural = "steps"

    @admin.display(description="destination")
    def link(self, step: Step) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:orders_step_change", args=[step.pk]), step.name)

    @admin.display(description="state")
    def state_badge(self, step: Step) -> SafeString:
        return badge(step.state)

    @admin.display(description="what is known")
    def what(self, step: Step) -> str:
        return known(step)

    @admin.display(description="next try")
    def next_try(self, step: Step) -> str:
        return next_try(step)


class StepStateFilter(admin.SimpleListFilter):
    """Orders of which some step is in a state."""

    title = "steps"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = (State.PARKED, State.WAITING, State.QUEUED, State.RUNNING, State.CANCELLED)
        return [*((state.value, f"some {state.value}") for state in states), ("warning", "done with a warning")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        steps = Step.objects.filter(order=OuterRef("pk"))
        if self.value() == "warning":
            return queryset.filter(Exists(steps.exclude(warning="")))
        return queryset.filter(Exists(steps.filter(state=self.value()))) if self.value() else queryset


@admin.register(Order)
class OrderAdmin(HistoryAdmin):
    list_display = ["number_", "created_at", "customer_name", "sum_", "status_badge", "steps_"]
    list_display_links = ["number_"]
    list_filter = ["status", StepStateFilter, "created_at"]
    search_fields = ["customer_name"]
    search_help_text = "Order number, as typed from a slip, or part of the customer's name"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("status_badge", "amount"),
                    ("customer_name", "note_"),
                    ("created_at", "settled_at", "cancelled_at"),
                ]
            },
        )
    ]
    readonly_fields = [
        "status_badge", "amount", "customer_name", "note_", "created_at", "settled_at", "cancelled_at",
    ]  # fmt: skip
    inlines = [StepInline, LineInline]
    actions = ["pack", "ship", "send_again", "cancel"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).prefetch_related("steps")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if number := read_number(search_term):
            return queryset.filter(number=number), False
        return super().get_search_results(request, queryset, search_term)

    # --- Who may do what ---
    def has_pack_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.pack_order")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.cancel_order")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_step")

    # --- What can be done ---
    @admin.action(description="Mark as packed", permissions=["pack"])
    def pack(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return self._advance(request, queryset, Order.Status.PROCESSED, Order.Status.PACKED)

    @admin.action(description="Mark as shipped", permissions=["pack"])
    def ship(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return self._advance(request, queryset, Order.Status.PACKED, Order.Status.SHIPPED)

    def _advance(
        self, request: HttpRequest, orders: QuerySet[Order], before: Order.Status, after: Order.Status
    ) -> HttpResponse:
        moved = lifecycle.advance(orders, before, after, by=request.user.get_username())
        left = orders.count() - len(moved)
        self.remember(request, Order.objects.filter(pk__in=moved), f"Marked as {after}.")
        self.message_user(
            request,
            f"{said(len(moved))} marked as {after}." + (f" {said(left)} left alone: not {before}." if left else ""),
            messages.SUCCESS if moved else messages.WARNING,
        )
        return go_back(request)

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        return resend(self, request, Step.objects.filter(order__in=queryset.order_by().values("pk")))

    @admin.action(description="Cancel…", permissions=["cancel"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        orders = queryset.exclude(status__in=[Order.Status.CANCELLED, Order.Status.SHIPPED])
        if not orders.exists():
            self.message_user(request, "Shipped and cancelled orders can't be cancelled.", messages.WARNING)
            return go_back(request)
        if not confirmed(request):
            return ask(request, self, cancel_question(orders))
        for order in orders:
            self._cancel(request, order)
        return go_back(request)

    def _cancel(self, request: HttpRequest, order: Order) -> None:
        try:
            ran = lifecycle.cancel_order(order.pk, by=request.user.get_username())
        except NotCancellable as error:
            self.message_user(request, str(error), messages.WARNING)
            return
        self.remember(request, Order.objects.filter(pk=order.pk), "Cancelled.")
        undo = f" Please undo what has happened: {names(ran)}." if ran else " Nothing had happened yet."
        self.message_user(request, f"{order.number} is cancelled.{undo}", messages.WARNING if ran else messages.SUCCESS)

    # --- What is shown ---
    @admin.display(description="number")
    def number_(self, order: Order) -> SafeString:
        return format_html('<span class="desk-number">{}</span>', order.number)

    @admin.display(description="status")
    def status_badge(self, order: Order) -> SafeString:
        return badge(order.status)

    @admin.display(description="total")
    def amount(self, order: Order) -> SafeString:
        return format_html('<span class="desk-amount">{} {}</span>', f"{order.total:,.2f}", order.currency)

    @admin.display(description="total")
    def sum_(self, order: Order) -> SafeString:
        return format_html('<span class="desk-amount" title="{}">{}</span>', order.currency, f"{order.total:,.2f}")

    @admin.display(description="steps")
    def steps_(self, order: Order) -> SafeString:
        return step_badges(order.steps.all())

    @admin.display(description="note")
    def note_(self, order: Order) -> str:
        return order.note or "-"

    def fitting(self, row: Order) -> dict[str, bool]:
        return {
            "pack": row.status == Order.Status.PROCESSED,
            "ship": row.status == Order.Status.PACKED,
            "send_again": transitions.resendable(row.steps.all()).exists(),
            "cancel": row.status not in (Order.Status.CANCELLED, Order.Status.SHIPPED),
        }


def cancel_question(orders: QuerySet[Order]) -> Question:
    """Names what has run already, so that staff know what they will have to undo."""
    count = orders.count()
    shown = [(order.number, lifecycle.steps_that_ran(order)) for order in orders[:MOST_ITEMS]]
    return Question(
        title=f"Cancel {said(count)}?",
        sentence="What has not run is stopped, and this can't be taken back. What has run stays, until you undo it:",
        yes=f"Yes, cancel {said(count)}",
        items=[(number, f"already happened: {names(ran)}" if ran else "nothing has happened") for number, ran in shown],
        more=max(0, count - MOST_ITEMS),
    )


def names(steps: list[Step]) -> str:
    """ "sap (done, 4711), printing (running)" """
    return ", ".join(f"{step.name} ({step.state}{step.reference and f', {step.reference}'})" for step in steps)


def said(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"
