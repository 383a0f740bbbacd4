from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from orders.models import Order
from printing import STEP, reprints
from printing.models import PrintJob
from shop.staff import held
from shop.staff.admin.badges import badge
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, go_back
from shop.staff.admin.history import HistoryAdmin

State = PrintJob.State
COLOURS = {
    State.CLAIMED: "queued",
    State.SENDING: "running",
    State.ACCEPTED: "running",
    State.DONE: "done",
    State.FAILED: "parked",
    State.UNKNOWN: "parked",
}
PRINTED = (State.ACCEPTED, State.DONE, State.FAILED)


@admin.register(PrintJob)
class PrintJobAdmin(HistoryAdmin):
    """What was given to which printer. Unknown ones ask: is it there?"""

    list_display = ["name", "state_", "printer", "job_id", "reason", "requested_by", "created_at", "finished_at"]
    list_filter = ["state", "printer", "created_at"]
    list_select_related = ["order", "printer"]
    search_fields = ["order__number"]
    number_field = "order__number"
    search_help_text = "Order number, as typed from a slip"
    readonly_fields = [
        "order", "revision", "copy", "printer", "state_", "job_id", "reason", "requested_by", "answered_by",
        "created_at", "sent_at", "accepted_at", "finished_at",
    ]  # fmt: skip
    actions = ["it_is_there", "it_is_not_there", "reprint"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "order__in" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_print_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("printing.change_printjob")

    def fitting(self, row: PrintJob) -> dict[str, bool]:
        unknown = row.state == State.UNKNOWN
        return {"it_is_there": unknown, "it_is_not_there": unknown, "reprint": row.state in PRINTED}

    @admin.action(description="Yes, it is there", permissions=["print"])
    def it_is_there(self, request: HttpRequest, queryset: QuerySet[PrintJob]) -> HttpResponse:
        return self._answer(request, queryset, there=True)

    @admin.action(description="No, it is not there: print it again…", permissions=["print"])
    def it_is_not_there(self, request: HttpRequest, queryset: QuerySet[PrintJob]) -> HttpResponse:
        chosen = queryset.filter(state=State.UNKNOWN).exclude(order__status=Order.Status.CANCELLED)
        if chosen.exists() and not confirmed(request):
            return ask(request, self, question("Print what is not there again?", chosen))
        return self._answer(request, queryset, there=False)

    @admin.action(description="Reprint…", permissions=["print"])
    def reprint(self, request: HttpRequest, queryset: QuerySet[PrintJob]) -> HttpResponse:
        chosen = queryset.filter(state__in=PRINTED).exclude(order__status=Order.Status.CANCELLED)
        if chosen.exists() and not confirmed(request):
            return ask(request, self, question("Print these slips again?", chosen))
        for job in queryset:
            self._try(request, job, lambda job: reprints.reprint(job, requested_by=request.user.get_username()))
        return go_back(request)

    def _answer(self, request: HttpRequest, queryset: QuerySet[PrintJob], *, there: bool) -> HttpResponse:
        by = request.user.get_username()
        for job in queryset:
            self._try(request, job, lambda job: reprints.answer(job, there=there, answered_by=by))
        return go_back(request)

    def _try(self, request: HttpRequest, job: PrintJob, act: Any) -> None:
        try:
            after = act(job)
        except ValueError as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            self.message_user(request, *fate(after))

    @admin.display(description="name")
    def name(self, job: PrintJob) -> str:
        return job.name

    @admin.display(description="state")
    def state_(self, job: PrintJob) -> SafeString:
        return badge(COLOURS[State(job.state)], job.get_state_display())


def fate(job: PrintJob) -> tuple[str, int]:
    """What becomes of a job now, and the level of that message: it is printed, it will be, or why not yet."""
    if job.state == State.FAILED:
        return f"{job}: noted. It is not printed again, since its order is cancelled.", messages.WARNING
    if job.state != State.CLAIMED:
        return f"{job}: {job.get_state_display()}.", messages.SUCCESS
    if why := held.why_all().get(STEP):
        return f"{job}: to be sent, but held: {why}.", messages.WARNING
    if job.printer.blocked:
        why = " ".join(job.printer.reasons.splitlines())
        return f"{job}: to be sent, but {job.printer} takes nothing now. {why}", messages.WARNING
    return f"{job}: to be sent.", messages.SUCCESS


def question(title: str, queryset: QuerySet[PrintJob]) -> Question:
    count = queryset.count()
    said = "a new copy" if count == 1 else f"{count} new copies"
    return Question(
        title=title,
        sentence=f"This prints {said}, marked REPRINT so that nobody picks an order twice:",
        yes=f"Yes, print {said}",
        items=[(job.name, f"{job.get_state_display()} at {job.printer}") for job in queryset[:MOST_ITEMS]],
        more=max(0, count - MOST_ITEMS),
    )
