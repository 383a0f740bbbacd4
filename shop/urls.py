from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("orders.api.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "shop.problems.bad_request"
handler404 = "shop.problems.not_found"
handler500 = "shop.problems.server_error"
