import json
import logging

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.messaging import dead_letters
from orders.models import DeadLetter
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back
from shop.staff.admin.history import HistoryAdmin

log = logging.getLogger(__name__)

MOST_BYTES = 4096


def readable(body: bytes) -> str:
    """The body as text if it is text, else as a hex dump; the first MOST_BYTES of it."""
    shown = body[:MOST_BYTES]
    try:
        text = shown.decode()
    except UnicodeDecodeError:
        rows = (shown[start : start + 16].hex(" ") for start in range(0, len(shown), 16))
        text = "\n".join(rows)
    rest = len(body) - len(shown)
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
    readonly_fields = [
        "reason", "queue", "task", "arrived_at", "content_type", "content_encoding", "body_", "headers_",
        "sent_again_at", "sent_again_by",
    ]  # fmt: skip
    actions = ["send_again"]

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_deadletter")

    def fitting(self, row: DeadLetter) -> dict[str, bool]:
        return {"send_again": True}

    @admin.action(description="Send again…", permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> HttpResponse:
        if not confirmed(request):
            return ask(request, self, question(queryset))
        sent = 0
        for letter in queryset:
            try:
                dead_letters.send_again(letter, by=request.user.get_username())
                sent += 1
            except Exception as error:  # Whatever the broker says, staff must learn of it, and the others go on.
                log.warning("dead letter %s was not sent again: %s", letter.pk, type(error).__name__)
                self.message_user(
                    request, f"Not sent: {letter.reason} The broker did not take it: {error}", messages.ERROR
                )
        if sent:
            self.message_user(request, f"{counted(sent, 'message')} sent again.", messages.SUCCESS)
        return go_back(request)

    @admin.display(description="body")
    def body_(self, letter: DeadLetter) -> SafeString:
        return format_html('<pre class="desk-raw">{}</pre>', readable(bytes(letter.body)))

    @admin.display(description="headers")
    def headers_(self, letter: DeadLetter) -> SafeString:
        return format_html('<pre class="desk-raw">{}</pre>', json.dumps(letter.headers, indent=1, ensure_ascii=False))


def question(letters: QuerySet[DeadLetter]) -> Question:
    count = letters.count()
    return Question(
        title=f"Send {counted(count, 'message')} again?",
        sentence="Each goes unchanged to the queue it came from. If its cause is still there, it will come back.",
        yes=f"Yes, send {counted(count, 'message')} again",
        items=[(letter.queue or "unknown queue", letter.reason) for letter in letters[:MOST_ITEMS]],
        more=max(0, count - MOST_ITEMS),
    )
