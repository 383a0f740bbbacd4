"""The project: settings, the Celery app, URLs. It knows all apps; no app knows it."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
