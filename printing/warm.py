"""Draws one page in the worker's parent, before it forks: its children share the typefaces and templates then."""

import logging
from typing import Any

from celery.signals import worker_init

from orders.steps import StepError
from printing.documents import test_page
from printing.models import Printer

log = logging.getLogger(__name__)


@worker_init.connect
def warm_up(**kwargs: Any) -> None:
    try:
        test_page.render(Printer(name="Warm-up"))
    except StepError as error:  # Its slips will say so too.
        log.error("the test page can't be drawn: %s", error.reason)
