"""The staff's pages beside the admin's lists, below /desk/."""

from shop.staff import pick_lists

app_name = "desk"
urlpatterns = [
    *pick_lists.urlpatterns,
]
