"""The page on which staff enter an order's parcels, and mark it as shipped with them.

It works by scanner alone: a scan ends with Enter, which saves the parcel, and the next scan goes into the same field.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from orders import lifecycle
from orders.carriers import carriers
from orders.errors import OrderError, TrackingNumberTaken
from orders.models import Order
from orders.shipments import Parcel, read_parcel
from shop.staff.admin.badges import badge
from shop.staff.admin.confirmation import back, counted

ROWS = 3
LONGEST_TYPED = 200  # characters: a number with much between its groups


def choices() -> list[tuple[str, str]]:
    return [(carrier.key, carrier.name) for carrier in carriers().values()]


class ParcelForm(forms.Form):
    """One row. `parcel` is what it says once it is valid; None if nothing was typed."""

    carrier = forms.ChoiceField(choices=choices, required=False)
    tracking_number = forms.CharField(max_length=LONGEST_TYPED, required=False, strip=False)
    parcel: Parcel | None = None

    def __init__(self, number: int, **options: Any) -> None:
        super().__init__(prefix=str(number), **options)
        of = f"of parcel {number}"
        self.fields["carrier"].widget.attrs["aria-label"] = f"Carrier {of}"
        self.fields["tracking_number"].widget.attrs |= {
            "aria-label": f"Tracking number {of}", "autocomplete": "off", "autocapitalize": "characters",
            "spellcheck": "false", "class": "vTextField desk-number",
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("tracking_number", "").strip() and "carrier" in said:
            try:
                self.parcel = read_parcel(said["carrier"], said["tracking_number"])
            except ValueError as error:
                self.add_error("tracking_number", str(error))
        return said


def page_of(order: Order) -> str:
    return reverse("admin:orders_order_parcels", args=[order.pk])


def ask_for_parcels(request: HttpRequest, order: Order) -> HttpResponse:
    """Leads from an action to the page, and from there back to where the action was started."""
    return HttpResponseRedirect(f"{page_of(order)}?{urlencode({'back': back(request)})}")


def parcels_page(model_admin: ModelAdmin, request: HttpRequest, order: Order) -> HttpResponse:
    """Shows the order's parcels, and does what was asked for: add, ship or remove."""
    if request.method != "POST":
        return _page(model_admin, request, order, _rows(order))
    if (shipment := request.POST.get("remove", "")) and shipment.isdecimal():
        return _remove(model_admin, request, order, int(shipment))
    rows = _rows(order, request.POST)
    wrong = [row for row in rows if not row.is_valid()]
    if wrong or not _differ(rows):
        return _page(model_admin, request, order, rows)
    parcels = [row.parcel for row in rows if row.parcel]
    try:
        return _save(model_admin, request, order, parcels)
    except TrackingNumberTaken as error:
        _at(rows, error).add_error("tracking_number", str(error))
    except OrderError as error:
        model_admin.message_user(request, str(error), messages.WARNING)
        order.refresh_from_db()
    return _page(model_admin, request, order, rows)


def _save(model_admin: ModelAdmin, request: HttpRequest, order: Order, parcels: list[Parcel]) -> HttpResponse:
    by = request.user.get_username()
    if "ship" in request.POST:
        lifecycle.ship_order(order.pk, parcels, by=by)
        count = order.shipments.count()
        told = f" with {counted(count, 'parcel')}" if count else ""
        model_admin.message_user(request, f"1 order marked as shipped{told}: {order.number}.", messages.SUCCESS)
        return HttpResponseRedirect(_way_back(request, order))
    added = lifecycle.add_shipments(order.pk, parcels, by=by)
    if added:
        model_admin.message_user(request, f"Added: {', '.join(map(str, added))}.", messages.SUCCESS)
    else:
        model_admin.message_user(request, "Please type or scan a tracking number first.", messages.WARNING)
    return _again(request, order)


def _remove(model_admin: ModelAdmin, request: HttpRequest, order: Order, shipment_id: int) -> HttpResponse:
    removed = lifecycle.remove_shipment(order.pk, shipment_id, by=request.user.get_username())
    if removed:
        model_admin.message_user(request, f"Removed: {removed}.", messages.SUCCESS)
    else:
        model_admin.message_user(request, "Somebody else has removed this parcel already.", messages.WARNING)
    return _again(request, order)


def _again(request: HttpRequest, order: Order) -> HttpResponse:
    return HttpResponseRedirect(f"{page_of(order)}?{urlencode({'back': _way_back(request, order)})}")


def _rows(order: Order, data: Any = None) -> list[ParcelForm]:
    """Each proposes the carrier of the order's last parcel, or the shop's usual one."""
    last = order.shipments.order_by("-pk").first()
    carrier = last.carrier if last else next(iter(carriers()))
    return [ParcelForm(number, data=data, initial={"carrier": carrier}) for number in range(1, ROWS + 1)]


def _differ(rows: list[ParcelForm]) -> bool:
    """False if two rows say the same, which is told at the second."""
    seen: set[Parcel] = set()
    for row in rows:
        if row.parcel in seen:
            row.add_error("tracking_number", "This parcel stands in a row above already.")
            return False
        seen |= {row.parcel} if row.parcel else set()
    return True


def _at(rows: Iterable[ParcelForm], error: TrackingNumberTaken) -> ParcelForm:
    return next(row for row in rows if row.parcel == (error.carrier, error.tracking_number))


def _way_back(request: HttpRequest, order: Order) -> str:
    given = request.POST.get("back") or request.GET.get("back")
    return back(request, given) if given else reverse("admin:orders_order_change", args=[order.pk])


def _page(model_admin: ModelAdmin, request: HttpRequest, order: Order, rows: list[ParcelForm]) -> HttpResponse:
    first = next((row for row in rows if row.errors), rows[0])
    first.fields["tracking_number"].widget.attrs["autofocus"] = True
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Parcels of {order}",
        "order": order,
        "badge": badge(order.status),
        "shipments": order.shipments.all(),
        "rows": rows,
        "open": order.status != Order.Status.CANCELLED,
        "may_ship": order.status == Order.Status.PACKED,
        "opts": model_admin.opts,
        "back": _way_back(request, order),
    }
    return TemplateResponse(request, "staff/parcels.html", context)
