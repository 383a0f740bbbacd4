from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from tests.bench.rivals.app import app as app  # The Celery app, as Django projects load theirs.

application = get_wsgi_application()
get_resolver().check()
