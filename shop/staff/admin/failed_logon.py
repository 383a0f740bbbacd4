import logging
from operator import attrgetter
from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from orders.database.clock import DatabaseTime
from orders.models import Deed
from shop.staff.admin.badges import badge
from shop.staff.admin.confirmation import go_back
from shop.staff.admin.selection import SettledSelection
from shop.staff.limits import ADDRESS_LIMIT, LIMIT, WAIT

log = logging.getLogger(__name__)


@admin.register(AccessAttempt)
class FailedLogonAdmin(SettledSelection):
    """Who typed wrong passwords of late, and whom that locked. The rows go by themselves."""

    list_display = ["username", "ip_address", "failures_since_start", "condition", "attempt_time"]
    readonly_fields = ["username", "ip_address", "failures_since_start", "condition", "attempt_time"]
    fields = [*readonly_fields]
    search_fields = ["username", "ip_address"]
    search_help_text = "Part of the user name or of the address"
    actions = ["let_them_try"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessAttempt]:
        """Those that count still, each with the failures of its address."""
        recent = Q(attempt_time__gte=DatabaseTime(-WAIT))
        rows = super().get_queryset(request).filter(recent)
        same = AccessAttempt.objects.filter(recent, ip_address=OuterRef("ip_address"))
        of_address = same.order_by().values("ip_address").annotate(sum=Sum("failures_since_start")).values("sum")
        return rows.annotate(of_address=Subquery(of_address))

    @admin.display(description="condition")
    def condition(self, attempt: Any) -> SafeString:
        if (attempt.of_address or 0) >= ADDRESS_LIMIT:
            return badge("parked", "address locked", f"{attempt.of_address} wrong passwords from this address")
        return badge("parked", "locked") if attempt.failures_since_start >= LIMIT else badge("queued", "may try")

    @admin.action(description="Let them try again at once", permissions=["delete"])
    def let_them_try(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> HttpResponse:
        names = sorted({str(attempt.username) for attempt in queryset})
        with transaction.atomic():
            Deed.remember(Deed.What.UNLOCKED, queryset, by=request.user.get_username(), detail=attrgetter("ip_address"))
            AccessAttempt.objects.filter(pk__in=[attempt.pk for attempt in queryset]).delete()
        log.info("%s lets %d names try again", request.user, len(names))  # Some type their password as their name.
        self.message_user(request, f"May try again: {', '.join(names)}.", messages.SUCCESS)
        return go_back(request)
