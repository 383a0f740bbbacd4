"""The desk's own pages, beside the admin's lists, below /desk/."""

from django.urls import path

from shop.staff import pick_lists
from shop.staff.adopting import adopt
from shop.staff.find.views import find
from shop.staff.pack.views import station
from shop.staff.refused_events import publish_again

app_name = "desk"
urlpatterns = [
    path("adopt", adopt, name="adopt"),
    path("find", find, name="find"),
    path("pack", station, name="pack"),
    path("pack/<number>", station, name="pack-order"),
    path("refused-events", publish_again, name="refused-events"),
    *pick_lists.urlpatterns,
]
