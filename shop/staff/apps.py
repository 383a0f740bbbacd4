from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffConfig(AppConfig):
    name = "shop.staff"


class SiteConfig(AdminConfig):
    """Django's admin, with the desk's own site as `admin.site`."""

    default_site = "shop.staff.site.DeskSite"
