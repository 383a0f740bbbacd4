from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from orders.models import Deed
from orders.steps import StepError
from orders.steps.backlog import age
from printing import polling
from printing.care import paper_checked, take_new_folder
from printing.documents import test_page
from printing.models import Printer, PrintJob
from printing.standing_in import waiting
from shop.staff.admin.badges import badge
from shop.staff.admin.buttons import Button
from shop.staff.admin.confirmation import counted, go_back
from shop.staff.admin.remembered import RememberedAdmin
from shop.staff.admin.selection import SettledSelection
from shop.staff.admin.standing_in import use_instead
from shop.staff.needs.printers import trouble

State = PrintJob.State
OPEN = [State.SENDING, State.ACCEPTED, State.UNKNOWN]


class PrinterForm(ModelForm):
    """A printer's address stays as long as jobs are open there: they would be looked up at another printer."""

    class Meta:
        model = Printer
        fields = ["name", "url", "station", "paper", "active", "takes_slips", "fallback", "keeps_history"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if self.instance.pk and "url" in self.changed_data and self.instance.jobs.filter(state__in=OPEN).exists():
            raise ValidationError("Jobs are still open at the old address: add another printer, or settle them first.")
        return url


@admin.register(Printer)
class PrinterAdmin(RememberedAdmin, SettledSelection):
    """Each printer with how it was when last asked; asking goes on by itself."""

    form = PrinterForm
    list_display = ["name", "station", "paper", "condition", "told", "oldest_job", "asked"]
    readonly_fields = ["condition", "told", "oldest_job", "asked"]
    list_select_related = ["fallback", "stand_in"]
    actions = ["print_test_page", "ask_now", "paper_checked", "use_instead", "take_folder"]

    def has_delete_permission(self, request: HttpRequest, obj: Printer | None = None) -> bool:
        used = obj and (obj.jobs.exists() or obj.list_jobs.exists())
        return super().has_delete_permission(request, obj) and not used

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("obj"):
            context["buttons"] = [
                Button(name, action[2], kwargs["obj"])
                for name, action in self.get_actions(request).items()
                if self.fits(name, kwargs["obj"])
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def fits(self, action: str, printer: Printer) -> bool:
        """Does the action make sense for it now?"""
        if action == "use_instead":  # It alone asks the database.
            return bool(trouble(printer)) and bool(waiting(printer))
        return {"paper_checked": printer.check_paper, "take_folder": printer.is_folder}.get(action, True)

    def get_readonly_fields(self, request: HttpRequest, obj: Printer | None = None) -> list[str]:
        """Who may add printers says where they are: slips, names and all, go there, and the desk connects to it."""
        return [*self.readonly_fields, *([] if self.has_add_permission(request) else ["url"])]

    # --- What can be done ---
    @admin.action(description="Print a test page", permissions=["change"])
    def print_test_page(self, request: HttpRequest, queryset: QuerySet[Printer]) -> HttpResponse:
        for printer in queryset:
            try:
                job = test_page.send(printer)
            except StepError as error:
                self.message_user(request, f"{printer}: {error.reason}", messages.ERROR)
            else:
                Deed.remember(Deed.What.TEST_PAGE, [printer], by=request.user.get_username(), detail=f"as {job}")
                self.message_user(request, f"{printer} took the test page as {job}.", messages.SUCCESS)
        return go_back(request)

    @admin.action(description="Ask how it is, now", permissions=["view"])
    def ask_now(self, request: HttpRequest, queryset: QuerySet[Printer]) -> HttpResponse:
        for printer in queryset:
            try:
                polling.poll(printer)
            except StepError as error:
                self.message_user(request, f"{printer} was not asked. {error.reason}", messages.ERROR)
                continue
            level = messages.WARNING if printer.blocked else messages.SUCCESS
            self.message_user(request, f"{printer}: {printer.state}. {printer.reasons}", level)
        return go_back(request)

    @admin.action(description="Paper was checked", permissions=["change"])
    def paper_checked(self, request: HttpRequest, queryset: QuerySet[Printer]) -> HttpResponse:
        checked = paper_checked(queryset, by=request.user.get_username())
        left = PrintJob.objects.filter(printer__in=queryset, state=State.UNKNOWN).count()
        noted = f"Noted for {counted(checked, 'printer')}." if checked else "None of them asked for it."
        self.message_user(request, noted + (f" Print jobs that still want an answer: {left}." if left else ""))
        return go_back(request)

    @admin.action(description="Send its slips to another printer…", permissions=["change"])
    def use_instead(self, request: HttpRequest, queryset: QuerySet[Printer]) -> HttpResponse:
        return use_instead(self, request, queryset)

    @admin.action(description="Take the spool folder that is there now", permissions=["change"])
    def take_folder(self, request: HttpRequest, queryset: QuerySet[Printer]) -> HttpResponse:
        for printer in queryset:
            if not printer.is_folder:
                self.message_user(request, f"{printer} has no spool folder.", messages.WARNING)
                continue
            try:
                take_new_folder(printer, by=request.user.get_username())
            except StepError as error:
                self.message_user(request, f"{printer}: {error.reason}", messages.ERROR)
            else:
                self.message_user(request, f"{printer}: its slips go to the folder that is there now.")
        return go_back(request)

    # --- What is shown ---
    @admin.display(description="condition")
    def condition(self, printer: Printer) -> SafeString:
        if not printer.active:
            return badge("cancelled", "switched off here")
        if printer.check_paper:
            return badge("parked", "check paper")
        if printer.blocked:
            return badge("parked", printer.state if printer.state in ("stopped", "offline", "trouble") else "blocked")
        return badge("waiting" if printer.waiting_since and not printer.is_folder else "done", printer.state)

    @admin.display(description="what it tells")
    def told(self, printer: Printer) -> SafeString | str:
        standing_in = f"{printer.stand_in} takes its slips until it is well." if printer.stand_in else ""
        sentences = [*printer.reasons.splitlines(), *filter(None, [printer.waiting_since, standing_in])]
        return format_html_join(SafeString("<br>"), "{}", ((sentence,) for sentence in sentences)) or "-"

    @admin.display(description="oldest unfinished job")
    def oldest_job(self, printer: Printer) -> str:
        return age(printer.oldest_job_at) or "-"

    @admin.display(description="asked")
    def asked(self, printer: Printer) -> str:
        since = age(printer.polled_at)
        return f"{since} ago" if since else "never"
