import json
import logging
from typing import Any

from django.contrib import admin, messages
from django.db.models import BinaryField, IntegerField, Model, QuerySet
from django.db.models.functions import Length, Substr
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.messaging import dead_letters
from orders.models import DeadLetter
from orders.steps import why_held
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back
from shop.staff.admin.history import HistoryAdmin

log = logging.getLogger(__name__)

MOST_BYTES = 4096
MOST_CHARACTERS = 16_384  # of the headers


def readable(shown: bytes, size: int) -> str:
    """The beginning of a body of `size` bytes, as text if it is text, else as a hex dump."""
    try:
        text = shown.decode()
    except UnicodeDecodeError:
        rows = (shown[start : start + 16].hex(" ") for start in range(0, len(shown), 16))
        text = "\n".join(rows)
    rest = size - len(shown)
    return text + (f"\n… and {rest} bytes more" if rest else "")


class SentAgainFilter(admin.SimpleListFilter):
    title = "sent again"
    parameter_name = "again"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("no", "Not yet"), ("yes", "Sent again")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
        wanted = {"no": True, "yes": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(sent_again_at__isnull=wanted)


@admin.register(DeadLetter)
class DeadLetterAdmin(HistoryAdmin):
    list_display = ["arrived_at", "queue", "task", "reason", "sent_again_at", "sent_again_by"]
    list_filter = [SentAgainFilter, "queue", "arrived_at"]
    search_fields = ["task", "reason"]
    search_help_text = "Part of the task’s name or of the reason"
    readonly_fields = [
        "reason", "queue", "task", "arrived_at", "content_type", "content_encoding", "not_kept", "problem_",
        "body_", "headers_", "properties_", "sent_again_at", "sent_again_by",
    ]  # fmt: skip
    actions = ["send_again", "delete"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        """Without what may be large: a list of bodies would not fit into memory."""
        return super().get_queryset(request).defer("body", "headers")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("orders.delete_deadletter")

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_deadletter")

    def fitting(self, row: DeadLetter) -> dict[str, bool]:
        return {"send_again": not row.not_kept, "delete": True}

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> HttpResponse:
        if held := why_held():  # Its broker, and who waits for an answer there, may be another desk's.
            self.message_user(request, f"Not sent. {held}", messages.ERROR)
            return go_back(request)
        whole = queryset.filter(not_kept="")
        if whole.exists() and not confirmed(request):
            return ask(request, self, question(whole))
        sent = 0
        for letter in queryset.iterator():  # One body at a time.
            try:
                dead_letters.send_again(letter, by=request.user.get_username())
                sent += 1
            except dead_letters.NotWhole as error:
                self.message_user(request, f"Not sent: {letter.reason} {error}", messages.ERROR)
            except Exception as error:  # Whatever the broker says, staff must learn of it, and the others go on.
                log.warning("dead letter %s was not sent again: %s", letter.pk, type(error).__name__)
                self.message_user(
                    request, f"Not sent: {letter.reason} The broker did not take it: {error}", messages.ERROR
                )
        if sent:
            self.message_user(request, f"{counted(sent, 'message')} sent again.", messages.SUCCESS)
        return go_back(request)

    @admin.action(description="Delete…", permissions=["delete"])
    def delete(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> HttpResponse:
        if not confirmed(request):
            return ask(request, self, deletion(queryset))
        deleted = dead_letters.delete(queryset, by=request.user.get_username())
        self.message_user(request, f"{counted(deleted, 'message')} deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:orders_deadletter_changelist"))

    @admin.display(description="body")
    def body_(self, letter: DeadLetter) -> SafeString:
        excerpt = Substr("body", 1, MOST_BYTES, output_field=BinaryField())
        kept = Length("body", output_field=IntegerField())
        shown, size = DeadLetter.objects.values_list(excerpt, kept).get(pk=letter.pk)
        text = readable(bytes(shown), max(size, letter.body_size))
        return format_html('<pre class="desk-raw">{}</pre>', text)

    @admin.display(description="headers")
    def headers_(self, letter: DeadLetter) -> SafeString:
        return as_json(letter.headers)

    @admin.display(description="properties")
    def properties_(self, letter: DeadLetter) -> SafeString:
        return as_json(letter.properties) if letter.properties else SafeString("–")

    @admin.display(description="problem details")
    def problem_(self, letter: DeadLetter) -> SafeString:
        return as_json(letter.problem) if letter.problem else SafeString("–")


def as_json(value: Any) -> SafeString:
    """Over several lines, cut after MOST_CHARACTERS."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    more = "\n…" if len(text) > MOST_CHARACTERS else ""
    return format_html('<pre class="desk-raw">{}{}</pre>', text[:MOST_CHARACTERS], more)


def question(letters: QuerySet[DeadLetter]) -> Question:
    messages = counted(letters.count(), "message")
    sentence = "Each goes unchanged to the queue it came from. If its cause is still there, it will come back."
    return _asked(letters, f"Send {messages} again?", sentence, f"Yes, send {messages} again")


def deletion(letters: QuerySet[DeadLetter]) -> Question:
    messages = counted(letters.count(), "message")
    sentence = "Nothing is left of them. An order's steps don't need them: the desk publishes those from its rows."
    return _asked(letters, f"Delete {messages}?", sentence, f"Yes, delete {messages}")


def _asked(letters: QuerySet[DeadLetter], title: str, sentence: str, yes: str) -> Question:
    return Question(
        title=title,
        sentence=sentence,
        yes=yes,
        items=[(letter.queue or "unknown queue", letter.reason) for letter in letters[:MOST_ITEMS]],
        more=max(0, letters.count() - MOST_ITEMS),
    )
