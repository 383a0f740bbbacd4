"""The desk's settings with the rivals' addresses and django-celery-results."""

import os

from shop.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django_celery_results"]  # noqa: F405
ROOT_URLCONF = "tests.bench.rivals.urls"
# Tasks without rows leave their times here, eight bytes a task.
RIVAL_MARKS = os.environ.get("BENCH_MARKS", os.devnull)
DRAWN = os.environ.get("BENCH_DRAWN", os.devnull)
RIVALS_HAVE_EFFECTS = bool(os.environ.get("BENCH_EFFECTS"))
