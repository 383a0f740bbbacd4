"""Sends a printer's slips to another one, and says beforehand which of them might come out twice."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.steps import StepError, why_held
from printing import STEP
from printing.models import Printer, PrintJob
from printing.standing_in import Moved, stand_in_for, waiting
from printing.standing_in import use_instead as move
from shop.staff import held
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back

State = PrintJob.State
NOBODY = "no other printer with the same paper is well. Give it a fallback, or put paper in."


def use_instead(model_admin: Any, request: HttpRequest, chosen: QuerySet[Printer]) -> HttpResponse:
    """At once what certainly was not printed; if something lies at one of the printers, after a question.

    In a copy of another desk's database nobody is asked anything: it is refused.
    """
    if held_as_copy := why_held():
        model_admin.message_user(request, f"Nothing was moved. {held_as_copy}", messages.ERROR)
        return go_back(request)
    pairs = [(printer, named(request, printer)) for printer in chosen]
    able = [(printer, other) for printer, other in pairs if other]
    lying = [(printer, other, jobs) for printer, other in able if lies(jobs := waiting(printer))]
    if lying and not confirmed(request):
        return ask(request, model_admin, question(lying))
    for printer, missing in pairs:
        if missing is None:
            model_admin.message_user(request, f"{printer}: {NOBODY}", messages.WARNING)
    for printer, other in able:
        act(model_admin, request, printer, other)
    return go_back(request)


def lies(jobs: list[PrintJob]) -> int:
    """How many of them the printer has."""
    return sum(job.state == State.ACCEPTED for job in jobs)


def named(request: HttpRequest, printer: Printer) -> Printer | None:
    """The printer that the button named, whatever has become of it; else the one that it would name now."""
    given = request.POST.get("instead", "")
    if given.isascii() and given.isdecimal() and len(given) < 19:
        return Printer.objects.filter(pk=int(given)).first()
    return stand_in_for(printer, Printer.objects.all())


def act(model_admin: Any, request: HttpRequest, printer: Printer, other: Printer) -> None:
    try:
        told = move(printer, other, by=request.user.get_username())
    except ValueError as error:
        model_admin.message_user(request, str(error), messages.WARNING)
        return
    except StepError as error:  # It became a copy a moment ago.
        model_admin.message_user(request, error.reason, messages.ERROR)
        return
    for level, text in sentences(printer, other, told):
        model_admin.message_user(request, text, level)


def sentences(printer: Printer, other: Printer, told: Moved) -> list[tuple[int, str]]:
    said = [(messages.SUCCESS, f"{counted(told.moved, 'slip')} sent to {other}.{copies(told)}{later(printer, other)}")]
    if told.stayed:
        why = told.why or "It has printed them meanwhile, or there were too many at once: look at its list."
        said.append((messages.WARNING, f"{counted(told.stayed, 'slip')} stayed at {printer}. {why}"))
    if held_by := held.why_all().get(STEP):
        said.append((messages.WARNING, f"They are held: {held_by}."))
    return said


def copies(told: Moved) -> str:
    if not told.copies:
        return ""
    return f" {told.copies} of them marked REPRINT: the first may lie there, printed in part."


def later(printer: Printer, other: Printer) -> str:
    return f" What comes goes there too, until {printer} is well." if printer.blocked or not printer.active else ""


def question(lying: list[tuple[Printer, Printer, list[PrintJob]]]) -> Question:
    """About all printers at which something lies."""
    ways = [f"{printer} to {other}" for printer, other, _ in lying]
    jobs = [job for _, _, some in lying for job in some]
    return Question(
        title=f"Send the slips of {', and of '.join(ways)}?",
        sentence=" ".join(beforehand(*one) for one in lying),
        yes=f"Yes, use {' and '.join(dict.fromkeys(str(other) for _, other, _ in lying))}",
        items=[(job.name, said(job)) for job in jobs[:MOST_ITEMS]],
        more=max(0, len(jobs) - MOST_ITEMS),
    )


def beforehand(printer: Printer, other: Printer, jobs: list[PrintJob]) -> str:
    at_it = lies(jobs)
    back = (
        f"{counted(at_it, 'slip')} of {len(jobs)} {'lies' if at_it == 1 else 'lie'} at {printer} and "
        f"{'is' if at_it == 1 else 'are'} asked back first. If it had begun one, {other} prints a second copy of that, "
        f"marked REPRINT: then look for the first, and throw it away."
    )
    unknown = PrintJob.objects.filter(printer=printer, state=State.UNKNOWN).count()
    asked = f" Not moved: {counted(unknown, 'slip')} of which nobody knows whether it was printed." if unknown else ""
    return f"{back}{later(printer, other)}{asked}"


def said(job: PrintJob) -> str:
    return "at the printer" if job.state == State.ACCEPTED else "certainly not printed"
