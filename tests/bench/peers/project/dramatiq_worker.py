"""What `dramatiq dramatiq_worker` loads: Django first, then the actors."""

import django

django.setup()

from peershop.ways import way  # noqa: E402

broker = way().broker
