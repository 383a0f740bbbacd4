"""A printer, a print server and a broken line between, started by the tests that ask for them."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orders.models import Order, Step
from printing import jobs, polling
from printing.models import Printer as PrinterRow
from printing.models import PrintJob
from printing.tasks import print_slip
from shop.quickstart.processes import Folder
from tests.peers.cups.bus import Bus
from tests.peers.cups.printer import Printer
from tests.peers.cups.server import Cups
from tests.printing.conftest import new_order
from tests.servers import proxy


@pytest.fixture(scope="session")
def bus() -> Iterator[Bus]:
    with Folder("order-desk-bus-") as folder:
        bus = Bus(folder)
        bus.start()
        yield bus
        bus.process.kill()


@pytest.fixture
def folder() -> Iterator[Path]:
    """cupsd's helpers run as another user and must get in."""
    with Folder("order-desk-print-") as folder:
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def printer(folder: Path, bus: Bus) -> Iterator[Printer]:
    printer = Printer(folder / "printer", bus)
    printer.start()
    yield printer
    printer.kill()


@pytest.fixture
def cups(folder: Path, bus: Bus, printer: Printer) -> Iterator[Cups]:
    cups = Cups(folder / "cups", bus, printer.url)
    cups.start()
    cups.make_queue()
    yield cups
    cups.end()


@pytest.fixture
def broken(cups: Cups) -> Iterator[proxy.Proxy]:
    with proxy.to(cups.port) as broken:
        yield broken


class Desk:
    """The order desk with one printer: prints orders as the worker would, and looks at the printer when told."""

    def __init__(self, url: str, **fields: Any) -> None:
        self.printer = PrinterRow.objects.create(name="Slips", url=url, **fields)
        self.orders = 0

    def order(self) -> Order:
        self.orders += 1
        return new_order(f"TEST-0000-{self.orders:04d}")

    def print(self, order: Order) -> Step:
        """One delivery of the step, due or not."""
        Step.objects.filter(order=order, state="waiting").update(state="queued")
        print_slip(order.pk)
        return self.step(order)

    def step(self, order: Order) -> Step:
        return Step.objects.get(order=order, name="printing")

    def job(self, order: Order, copy: int = 1) -> PrintJob:
        return PrintJob.objects.get(order=order, copy=copy)

    def look(self) -> PrinterRow:
        polling.poll(self.printer)
        self.printer.refresh_from_db()
        return self.printer

    def look_until(self, true: Callable[[], bool], patience: float = 30) -> None:
        """Polls until it is so; fails if it never is."""
        wait_until(lambda: bool(self.look()) and true(), patience)


MakeDesk = Callable[..., Desk]


def wait_until(true: Callable[[], bool], patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.2)


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> MakeDesk:
    """`desk(url)`: the printer to print at."""
    monkeypatch.setattr(jobs, "LOOK_AGAIN", 0.5)
    return Desk
