from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.models import Attempt, Step
from printing import STEP
from shop.staff.admin.buttons import Button, is_it_there
from shop.staff.admin.history import HistoryAdmin, ReadOnlyInline
from shop.staff.admin.resending import can_be_sent, mark_done, resend, without_question
from shop.staff.admin.since import since_page
from shop.staff.admin.step_columns import StepColumns
from shop.staff.admin.step_filter import DestinationFilter, FlowFilter
from shop.staff.order_page.timeline import took


class AttemptInline(ReadOnlyInline):
    model = Attempt
    readonly_fields = ["number", "started_at", "seconds", "outcome", "code", "answer"]
    verbose_name_plural = "what was tried"

    @admin.display(description="took")
    def seconds(self, attempt: Attempt) -> str:
        return took(attempt) or "-"


@admin.register(Step)
class StepAdmin(StepColumns, HistoryAdmin):
    list_display = ["order_number", "name", "state_badge", "attempts", "what", "next_try", "finished_at"]
    list_display_links = ["order_number"]
    list_filter = ["state", FlowFilter, DestinationFilter, "due_at"]
    list_select_related = ["order"]
    search_fields = ["order__number", "=reference"]
    number_field = "order__number"
    search_help_text = "Order number, or the destination's own number"
    readonly_fields = [
        "order_link", "name", "state_badge", "attempts", "reason", "next_action", "warning", "reference", "next_try",
        "started_at", "finished_at",
    ]  # fmt: skip
    inlines = [AttemptInline]
    actions = ["send_again", "done_by_hand"]

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_step")

    def first_buttons(self, request: HttpRequest, row: Step) -> list[Button]:
        return is_it_there(request, row.order_id) if row.name == STEP else []

    def fitting(self, row: Step) -> dict[str, bool]:
        return {
            "send_again": can_be_sent(Step.objects.filter(pk=row.pk)).exists(),
            "done_by_hand": without_question(Step.objects.filter(pk=row.pk, state=Step.State.PARKED)).exists(),
        }

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Step]) -> HttpResponse:
        return resend(self, request, queryset)

    @admin.action(description="Mark as done by hand…", permissions=["resend"])
    def done_by_hand(self, request: HttpRequest, queryset: QuerySet[Step]) -> HttpResponse:
        return mark_done(self, request, queryset)

    def get_urls(self) -> list[URLPattern]:
        since = path("since/", self.admin_site.admin_view(self.since_view), name="orders_step_since")
        return [since, *super().get_urls()]

    def since_view(self, request: HttpRequest) -> HttpResponse:
        """All that failed since a time: see the count, confirm."""
        if not self.has_resend_permission(request):
            raise PermissionDenied
        return since_page(self, request)

    @admin.display(description="order")
    def order_number(self, step: Step) -> SafeString:
        return format_html('<span class="desk-number">{}</span>', step.order.number)

    @admin.display(description="order")
    def order_link(self, step: Step) -> SafeString:
        url = reverse("admin:orders_order_change", args=[step.order_id])
        return format_html('<a class="desk-number" href="{}">{}</a>', url, step.order.number)
