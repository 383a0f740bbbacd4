"""What `dramatiq dramatiq_worker` loads: Django first, then the actors."""

import django

django.setup()

from peershop.by_dramatiq import broker as broker  # noqa: E402
