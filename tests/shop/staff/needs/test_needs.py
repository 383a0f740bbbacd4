"""What needs a person: each cause in a sentence, with the list of exactly so many rows."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP
from orders.models import DeadLetter, Destination, Order, Round, Step, Worker
from orders.steps import destinations
from printing.models import Printer, PrintJob
from shop.staff import health, queue_figures
from shop.staff.needs import Need, Severity, needs, read_facts
from tests.factories import make_order
from tests.shop.staff.conftest import park, staff


@pytest.fixture(autouse=True)
def swept(db: None) -> None:
    Round.objects.create(task=SWEEP, started_at=from_now(), finished_at=from_now(), worker="celery-1@host")


def found(kind: str) -> list[Need]:
    return [need for need in needs() if need.kind == kind]


def test_nothing_needs_anybody_on_a_desk_where_all_is_well(order: Order) -> None:
    assert needs() == []


def test_a_printer_without_paper_tells_how_many_slips_wait_and_since_when(printer: Printer) -> None:
    for state in ("claimed", "accepted", "done"):
        PrintJob.objects.create(order=make_order(), printer=printer, state=state, job_id="7")
    PrintJob.objects.update(created_at=timezone.now() - timedelta(minutes=38))
    (need,) = found("printer")
    assert need.sentence == "Gate 3: It is out of paper. 2 slips wait, the oldest for 38 min."
    assert (need.subject, need.count, need.severity) == (str(printer.pk), 2, Severity.ACT)
    assert [action.label for action in need.actions] == ["Paper is in"]


def test_the_way_round_a_printer_in_trouble_names_the_one_that_would_take_its_slips(printer: Printer) -> None:
    packing = Printer.objects.create(name="Packing table", url="ipp://two/p")
    printer.check_paper = True
    printer.save()
    assert [action.label for action in found("printer")[0].actions] == ["Paper was checked"], "nothing waits"
    PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    button = found("printer")[0].actions[-1]
    assert button.label == "Use Packing table"
    assert ("instead", str(packing.pk)) in button.form
    Printer.objects.filter(pk=packing.pk).update(blocked=True)
    assert not any("Use" in action.label for action in found("printer")[0].actions)


def test_a_printer_that_is_well_or_for_which_nothing_waits_needs_nobody(printer: Printer) -> None:
    assert found("printer") == []
    PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    assert len(found("printer")) == 1
    Printer.objects.update(blocked=False, reasons="", oldest_job_at=None)
    assert found("printer") == []


def test_files_that_lie_in_a_spool_folder_are_not_late(printer: Printer) -> None:
    Printer.objects.update(url="spool:", blocked=False, reasons="")
    PrintJob.objects.create(order=make_order(), printer=printer, state="accepted", job_id="x.pdf")
    assert found("printer") == []


def test_a_slip_nobody_knows_of_is_told_once_and_not_as_a_parked_step_too(job: PrintJob) -> None:
    assert [(need.kind, need.count) for need in needs()] == [("unknown print", 1)]
    park(make_order(steps=["printing"]), "printing", reason="It is no paper of ours.")
    assert [(need.kind, need.count) for need in needs()] == [("unknown print", 1), ("parked", 1)]


def test_parked_steps_are_one_need_a_destination_with_the_reasons_as_parts(order: Order) -> None:
    for reason in ("MAT-0034 unknown.", "MAT-0034 unknown.", "No credit."):
        park(make_order(), reason=reason)
    park(make_order(steps=["marketing"]), "marketing", reason="HTTP 401.")
    sap, marketing = found("parked")
    assert sap.sentence == "sap: 3 steps are parked. MAT-0034 unknown (2); No credit (1)."
    assert [(part.words, part.count) for part in sap.parts] == [("MAT-0034 unknown.", 2), ("No credit.", 1)]
    assert (marketing.sentence, marketing.parts) == ("marketing: 1 step is parked. HTTP 401.", ())


def test_many_reasons_stay_one_need_with_all_steps_counted(db: None) -> None:
    for number in range(35):
        park(make_order(steps=["sap"]), reason=f"Order {number} is too heavy.")
    (need,) = found("parked")
    assert (need.count, need.key) == (35, "parked:sap")
    assert need.sentence.endswith("; …")


def test_an_open_breaker_mends_itself_and_a_pause_is_on_purpose(order: Order) -> None:
    Destination.objects.create(name="sap", open_until=from_now(timedelta(minutes=4, seconds=30)), reason="HTTP 503.")
    destinations.pause("marketing", by="olga")
    Destination.objects.filter(name="marketing").update(pause_reason="upgrade")
    (breaker,), (paused,) = found("breaker"), found("paused")
    assert breaker.sentence.startswith("sap: the circuit breaker is open. HTTP 503. 1 step held, the next try at ")
    assert breaker.sentence.endswith(" (in 4 min).")
    assert "marketing is paused by olga since " in paused.sentence
    assert paused.sentence.endswith(": “upgrade”. 1 step held.")
    assert (breaker.severity, paused.severity) == (Severity.MENDS_ITSELF, Severity.ON_PURPOSE)


def test_a_sweeper_that_does_not_come_and_a_worker_that_is_not_seen(db: None) -> None:
    Round.objects.update(started_at=from_now(timedelta(minutes=-3)))
    for name, ago in (("a@host", 0), ("b@host", 200), ("c@host", -7200)):
        Worker.objects.create(name=name, host="host", started_at=from_now(), seen_at=from_now(timedelta(seconds=-ago)))
    sentence = r"Sweeper: For 18\d s no worker has done it: is `celery -A shop worker` running\?"
    assert re.fullmatch(sentence, found("sweep")[0].sentence)
    late, ahead = found("worker")
    assert (late.subject, "was not seen for 3 min" in late.sentence) == ("b@host", True)
    assert ahead.sentence.startswith("The worker c@host was seen before the database's clock was set back: does it run")


@pytest.mark.parametrize(
    ("minutes", "host", "queues", "missing"),
    [
        (70, "host", ["sap", "desk"], False),
        (3, "host", ["sap", "desk"], True),  # It may come back.
        (70, "other", ["sap", "desk"], True),
        (70, "host", ["desk"], True),
    ],
)
def test_a_worker_that_was_killed_and_came_back_under_another_name_needs_nobody_for_ever(
    db: None, minutes: int, host: str, queues: list[str], missing: bool
) -> None:
    """It was red for a day, and operators were told every four hours of what nobody could mend."""
    long_ago = from_now(timedelta(minutes=-minutes))
    Worker.objects.create(name="old@host", host="host", queues=["sap"], started_at=long_ago, seen_at=long_ago)
    Worker.objects.create(name="new", host=host, queues=queues, started_at=from_now(), seen_at=from_now())
    assert [need.subject for need in found("worker")] == ["old@host"] * missing
    shown = {line.worker.name: line.state.word for line in health.workers(read_facts())}
    assert shown == {"new": "ok", "old@host": "not seen" if missing else "gone"}


def test_of_two_workers_that_ran_side_by_side_the_other_is_no_replacement(db: None) -> None:
    for name, seen in (("a@host", 0), ("b@host", -90)):
        long_ago, at = from_now(timedelta(days=-1)), from_now(timedelta(minutes=seen))
        Worker.objects.create(name=name, host="host", queues=["sap"], started_at=long_ago, seen_at=at)
    assert [need.subject for need in found("worker")] == ["b@host"]


def test_messages_that_were_sent_again_need_nobody_any_more(db: None) -> None:
    letter = DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    assert found("dead letters")[0].count == 1
    DeadLetter.objects.filter(pk=letter.pk).update(sent_again_at=timezone.now())
    assert found("dead letters") == []


@pytest.mark.parametrize(("consumers", "strangers"), [(2, 0), (5, 3), (None, 0)])
def test_who_consumes_beside_the_desks_workers_is_a_stranger(
    db: None, monkeypatch: pytest.MonkeyPatch, consumers: int | None, strangers: int
) -> None:
    queues = {"sap": queue_figures.Queue(0, 0, consumers)}
    monkeypatch.setattr(queue_figures, "figures", lambda: queue_figures.Figures(queues))
    assert found("stranger") == []  # Nobody knows yet who is one.
    for name in ("a@host", "b@host"):
        Worker.objects.create(name=name, host="host", queues=["sap"], started_at=from_now(), seen_at=from_now())
    assert sum(need.count for need in found("stranger")) == strangers


@pytest.mark.parametrize(
    ("queue", "lost"),
    [
        ("orders.intake", "is lost: orders that their senders think are placed."),
        ("dead_letters", "is kept nowhere."),
        ("desk", "comes late, when the sweeper notices."),
    ],
)
def test_a_stranger_at_a_queue_that_is_none_of_steps_is_told_with_what_it_costs(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, queue: str, lost: str
) -> None:
    """Other programs' orders went to a stranger, and nobody heard of it."""
    settings.INTAKE = True
    monkeypatch.setattr(queue_figures, "figures", lambda: queue_figures.Figures({queue: queue_figures.Queue(0, 0, 3)}))
    for name in ("a@host", "b@host"):
        Worker.objects.create(name=name, host="host", queues=["desk"], started_at=from_now(), seen_at=from_now())
    (need,) = found("stranger")
    assert (need.count, need.sentence.startswith(f"1 program takes messages out of the queue {queue} ")) == (1, True)
    assert need.sentence.endswith(f"what is taken {lost}")


