"""The web process: `gunicorn shop.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from orders.messaging.names import ThisProcess
from shop.chunked import with_length

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
ThisProcess.is_a("web")
application = with_length(get_wsgi_application())
get_resolver().check()  # Loads the views now: the first customer must not wait for them.
