"""The web process: `gunicorn shop.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from orders.database import patience
from orders.messaging.names import ThisProcess
from shop.chunked import with_length
from shop.refusal import in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
ThisProcess.is_a("web")
patience.install()
with in_one_line():
    application = with_length(get_wsgi_application())
get_resolver().check()  # Loads the views now: the first customer must not wait for them.
