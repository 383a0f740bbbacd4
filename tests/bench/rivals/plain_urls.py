from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from orders.models import Order


class Orders(ModelAdmin):
    """Five columns, fifty rows, as whoever starts with Django writes it."""

    list_display = ["number", "created_at", "customer_name", "total", "status"]
    list_filter = ["status"]
    search_fields = ["number", "customer_name"]
    list_per_page = 50


site = AdminSite()
site.register(Order, Orders)
urlpatterns = [path("admin/", site.urls)]
