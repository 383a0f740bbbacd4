"""The page on which a file of products is uploaded, looked at, and agreed to."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from orders.models import ProductImport
from shop.staff.admin.confirmation import counted
from shop.staff.admin.selection import possible
from shop.staff.products.looking import spread
from shop.staff.products.picture import Picture
from shop.staff.products.table import MAX_FILE, Unreadable
from shop.staff.products.uploads import DoneAlready, Refused, agree, look_at

SHOWN = 100  # products of each kind
MAY = [f"orders.{verb}_{model}" for model in ("product", "productcode") for verb in ("add", "change")]
MAY += ["orders.delete_productcode"]
CHANGED_MEANWHILE = (
    "Nothing was saved: somebody has changed these products since you looked. This is what the file would change now."
)


def import_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """GET: which file? POST: what it would change; and with a yes to that, does it."""
    if not request.user.has_perms(MAY):
        raise PermissionDenied
    if request.method != "POST":
        return _page(model_admin, request)
    if upload_id := next(possible(ProductImport, request.POST.getlist("agree")), ""):
        return _agree(model_admin, request, int(upload_id))
    file = request.FILES.get("file")
    if file is None:
        return _page(model_admin, request, wrong="Please choose a file first.")
    if (file.size or 0) > MAX_FILE:
        return _page(model_admin, request, wrong=f"The file is larger than {MAX_FILE // 1024**2} MB. Please split it.")
    try:
        upload, picture = look_at(file.name or "", file.read(), by=request.user.get_username())
    except Unreadable as error:
        return _page(model_admin, request, wrong=str(error), name=file.name)
    return _page(model_admin, request, picture=picture, upload=upload, name=upload.name)


def _agree(model_admin: ModelAdmin, request: HttpRequest, upload_id: int) -> HttpResponse:
    by, shown = request.user.get_username(), request.POST.get("picture", "")
    try:
        upload, picture = agree(upload_id, by=by, shown=shown)
    except DoneAlready:
        model_admin.message_user(request, "This file was imported already.", messages.WARNING)
    except ProductImport.DoesNotExist:
        return _page(model_admin, request, wrong="Another file took this one’s place. Please choose it again.")
    except Refused as refused:
        upload = ProductImport.objects.get(pk=upload_id)
        model_admin.message_user(request, CHANGED_MEANWHILE, messages.WARNING)
        return _page(model_admin, request, picture=refused.picture, upload=upload, name=upload.name)
    else:
        model_admin.message_user(request, f"Imported {upload.name}: {picture.counts}.", messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:orders_product_changelist"))


def _page(
    model_admin: ModelAdmin,
    request: HttpRequest,
    *,
    picture: Picture | None = None,
    upload: ProductImport | None = None,
    name: str | None = None,
    wrong: str = "",
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"Import {name}" if picture else "Import products",
        "opts": model_admin.opts,
        "name": name,
        "wrong": wrong,
        "upload": upload,
        "picture": picture,
        **(shown(picture) if picture else {}),
    }
    status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
    return TemplateResponse(request, "staff/products/import.html", context, status=status)


def shown(picture: Picture) -> dict[str, Any]:
    """What the template can't say: the first of many, and how many more."""
    new, changed = len(picture.new), len(picture.changed)
    sentences = [f"add {counted(new, 'product')}"] if new else []
    sentences += [f"change {counted(changed, 'product')}"] if changed else []
    return {
        "new": picture.new[:SHOWN],
        "new_more": max(0, new - SHOWN),
        "changed": picture.changed[:SHOWN],
        "changed_more": max(0, changed - SHOWN),
        "spread": spread(picture),
        "will": " and ".join(sentences).capitalize(),
        "may_agree": picture.changes_something and not picture.faults.count,
    }
