import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from celery.signals import worker_init
from django.utils import timezone

from orders.models import Order, Step
from orders.placing import place_order
from printing.models import PrintJob
from printing.tasks import print_slip
from printing.warm import warm_up
from tests.factories import make_product
from tests.printing.fake_printer import step_of
from tests.servers import warm

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(spool_dir: Path) -> Order:
    return place_order(customer_name="Helgi Möller", quantities={make_product().pk: 2})


def test_the_slip_lies_in_the_spool_folder_and_the_step_names_it(placed: Order, spool_dir: Path) -> None:
    print_slip(placed.pk)
    step = step_of(placed)
    assert (step.state, step.reference, step.warning) == ("done", f"{placed.number}.r1.c1.pdf", "")
    assert (spool_dir / step.reference).read_bytes().startswith(b"%PDF")


def test_a_second_delivery_prints_nothing(placed: Order, spool_dir: Path) -> None:
    print_slip(placed.pk)
    (spool_dir / step_of(placed).reference).unlink()
    print_slip(placed.pk)
    assert list(spool_dir.glob("*.pdf")) == []


def test_a_worker_that_died_after_writing_adopts_the_file(placed: Order, spool_dir: Path) -> None:
    print_slip(placed.pk)
    written = (spool_dir / step_of(placed).reference).stat().st_mtime_ns
    PrintJob.objects.update(state="sending", job_id="", sent_at=timezone.now() - timedelta(hours=1))
    Step.objects.filter(order=placed, name="printing").update(state="queued", reference="")
    print_slip(placed.pk)
    step = step_of(placed)
    assert (step.state, step.reference) == ("done", f"{placed.number}.r1.c1.pdf")
    assert (spool_dir / step.reference).stat().st_mtime_ns == written
    assert PrintJob.objects.get().state == "accepted"


def test_a_character_without_a_typeface_is_named_in_the_steps_warning(placed: Order) -> None:
    placed.customer_name = "Ana 𓀀"
    placed.save()
    print_slip(placed.pk)
    step = step_of(placed)
    assert step.state == "done"
    assert "𓀀 (U+13000)" in step.warning


def test_a_folder_that_cannot_be_written_to_makes_the_step_wait(placed: Order, spool_dir: Path) -> None:
    spool_dir.write_text("a file stands where the folder should be")
    print_slip(placed.pk)
    step = step_of(placed)
    assert step.state == "waiting"
    assert "spool folder" in step.reason


def test_a_worker_draws_a_page_before_it_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    monkeypatch.setattr("printing.documents.test_page.render", drawn.append)
    ours = [receiver for _, receiver in worker_init.receivers if "warm_up" in repr(receiver)]
    assert len(ours) == 1
    warm_up()
    assert len(drawn) == 1


AS_A_WORKER = """
from celery.signals import worker_init
from shop.celery import app
app.loader.import_default_modules()
print(sum("warm_up" in repr(receiver) for _, receiver in worker_init.receivers))
"""


def test_a_worker_that_imports_its_tasks_knows_of_that_page() -> None:
    found = warm.run(
        [sys.executable, "-c", AS_A_WORKER],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    assert found.stdout.strip() == b"1"
