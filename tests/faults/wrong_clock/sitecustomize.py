"""For Python under libfaketime 0.9.10: if the monotonic clock is left alone, `time.sleep` fails with EINVAL."""

import select
import time
from typing import SupportsIndex


def sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = sleep
