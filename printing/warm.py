"""Draws one page in the worker's parent, before it forks: its children share the typefaces and templates then."""

from typing import Any

from celery.signals import worker_init

from printing.documents import test_page
from printing.models import Printer


@worker_init.connect
def warm_up(**kwargs: Any) -> None:
    test_page.render(Printer(name="Warm-up"))