@pytest.fixture
def everything(job: PrintJob, printer: Printer) -> None:
    PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    for reason in ("Unknown, 100% & more.", "Unknown, 100% & more.", "", "No credit."):
        park(make_order(), reason=reason)
    park(make_order(steps=["marketing"]), "marketing", reason="Ümlaut+plus?")
    destinations.pause("marketing", by="olga")
    Destination.objects.create(name="printing", open_until=timezone.now(), reason="x")
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")


def test_each_count_leads_to_a_list_of_exactly_so_many_rows(boss: Client, everything: None) -> None:
    checked = []
    for need in needs():
        checked.append(need.kind)
        for url, count in ((need.url, need.count), *((part.url, part.count) for part in need.parts)):
            assert boss.get(url).context["cl"].result_count == count, url
    assert set(checked) == {"printer", "unknown print", "parked", "paused", "breaker", "dead letters"}


@pytest.mark.parametrize(
    ("role", "urgent"),
    [
        ("sales", set()),
        ("warehouse", {"printer", "unknown print", "parked"}),
        ("operations", {"printer", "unknown print", "parked", "dead letters"}),
    ],
)
def test_what_this_user_can_act_on_comes_first_and_nothing_that_is_closed_to_him(
    everything: None, role: str, urgent: set[str]
) -> None:
    client = staff(role)
    user = User.objects.get(username=role)
    seen = needs(user)
    first = [need for need in seen if need.urgent_for(user)]
    assert seen[: len(first)] == first
    assert {need.kind for need in first} == urgent
    for need in seen:
        assert client.get(need.url).status_code == 200, need


def test_each_button_does_what_it_says_and_comes_back(boss: Client, everything: None, monkeypatch: Any) -> None:
    asked: list[Printer] = []
    monkeypatch.setattr("printing.polling.poll", asked.append)
    for need in needs():
        for action in need.actions:
            if action.form:
                page = boss.post(action.url, dict(action.form), follow=True)
                assert page.status_code == 200, action
                assert page.redirect_chain or "Send 4 steps again?" in page.text or "Send 1 step again?" in page.text
                assert all(url == "/admin/" for url, _ in page.redirect_chain), action
    assert len(asked) == 1
    assert not Destination.objects.filter(paused=True).exists()
    assert not Destination.objects.exclude(open_until=None).exists()


def test_all_parked_steps_of_a_need_are_sent_again_by_two_clicks(boss: Client, everything: None) -> None:
    need = next(need for need in needs() if need.key == "parked:sap")
    again = need.actions[-1]
    asked = boss.post(again.url, dict(again.form))
    hidden = dict(asked.context["hidden"])
    boss.post(again.url, hidden | {"confirmed": "yes"})
    assert Step.objects.filter(name="sap", state="parked").count() == 0
