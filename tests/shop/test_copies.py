"""In a copy of another desk's database nothing that anybody does, or that the clock does, reaches the outside.

All actions of staff's lists, all addresses, all commands and all tasks are walked: a new one, too. What reaches the
outside in a desk's own database is tried there as well, so that a walk without an effect means something.
"""

import inspect
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.contrib import admin
from django.core.management import CommandError, call_command, get_commands
from django.utils import timezone
from pytest_django import Settings

from orders import telling
from orders.messaging.connection import PublishingConnection
from orders.models import DeadLetter, Destination, Event, Instance, Notice, PickList, PickListEntry
from printing.models import ListJob, Printer, PrintJob
from printing.printers.folder import DRAFTS, TAKEN
from shop.staff.attention import tasks as telling_operators
from shop.staff.attention.settings import AttentionSettings
from shop.staff.held import COPY
from tests.factories import make_order
from tests.shop.staff.conftest import WHY, park, staff
from tests.shop.staff.test_access import TABLE

OURS = ("orders", "integrations", "printing", "shop")
NOWHERE = "127.0.0.1:9"
WORDS_OF_NOW = (
    "tried now",
    "within some seconds",
    "sent again: ",
    ": to be sent.",
    "goes on; steps",
    "breaker is closed; steps",
)
REFUSED_AT_PRINTERS = {
    "print_test_page": "Folder: This database is marked",
    "ask_now": "Folder was not asked. This database is marked",
    "use_instead": "Nothing was moved. This database is marked",
    "take_folder": "Folder: This database is marked",
}
REFUSED = "nothing is sent or printed until somebody runs"
EVERYTHING = ("--since", "2020-01-01T00:00")

ACTIONS = [
    (f"{model._meta.app_label}/{model._meta.model_name}", name)
    for model, site in admin.site._registry.items()
    for name in site.actions or []
]
# To adopt ends the copy; "Try connections" asks since a person says so, and the page says where it goes.
NOT_PRESSED = {"/desk/adopt", "/admin/integrations/connection/", "POST /admin/logout/"}
ADDRESSES = sorted(set(TABLE) - NOT_PRESSED)
COMMANDS: dict[str, list[tuple[str, ...]]] = {
    "attention": [("test",)],
    "doctor": [()],
    "events": [EVERYTHING, (*EVERYTHING, "--publish", "partner"), ("resend", *EVERYTHING)],
    "person": [("export", "--order", "{lying}"), ("erase", "--yes", "--order", "{lying}")],
    "prune": [(), ("--dry-run",)],
    "queues": [()],
    "resend": [("--yes", "--since", "2020-01-01T00:00"), ("--yes", "--step", "printing")],
    "api_key": [("list",)],
    "make_roles": [()],
    "demo_catalogue": [()],
    "worker_alive": [("/nonexistent",)],
}
NOT_CALLED = {
    "adopt": "It ends the copy.",
    "check_integrations": "It logs on and reads where the settings lead, since a person says so.",
    "reconcile": "It reads SAP, since a person says so.",
    "follow": "It reads from the desk's own broker.",
    "import_products": "It takes a file, and changes rows alone.",
    "sandbox": "It is a server.",
    "traffic": "It plays customers, at an address that it is given.",
}
IN_ITS_OWN = [
    *(("action", "printing/printer", name) for name in ("print_test_page", "ask_now", "use_instead", "take_folder")),
    ("action", "orders/deadletter", "send_again"),
    ("command", "attention", "test"),
    ("command", "events", *EVERYTHING, "--publish", "partner"),
    ("command", "person", "erase", "--yes", "--order", "{lying}"),
    ("command", "prune"),
    ("command", "doctor"),
    *(("task", f"printing.tasks.{name}") for name in ("watch_printers", "print_slip")),
    ("task", "integrations.marketing.tasks.record_marketing"),
    ("task", "shop.operations.tasks.prune"),
    ("task", telling_operators.tell_operators.name),
]


class Outside:
    """The spool folder, and everybody to whom a connection is made or a message published."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.reached = folder, list[str]()
        self.before: dict[str, Any] = {}

    def look(self) -> dict[str, Any]:
        """What lies there. A folder's time tells of a file that came and went."""
        there = [self.folder, *self.folder.rglob("*")]
        return {str(one): (one.stat().st_mtime_ns, one.is_file() and one.read_bytes()) for one in there}

    def touched(self) -> list[str]:
        now = self.look()
        changed = [name for name in now.keys() | self.before.keys() if now.get(name) != self.before.get(name)]
        return sorted([*self.reached, *changed])


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Outside:
    settings.SPOOL_DIR = tmp_path / "spool"
    for name in (TAKEN, DRAFTS):
        (settings.SPOOL_DIR / name).mkdir(parents=True)
    found = Outside(settings.SPOOL_DIR)

    def connect(self: socket.socket, address: object) -> None:
        found.reached.append(f"connected to {address}")
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(
        PublishingConnection, "publish", lambda self, messages, **options: found.reached.append("published")
    )
    monkeypatch.setattr(PublishingConnection, "look_at", lambda self, queue: (0, True))
    return found


