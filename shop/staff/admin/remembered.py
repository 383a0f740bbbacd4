"""Who did what, when, to the row: shown on its page and its history page, kept for what a form changes.

What actions do is kept where it is done: in `orders.lifecycle`, `orders.steps`, `printing`.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from orders.models import Deed, Order
from shop.staff.admin import as_shown

ON_THE_PAGE = 20
ON_THE_HISTORY_PAGE = 1000


def deeds(row: Model) -> QuerySet[Deed]:
    """What was done to a row, the newest first; of an order, what was done to its steps and slips as well."""
    if isinstance(row, Order):
        return Deed.objects.filter(order=row)
    return Deed.objects.filter(model=row._meta.model_name, row=str(row.pk))


class RememberedAdmin(admin.ModelAdmin):
    change_form_template = "admin/orders/change_form.html"
    object_history_template = "staff/history.html"

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if row := kwargs.get("obj"):
            context["deeds"] = deeds(row)[:ON_THE_PAGE]
            form = context["adminform"].form
            if form.fields:
                again, deed = form.is_bound, context.get("newest_deed", 0)
                context[as_shown.NAME] = as_shown.mark_now(form) if again else as_shown.mark(form, deed)
        return super().render_change_form(request, context, *args, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = dict(extra_context or {})
        if request.method == "GET" and self.has_change_permission(request):
            more["newest_deed"] = as_shown.newest_deed(self.model, unquote(object_id))
        return super().change_view(request, object_id, form_url, more)

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        return as_shown.minding(form) if obj else form

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        done = deeds(row)[:ON_THE_HISTORY_PAGE] if row else []
        return super().history_view(request, object_id, {"deeds": done} | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            Deed.remember(Deed.What.ADDED, [obj], by=request.user.get_username())
        elif form.changed_data:
            Deed.remember(Deed.What.CHANGED, [obj], by=request.user.get_username(), detail=changes(form))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        Deed.remember(Deed.What.DELETED, [obj], by=request.user.get_username())
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        Deed.remember(Deed.What.DELETED, queryset, by=request.user.get_username())
        super().delete_queryset(request, queryset)


def changes(form: ModelForm) -> str:
    """ "price: 7.77 → 8.00; active: True → False" """
    return "; ".join(f"{name}: {form.initial.get(name)} → {form.cleaned_data[name]}" for name in form.changed_data)
