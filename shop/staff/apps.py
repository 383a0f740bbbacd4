from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffConfig(AppConfig):
    name = "shop.staff"


class LogonsConfig(AxesConfig):
    """django-axes, which counts failed logons, under a name that staff understand."""

    verbose_name = "Logons"


class SiteConfig(AdminConfig):
    """Django's admin, with the desk's own site as `admin.site`."""

    default_site = "shop.staff.site.DeskSite"
