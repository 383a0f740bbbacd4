"""An order's slips and pick lists as files: in the spool folder, and where the program behind it has put them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db.models import F, Q

from orders.models import Order, PickList
from orders.steps import StepError
from printing import list_jobs
from printing.models import ListJob, Printer, PrintJob
from printing.printers import folder, places

State = PrintJob.State


@dataclass
class Erased:
    """How many files are gone, and what is still there: a sentence each."""

    slips: int = 0
    lists: int = 0
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.slips} slips" + (f", {self.lists} pick lists" if self.lists else "")


def lists(order: Order) -> list[PickList]:
    """All that it ever was on: an ended one's file may still be there."""
    return list(PickList.objects.filter(entries__order=order).order_by("pk"))


def names(order: Order) -> list[str]:
    """Of the files that there are, for whoever asks."""
    found: list[str] = []
    with suppress(OSError):
        for place in places.every(settings.SPOOL_DIR):
            with suppress(OSError):
                found += [file.name for file in _files(place, _starts(order))]
    return found


def erase(order: Order) -> Erased:
    """Deletes them. A pick list that waits for its printer is taken back and drawn anew: others may be on it, too.

    In the transaction that erases the order, before its commit: a worker that draws one then finds an erased order.
    """
    erased = Erased(left=list(_out_of_reach(order)))
    busy = _draw_anew(order, erased)
    try:
        for place in places.every(settings.SPOOL_DIR):
            _erase_in(place, order, busy, erased)
    except FileNotFoundError:
        pass  # Where anything was given to it, `_out_of_reach` has said so.
    except OSError as error:
        erased.left.append(f"The spool folder {settings.SPOOL_DIR} can't be read: {error.strerror}.")
    return erased


def _draw_anew(order: Order, erased: Erased) -> list[str]:
    """Of what is not printed yet; returns how the files begin that somebody writes at this moment."""
    jobs = ListJob.objects.filter(pick_list__in=lists(order))
    jobs.filter(state=State.CLAIMED).update(tries=F("tries") + 1)  # Who has drawn one already may not send it.
    for job in jobs.filter(state=State.ACCEPTED).select_related("printer", "pick_list"):
        try:
            list_jobs.draw_anew(job)
        except StepError as error:
            erased.left.append(f"Pick list {job}, which waits for its printer: {error.reason}")
    sending = [job.name for job in jobs.filter(state=State.SENDING).select_related("pick_list")]
    erased.left += [f"Pick list {name} is being sent to its printer just now: repeat this later." for name in sending]
    return [folder.file_name(name) for name in sending]


def _erase_in(place: Path, order: Order, busy: list[str], erased: Erased) -> None:
    try:
        found = [file for file in _files(place, _starts(order)) if not file.name.startswith(tuple(busy))]
    except OSError as error:
        erased.left.append(f"The folder {place} can't be read: {error.strerror}.")
        return
    for file in found:
        try:
            file.unlink(missing_ok=True)
            if place == settings.SPOOL_DIR or place.name in places.REFUSED:  # Nobody may take it for printed.
                (settings.SPOOL_DIR / folder.receipt(file.name)).unlink(missing_ok=True)
        except OSError as error:
            erased.left.append(f"The file {file} can't be deleted: {error.strerror}.")
            continue
        is_slip = file.name.startswith(order.number)
        erased.slips, erased.lists = erased.slips + is_slip, erased.lists + (not is_slip)


def _starts(order: Order) -> tuple[str, ...]:
    return tuple(f"{number}.r" for number in (order.number, *(this.number for this in lists(order))))


def _files(place: Path, starts: tuple[str, ...]) -> Iterator[Path]:
    """Also halves of files that a worker left which was killed. Raises OSError."""
    for file in sorted(place.iterdir()):
        if file.name.startswith(starts) and file.suffix != ".given":
            yield file


def _out_of_reach(order: Order) -> Iterator[str]:
    """The folder that got its files is not there now (a share that is not mounted), or is another one."""
    given = Q(jobs__order=order) | Q(list_jobs__pick_list__in=lists(order))
    for printer in Printer.objects.filter(given, url__startswith="spool:").distinct():
        try:
            with folder.opened(printer.folder_id):
                pass
        except StepError as error:
            yield f"Files of slips and pick lists: {error.reason}"
