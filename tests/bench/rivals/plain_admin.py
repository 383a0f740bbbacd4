"""The desk's settings with Django's own admin, as it comes: no look of ours, no page of ours, the same rows."""

from shop.settings import *  # noqa: F403

OURS = {"shop.staff.apps.SiteConfig": "django.contrib.admin.apps.SimpleAdminConfig", "shop.staff.apps.StaffConfig": ""}
INSTALLED_APPS = [name for app in INSTALLED_APPS if (name := OURS.get(app, app))]  # noqa: F405
ROOT_URLCONF = "tests.bench.rivals.plain_urls"
