"""The pack station over HTTP. Each POST is one scan or key, and leads to the page that shows what became of it."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orders.carriers import carriers
from orders.models import Order, PackScan
from orders.numbers import read_number
from shop.staff.pack import kept
from shop.staff.pack.page import order_page, start_page
from shop.staff.pack.situation import Kind, Scan
from shop.staff.pack.station import OtherScan, take

TABLE = "desk_table"  # The cookie that says how this browser's table is called.
A_YEAR = 365 * 24 * 3600  # seconds
TO_THE_START = (Kind.LEFT, Kind.CLOSED, Kind.SHIPPED)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def station(request: HttpRequest, number: str = "") -> HttpResponse:
    user = request.user
    if not (user.is_active and getattr(user, "is_staff", False)):
        there = kept.after_login if request.method == "POST" else None
        return there(request) if there else redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not user.has_perm("orders.pack_order"):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, number)
    if "table" in request.POST:
        return _name_table(request)
    try:
        row = take(_scan(request, number))
    except OtherScan:
        return HttpResponseRedirect(kept.address(request, kept.OLD))
    _remember_carrier(request)
    return HttpResponseRedirect(_place(row))


def _show(request: HttpRequest, number: str) -> HttpResponse:
    order = Order.objects.filter(number=read_number(number) or "").first() if number else None
    said = _said(request)
    context = order_page(request, order, said) if order else start_page(request, said)
    status = HTTPStatus.OK
    if number and not order:
        context["problem"], status = f"No such order: {number}", HTTPStatus.NOT_FOUND
    return render(request, "staff/pack/station.html", context | _again(request), status=status)


def _said(request: HttpRequest) -> PackScan | None:
    """The scan that this page answers; nobody reads what others were told."""
    if (scan_id := kept.read_id(request.GET.get("said"))) is None:
        return None
    return PackScan.objects.filter(scan_id=scan_id, by=request.user.get_username()).select_related("order").first()


def _again(request: HttpRequest) -> dict[str, Any]:
    """The scan that is back in the field, and the id that it has."""
    scan_id = kept.read_id(request.GET.get("id"))
    return {
        "id": scan_id or uuid.uuid4(),
        "kept": scan_id if "why" in request.GET else None,
        "code": request.GET.get("scan", "")[:200],
        "not_counted": kept.WORDS.get(request.GET.get("why", ""), ""),
        "table": request.COOKIES.get(TABLE, "")[:20],
        "carriers": carriers().values(),
        "carrier": request.session.get("carrier") or next(iter(carriers())),
    }


def _scan(request: HttpRequest, number: str) -> Scan:
    said = request.POST
    act, _, row = said.get("act", "scan").partition("-")
    return Scan(
        id=kept.read_id(said.get("id")) or uuid.uuid4(),
        by=request.user.get_username(),
        code=said.get("code", "").replace("\0", "").strip(),
        act=act,
        number=read_number(number) or "",
        expect=said.get("expect", ""),
        after=kept.read_id(said.get("after")),
        seen=tuple(map(int, filter(_is_id, said.get("seen", "").split(",")))),
        row=int(row) if _is_id(row) else None,
        carrier=said.get("carrier", "") or next(iter(carriers())),
        table=request.COOKIES.get(TABLE, ""),
        may_print=request.user.has_perm("printing.change_printjob"),
        any_time=request.user.has_perm("orders.undo_order"),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _place(row: PackScan) -> str:
    """The page that shows what became of a scan."""
    said = urlencode({"said": str(row.scan_id)})
    if row.order is None or row.kind in TO_THE_START:
        return f"{reverse('desk:pack')}?{said}"
    return f"{reverse('desk:pack-order', args=[row.order.number])}?{said}"


def _remember_carrier(request: HttpRequest) -> None:
    if (carrier := request.POST.get("carrier")) in carriers() and request.session.get("carrier") != carrier:
        request.session["carrier"] = carrier


def _name_table(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(reverse("desk:pack"))
    name = "".join(char for char in request.POST["table"] if char.isalnum() or char in " -").strip()[:20]
    response.set_cookie(TABLE, name, max_age=A_YEAR, httponly=True, samesite="Lax", path=reverse("desk:pack"))
    return response
