"""Orders, as the orders' own admin shows them, with what can be printed of them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from orders.models import Order
from printing.choosing import configured_printer
from printing.documents import pick_list
from shop.staff.admin.confirmation import go_back
from shop.staff.admin.order import OrderAdmin


class PrintableOrderAdmin(OrderAdmin):
    actions = [*OrderAdmin.actions, "make_pick_list", "print_jobs"]

    def has_print_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("printing.view_printjob")

    @admin.action(description="Pick list: one walk for several orders", permissions=["pack"])
    def make_pick_list(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        orders = list(queryset.order_by("id").prefetch_related("lines__product")[: pick_list.MOST_ORDERS + 1])
        try:
            paper = configured_printer().paper
            slip = pick_list.render(orders, paper=paper)
        except ValueError as error:
            self.message_user(request, str(error), messages.WARNING)
            return go_back(request)
        answer = HttpResponse(slip.content, content_type="application/pdf")
        answer["Content-Disposition"] = 'inline; filename="pick-list.pdf"'
        return answer

    @admin.action(description="Print jobs and reprints", permissions=["print"])
    def print_jobs(self, request: HttpRequest, queryset: QuerySet[Order]) -> HttpResponse:
        ids = ",".join(str(pk) for pk in queryset.order_by("id").values_list("pk", flat=True)[:100])
        return HttpResponseRedirect(f"{reverse('admin:printing_printjob_changelist')}?order__in={ids}")

    def fitting(self, row: Order) -> dict[str, bool]:
        return super().fitting(row) | {"make_pick_list": True, "print_jobs": True}


admin.site.unregister(Order)
admin.site.register(Order, PrintableOrderAdmin)
