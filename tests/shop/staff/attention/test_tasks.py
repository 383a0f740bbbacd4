"""What the workers' clock does: from parked steps to a mail at the operator's server."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from orders.messaging import periodic
from orders.models import Destination, Instance, Notice, Round, Step
from shop.staff.attention.settings import EVERY, TASK
from tests.factories import make_order
from tests.integrations.mail.mail_server import MailServer
from tests.shop.staff.attention.conftest import pass_time


@pytest.fixture(autouse=True)
def registered(settings: Settings) -> None:
    settings.PERIODIC_TASKS = {TASK: EVERY, "orders.tasks.sweep_steps": timedelta(seconds=2)}
    current_app.loader.import_task_module("shop.staff.attention.tasks")


def park(count: int) -> None:
    for _ in range(count):
        order = make_order(customer_name="Wilhelmine Overdyck", steps=["sap"])
        order.steps.update(state="parked", reason="Material MAT-0034 is unknown.")


def a_round(worker: str = "a@shelf") -> bool:
    Round.objects.update(started_at=None)
    return periodic.take_part(TASK, worker)


@pytest.mark.django_db
def test_many_parked_steps_are_one_mail_without_a_customers_name(mail_server: MailServer) -> None:
    park(40)
    assert a_round()
    assert len(mail_server.mails) == 2  # one to each operator
    mail = mail_server.mails[0].read
    text = mail.as_string() + "".join(str(notice.message) for notice in Notice.objects.all())
    assert "sap: 40 steps are parked. Material MAT-0034 is unknown." in text.replace("=\n", "").replace("\n ", " ")
    assert "Overdyck" not in text
    park(10)
    a_round()
    assert len(mail_server.mails) == 2
    Step.objects.all().delete()
    for _ in range(3):
        a_round()
        pass_time(timedelta(minutes=11))
    subjects = [mail.read["Subject"] for mail in mail_server.mails]
    assert [subject.partition(": ")[2].partition(":")[0] for subject in subjects[2:]] == ["mended", "mended"]


@pytest.mark.django_db
def test_a_pause_is_no_cause(mail_server: MailServer) -> None:
    make_order(steps=["sap"])
    Destination.objects.create(name="sap", paused=True)
    a_round()
    pass_time(timedelta(hours=5))
    a_round()
    assert [mail.read["Subject"] for mail in mail_server.mails if "sap" in mail.read["Subject"]] == []


@pytest.mark.django_db
def test_a_copy_of_another_desks_database_tells_nobody(mail_server: MailServer) -> None:
    park(1)
    Instance.objects.create(name="production", marked_at=timezone.now())
    a_round()
    assert mail_server.mails == []
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_tells(mail_server: MailServer, on_postgresql: None) -> None:
    park(3)
    start = threading.Barrier(2)

    def work(worker: str) -> None:
        start.wait()
        try:
            periodic.take_part(TASK, worker)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"{name}@shelf",)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail.to[0] for mail in mail_server.mails) == ["night@shop.example", "ops@shop.example"]


@pytest.mark.django_db
def test_a_mail_server_that_hangs_does_not_end_the_round(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.mail.server.TALK_SECONDS", 0.5)
    mail_server.faults = {"EHLO": "hang"}
    park(1)
    assert a_round()
    row = Round.objects.get(pk=TASK)
    assert (row.error, row.finished_at is None) == ("", False)