@pytest.fixture
def desk(db: None, outside: Outside, settings: Settings) -> dict[str, Any]:
    """A desk with something to do for everybody: slips lie in the spool folder, wait, and may be printed."""
    settings.ATTENTION = AttentionSettings(url=f"http://{NOWHERE}/attention", secret="s" * 32)
    settings.BROKER_EMBEDDED = False
    folder = Printer.objects.create(name="Folder", url="spool:", blocked=True, state="trouble", reasons="Full.")
    other = Printer.objects.create(name="Other", url=f"ipp://{NOWHERE}/printers/slips", takes_slips=False)
    lying, taken, waiting, unknown = (make_order() for _ in range(4))
    lying.steps.update(state="done", finished_at=timezone.now())
    for order, printer, state in ((taken, folder, "done"), (waiting, other, "claimed"), (unknown, other, "unknown")):
        PrintJob.objects.create(order=order, printer=printer, state=state)
    file = f"{lying.number}.r1.c1.pdf"
    PrintJob.objects.create(order=lying, printer=folder, state="accepted", job_id=file, accepted_at=timezone.now())
    (outside.folder / file).write_bytes(b"%PDF lying")
    old = outside.folder / TAKEN / f"{taken.number}.r1.c1.pdf"
    old.write_bytes(b"%PDF taken")
    os.utime(old, (time.time() - 400 * 86_400,) * 2)
    park(waiting, "printing")
    park(unknown, "sap")
    Destination.objects.create(name="mail", paused=True, paused_by="olga")
    Destination.objects.create(name="webhook", open_until=timezone.now() + timedelta(hours=1))
    DeadLetter.objects.create(queue="partner", reason="Broken.", body=b"x")
    telling.tell([(lying.pk, Event.Type.PROCESSED, "")])
    picks = PickList.objects.create(created_at=timezone.now(), created_by="wim")
    PickListEntry.objects.create(pick_list=picks, order=waiting, box=0)
    jobs = {"pick_list": picks, "printer": other, "created_at": timezone.now(), "requested_by": "wim"}
    ListJob.objects.create(copy=1, state="failed", **jobs)
    ListJob.objects.create(copy=2, state="accepted", job_id="7", **jobs)
    now = timezone.now()
    message = {"timestamp": now.isoformat(), "data": {}}
    Notice.objects.create(to="webhook", subject="x", message=message, created_at=now, due_at=now)
    outside.before = outside.look()
    return {"lying": lying, "waiting": waiting, "picklist": picks, "printer": folder, "boss": staff("")}


@pytest.fixture
def copied(desk: dict[str, Any], settings: Settings) -> dict[str, Any]:
    Instance.objects.create(name="production", marked_at=timezone.now(), marked_by="x")
    settings.INSTANCE = "staging"
    return desk


def press(desk: dict[str, Any], model: str, name: str, *, sure: bool = True) -> str:
    """Chooses all rows, and presses; and again with a yes."""
    app, _, kind = model.partition("/")
    found = next(one for one in admin.site._registry if (one._meta.app_label, one._meta.model_name) == (app, kind))
    data = {"action": name, "_selected_action": [row.pk for row in found._default_manager.all()]}
    boss = desk["boss"]
    asked = boss.post(f"/admin/{model}/", data, follow=True).text
    if not sure:
        return str(asked)
    return asked + boss.post(f"/admin/{model}/", data | {"confirmed": "yes", "reason": WHY}, follow=True).text


def says_now(page: Any) -> list[str]:
    text = b"" if page.streaming else page.content
    return [words for words in WORDS_OF_NOW if words.encode() in text.lower()]


def run(desk: dict[str, Any], name: str, *arguments: str) -> str:
    said = StringIO()
    given = [argument.format(lying=desk["lying"].number) for argument in arguments]
    try:
        call_command(name, *given, stdout=said, stderr=said)
    except (CommandError, SystemExit) as error:
        said.write(str(error))
    return said.getvalue()


