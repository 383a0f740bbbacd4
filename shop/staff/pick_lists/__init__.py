"""Pick lists, as staff see them: all of them, one with its orders and its paper, made and ended."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.urls import path

from shop.staff.pick_lists import acts, pages

LOOK, PICK = "orders.view_order", "orders.pack_order"


def _for(permission: str, view: pages.View) -> pages.View:
    """For staff who are logged on and have the permission."""
    return admin.site.admin_view(permission_required(permission, raise_exception=True)(view))


urlpatterns = [
    path("picklists", _for(LOOK, pages.all_lists), name="picklists"),
    path("picklists/next", _for(PICK, acts.make_next), name="picklists-next"),
    path("picklists/<int:pk>", _for(LOOK, pages.one_list), name="picklist"),
    path("picklists/<int:pk>.pdf", _for(LOOK, pages.paper_of), name="picklist-pdf"),
    path("picklists/<int:pk>/print", _for(PICK, acts.print_it), name="picklist-print"),
    path("picklists/<int:pk>/found", _for(PICK, acts.found), name="picklist-found"),
    path("picklists/<int:pk>/end", _for(PICK, acts.end), name="picklist-end"),
]
