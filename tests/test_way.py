"""An order's way through our own files, from POST to paper, traced: it must stay short enough to be followed.

`bin/test tests/test_way.py -s` prints it. docs/architecture.md tells the same way; this test compares the two.
"""

import io
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from celery import current_app
from celery.app.trace import build_tracer
from django.db import connection

import orders.messaging.worker.consumer  # noqa: F401 - as in a worker, for its signals
from orders.models import Order, Product
from orders.outbox import background
from tests.factories import make_product

ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(f"{ROOT}/{app}/" for app in ("shop", "orders", "integrations", "printing"))
MAP = ROOT / "docs" / "architecture.md"
# Of file, for one slip; four of them for its form (docs/decisions/0016-forms-filled-in.md), four for the order's lines,
# which are made when they are read (0006-statements-of-sql.md).
MOST_CHANGES = 28
# Django and psycopg2 come here around every statement, whoever executes it, and logging around every line: the way does
# not lead through them.
AROUND = {
    "orders/database/backend.py",
    "orders/database/outage.py",
    "orders/database/patience.py",
    "orders/request_id.py",
    "shop/logs.py",
}


class Trace:
    """The calls of our own functions, as (file, function)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(OURS):
            self.calls.append((file.removeprefix(f"{ROOT}/"), frame.f_code.co_name))

    @property
    def files(self) -> list[str]:
        """Each file, in the order of its first call."""
        return list(dict.fromkeys(file for file, _ in self.calls))

    @property
    def visits(self) -> list[str]:
        """The files in the order of the calls: a file stands again where the way comes back to it."""
        found: list[str] = []
        for file, _ in self.calls:
            if found[-1:] != [file] and file not in AROUND:
                found.append(file)
        return found


@contextmanager
def traced() -> Iterator[Trace]:
    """Traces this thread, and threads that start meanwhile."""
    trace = Trace()
    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        yield trace
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.fixture
def products(transactional_db: None) -> list[Product]:
    return [make_product(id=id_) for id_ in (2, 4, 42)]


@pytest.fixture
def post() -> Callable[[], Order]:
    """Places the tutorial's order as gunicorn would."""
    from shop.wsgi import application

    def placed() -> Order:
        body = json.dumps({"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}).encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/order", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": sys.stderr,
        }  # fmt: skip
        said: list[str] = []
        application(environ, lambda status, headers: said.append(status))
        assert said == ["201 Created"]
        return Order.objects.latest("pk")

    return placed


def print_slip(order: Order) -> None:
    """Runs the step as a worker's process does, as part of its chord."""
    current_app.loader.import_default_modules()
    task: Any = current_app.tasks["printing.tasks.print_slip"]
    body = {"task": "orders.tasks.settle_order", "args": [order.pk]}
    request = {"chord": body, "delivery_info": {}, "args": [order.pk], "is_eager": False}
    build_tracer(task.name, task, app=current_app._get_current_object())("an-id", (order.pk,), {}, request)


@pytest.mark.usefixtures("on_postgresql", "products")
def test_the_way_of_an_order_is_short_and_is_the_one_the_map_tells(
    post: Callable[[], Order], settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SPOOL_DIR = tmp_path
    print_slip(post())  # What is made once a process is made now.
    connection.close()
    print_slip(post())
    monkeypatch.setattr(background, "_publisher", background.BackgroundPublisher())  # Its thread starts anew.
    with traced() as web:
        order = post()
        background._publisher.close()  # Its thread has published, and ended.
    with traced() as slip:
        print_slip(order)
    assert order.steps.get(name="printing").state == "done"
    task = slip.visits[slip.visits.index("printing/tasks.py") :]
    print("", *(f"{file}  {name}" for file, name in [*web.calls, *slip.calls]), sep="\n")
    files = list(dict.fromkeys([*web.files, *slip.files]))
    print(f"{len(files)} files from POST to paper; {len(task) - 1} changes of file for a slip")
    assert len(task) - 1 <= MOST_CHANGES, task
    told = re.findall(r"^\d+\. `([\w/]+\.py)`", MAP.read_text(), flags=re.MULTILINE)
    assert told == files
