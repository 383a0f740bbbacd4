"""The web process: `gunicorn shop.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from orders.database import patience
from orders.messaging.names import ThisProcess
from shop.bodies import with_bodies
from shop.refusal import in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
ThisProcess.is_a("web")
patience.install()
with in_one_line():
    application = with_bodies(get_wsgi_application())
get_resolver().check()  # Loads the views now: the first customer must not wait for them.
