"""When a step that failed is tried again."""

import random
from datetime import timedelta

from django.conf import settings

LONGEST_RETRY_AFTER = timedelta(days=1)


def retry_delay(failures: int, retry_after: timedelta | None = None) -> timedelta:
    """The backoff after so many failures: the schedule with ± 10 % jitter; longer, up to a day, if the remote asks."""
    planned = settings.RETRY_DELAYS[failures - 1] * random.uniform(0.9, 1.1)  # noqa: S311 - no secret
    return max(planned, min(retry_after or timedelta(0), LONGEST_RETRY_AFTER))
