from datetime import timedelta

import pytest
from celery.signals import worker_init
from django.utils import timezone

from orders.models import Step
from orders.placing import place_order
from printing.models import PrintJob
from printing.tasks import print_slip, warm_up
from tests.printing.conftest import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(spool_dir):
    product = make_order(number="0000-0000-0000").lines.get(position=1).product
    return place_order(customer_name="Helgi Möller", quantities={product.pk: 2})


def the_step(order):
    return Step.objects.get(order=order, name="printing")


def test_the_slip_lies_in_the_spool_folder_and_the_step_names_it(placed, spool_dir):
    print_slip(placed.pk)
    step = the_step(placed)
    assert (step.state, step.reference, step.warning) == ("done", f"{placed.number}.r1.c1.pdf", "")
    assert (spool_dir / step.reference).read_bytes().startswith(b"%PDF")


def test_a_second_delivery_prints_nothing(placed, spool_dir):
    print_slip(placed.pk)
    (spool_dir / the_step(placed).reference).unlink()
    print_slip(placed.pk)
    assert list(spool_dir.glob("*.pdf")) == []


def test_a_worker_that_died_after_writing_adopts_the_file(placed, spool_dir):
    print_slip(placed.pk)
    written = (spool_dir / the_step(placed).reference).stat().st_mtime_ns
    PrintJob.objects.update(state="sending", job_id="", sent_at=timezone.now() - timedelta(hours=1))
    Step.objects.filter(order=placed, name="printing").update(state="queued", reference="")
    print_slip(placed.pk)
    step = the_step(placed)
    assert (step.state, step.reference) == ("done", f"{placed.number}.r1.c1.pdf")
    assert (spool_dir / step.reference).stat().st_mtime_ns == written
    assert PrintJob.objects.get().state == "accepted"


def test_a_character_without_a_typeface_is_flagged_on_the_step(placed):
    placed.customer_name = "Ana 🎉"
    placed.save()
    print_slip(placed.pk)
    step = the_step(placed)
    assert step.state == "done"
    assert "🎉 (U+1F389)" in step.warning


def test_a_folder_that_cannot_be_written_to_makes_the_step_wait(placed, spool_dir):
    spool_dir.write_text("a file stands where the folder should be")
    print_slip(placed.pk)
    step = the_step(placed)
    assert step.state == "waiting"
    assert "spool folder" in step.reason


def test_a_worker_draws_a_page_before_it_forks(monkeypatch):
    drawn = []
    monkeypatch.setattr("printing.documents.test_page.render", drawn.append)
    ours = [receiver for _, receiver in worker_init.receivers if "warm_up" in repr(receiver)]
    assert len(ours) == 1
    warm_up()
    assert len(drawn) == 1
