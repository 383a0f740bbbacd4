"""What a step does: it leaves a mark of 16 bytes, the order's id and the step's number. The answer may take a while."""

import os
import struct
import time
from functools import lru_cache

from django.conf import settings

STEPS = ("sap", "marketing", "printing")


def effect(order_id: int, name: str) -> None:
    os.write(_opened(), struct.pack("qq", order_id, STEPS.index(name)))
    if settings.EFFECT_SECONDS:
        time.sleep(settings.EFFECT_SECONDS)


@lru_cache
def _opened() -> int:
    return os.open(settings.EFFECTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