def work(desk: dict[str, Any], name: str) -> None:
    """A round of a periodic task, or a step's task of an order whose step waits for a worker."""
    task = current_app.tasks[name]
    unknown = set(inspect.signature(task.run).parameters) - {"order_id"}
    assert not unknown, f"{name}: say here what it is given"
    given = [make_order(email="kari@shop.example").pk] if "order_id" in inspect.signature(task.run).parameters else []
    task.run(*given)


def tasks() -> list[str]:
    current_app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if name.startswith(OURS))


def commands() -> set[str]:
    return {name for name, app in get_commands().items() if str(app).startswith(OURS)}


@pytest.mark.parametrize(("model", "name"), ACTIONS)
def test_no_action_of_staffs_reaches_the_outside_nor_says_now(
    copied: dict[str, Any], outside: Outside, model: str, name: str
) -> None:
    assert [words for words in WORDS_OF_NOW if words in press(copied, model, name).lower()] == []
    assert outside.touched() == []


def test_no_address_of_staffs_reaches_the_outside(copied: dict[str, Any], outside: Outside) -> None:
    keys = {str(model._meta.model_name): model._default_manager.first() for model in admin.site._registry}
    found = {name: row.pk for name, row in keys.items() if row} | {
        "picklist": copied["picklist"].pk,
        "number": copied["waiting"].number,
        "printer": copied["printer"].pk,
    }
    boss, pressed = copied["boss"], 0
    for address in ADDRESSES:
        with suppress(KeyError):  # No row: a model whose rows nobody here has made.
            path = address.removeprefix("POST ").format(**found)
            data = {"confirmed": "yes", "reason": WHY, "printer": str(found["printer"])}
            assert says_now(boss.post(path, data, follow=True)) == [], path
            assert outside.touched() == [], path
            pressed += 1
    assert pressed > 60


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_command_reaches_the_outside(copied: dict[str, Any], outside: Outside, name: str) -> None:
    for arguments in COMMANDS[name]:
        run(copied, name, *arguments)
        assert outside.touched() == [], arguments


def test_every_command_is_tried_in_a_copy_or_known_not_to_be() -> None:
    assert commands() == COMMANDS.keys() | NOT_CALLED.keys()


@pytest.mark.parametrize("name", tasks())
def test_no_task_reaches_the_outside(copied: dict[str, Any], outside: Outside, name: str) -> None:
    work(copied, name)
    assert outside.touched() == []


def test_what_is_asked_for_in_a_copy_is_said_to_be_held(copied: dict[str, Any]) -> None:
    boss, waiting = copied["boss"], copied["waiting"]
    assert f"held: {COPY}" in press(copied, "printing/printjob", "reprint")
    assert f"Held until it goes on: 2, since {COPY}" in press(copied, "orders/step", "send_again", sure=False)
    assert "They are held. This database is marked as" in run(copied, "resend", "--yes", "--step", "printing")
    assert f"still held (0): {COPY}" in press(copied, "orders/destination", "close_breaker")
    printed = boss.post(f"/desk/picklists/{copied['picklist'].pk}/print", {}, follow=True)
    assert f"but held: {COPY}" in printed.text
    assert f"sap is held: {COPY}" in boss.get(f"/admin/orders/order/{waiting.pk}/change/").text
    assert "held: the database is not marked" in boss.get("/admin/orders/step/").text
    assert "Use Other" not in boss.get("/admin/").text
    assert "this button asks all the same" in boss.get("/admin/integrations/connection/").text


def test_what_is_refused_in_a_copy_says_why(copied: dict[str, Any]) -> None:
    for name, said in REFUSED_AT_PRINTERS.items():
        assert said in press(copied, "printing/printer", name), name
    assert "Not sent. This database is marked" in press(copied, "orders/deadletter", "send_again")
    assert REFUSED in run(copied, "events", *EVERYTHING, "--publish", "partner")
    assert REFUSED in run(copied, "attention", "test")
    job = PrintJob.objects.get(order=copied["lying"])
    assert (job.state, job.printer) == ("accepted", copied["printer"])
    assert Printer.objects.get(pk=copied["printer"].pk).stand_in is None


@pytest.mark.parametrize("way", IN_ITS_OWN, ids=" ".join)
def test_in_a_desks_own_database_they_do(desk: dict[str, Any], outside: Outside, way: tuple[str, ...]) -> None:
    does: dict[str, Callable[..., Any]] = {
        "action": lambda *of: press(desk, *of),
        "command": lambda *of: run(desk, *of),
    }
    does["task"] = lambda name: work(desk, name)
    does[way[0]](*way[1:])
    assert outside.touched() != []
