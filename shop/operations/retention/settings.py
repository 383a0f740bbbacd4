"""How long what is kept: SHOP_KEEP_…"""

from dataclasses import dataclass
from typing import Annotated


def days(number: int) -> None:
    """Raises ValueError with a sentence."""
    if not 0 < number <= 36_500:
        raise ValueError("it must be a number of days, from 1 to 36500.")


@dataclass(frozen=True)
class KeepSettings:
    """In days. `record_days`: of what hangs on no order, and is there to be looked up.

    Dead letters and events have settings of before: SHOP_DEAD_LETTER_DAYS and SHOP_EVENT_DAYS.
    """

    attempt_days: Annotated[int, days] = 180
    sent_letter_days: Annotated[int, days] = 14
    slip_days: Annotated[int, days] = 14
    record_days: Annotated[int, days] = 180
