from django.contrib import admin

from orders.models import Deed
from shop.staff.admin.history import HistoryAdmin


@admin.register(Deed)
class DeedAdmin(HistoryAdmin):
    """Everything that people, clients and commands did, also to what is gone."""

    list_display = ["at", "by", "what", "name", "detail"]
    list_filter = ["what", "model", "at"]
    search_fields = ["=by", "name__in_any_form"]
    number_field = "order__number"
    search_help_text = "Order number, as typed from a slip, who did it, or what it was done to"
    readonly_fields = ["at", "by", "what", "name", "detail"]
