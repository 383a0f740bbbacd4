"""What an order's page has beside its rows: how it stands, what can be done, its slip, everything that happened."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from orders.models import Destination, Order
from shop.staff import paper
from shop.staff.admin.buttons import Button, answers
from shop.staff.admin.print_job import PRINTED
from shop.staff.admin.shipping import ParcelsAdmin
from shop.staff.front_page import MONEY
from shop.staff.order_page.slip import slip_of
from shop.staff.order_page.slips import asked_about, slips
from shop.staff.order_page.standing import marks, standing, troubled
from shop.staff.order_page.timeline import time_line

# What a field of the page shows, where that has another name; one that is computed always says something.
EMPTY_WITHOUT = {"note_": "note", "phone": "shipping_phone", "email_": "email", "reference_": "reference"}


class OrderPageAdmin(ParcelsAdmin):
    change_form_template = "staff/order.html"

    def get_urls(self) -> list[URLPattern]:
        slip = self.admin_site.admin_view(self.slip_view)
        return [path("<int:pk>/slip.pdf", slip, name="orders_order_slip"), *super().get_urls()]

    def slip_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return slip_of(request, pk)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """Without the fields that this order leaves empty, and without money for those who see none."""
        found = super().get_fieldsets(request, obj)
        hidden = set() if request.user.has_perm(MONEY) else {"amount"}
        return found if obj is None else [(name, told(options, obj, hidden)) for name, options in found]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)
        return [name for name in columns if name != "sum_" or request.user.has_perm(MONEY)]

    def first_buttons(self, request: HttpRequest, row: Order) -> list[Button]:
        return [*answers(request, asked_about(row)), *reprint(request, row), *holding(request, row)]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        order = kwargs["obj"]
        done = marks(order)
        context |= {
            "standing": standing(order, done),
            "time_line": time_line(request, order, done),
            "slip_url": reverse("admin:orders_order_slip", args=[order.pk]),
        }
        return paper.with_paper(super().render_change_form(request, context, *args, **kwargs))


def told(options: Any, order: Order, hidden: set[str]) -> dict[str, Any]:
    """A fieldset's options with the fields alone that have something to say."""
    rows = ((row,) if isinstance(row, str) else row for row in options["fields"])
    left = (tuple(name for name in row if name not in hidden and is_filled(order, name)) for row in rows)
    return {**options, "fields": [row for row in left if row]}


def is_filled(order: Order, name: str) -> bool:
    return bool(getattr(order, EMPTY_WITHOUT.get(name, name), True))


def reprint(request: HttpRequest, order: Order) -> Iterator[Button]:
    """One slip once more needs no question: it is marked REPRINT."""
    if order.status == Order.Status.CANCELLED or not request.user.has_perm("printing.change_printjob"):
        return
    last = max(slips(order), key=lambda job: (job.revision, job.copy), default=None)
    if last and last.state in PRINTED:
        yield Button("reprint", "Reprint the slip", last, at_once=True)


def holding(request: HttpRequest, order: Order) -> Iterator[Button]:
    """For each destination that the order is stuck at: what would hold it, or let it go on."""
    if not request.user.has_perm("orders.change_destination"):
        return
    rows = Destination.objects.in_bulk(names := list(troubled(order)))
    for row in (rows.get(name, Destination(name=name)) for name in names):
        if row.open_until is not None:
            yield Button("close_breaker", f"Try {row} now: close its breaker", row)
        action, label = ("resume", f"Resume {row}") if row.paused else ("pause", f"Pause {row}…")
        yield Button(action, label, row)
