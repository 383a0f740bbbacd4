from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from orders import api_keys
from orders.models import ApiKey
from orders.models.api_key import Scope, client_fault
from orders.request import tidy
from shop.staff.admin.badges import badge
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back
from shop.staff.admin.history import HistoryAdmin
from shop.staff.admin.remembered import RememberedAdmin
from shop.staff.once import deed

MADE = "The key was made; its text was shown once. If you have not got it, revoke that key and make another."
MADE_MORE = "The keys were made; their texts were shown once. If you have not got them, revoke those and make others."


class NewKeyForm(forms.ModelForm):
    """Whose it is, what it may do, and how long."""

    scopes = forms.MultipleChoiceField(choices=Scope.choices, widget=forms.CheckboxSelectMultiple, label="It may")

    class Meta:
        model = ApiKey
        fields = ["client", "scopes", "expires_at"]

    def clean_client(self) -> str:
        name = tidy(self.cleaned_data["client"])
        if fault := client_fault(name):
            raise forms.ValidationError(fault)
        return name

    def clean_scopes(self) -> str:
        return " ".join(self.cleaned_data["scopes"])

    def clean_expires_at(self) -> datetime | None:
        end: datetime | None = self.cleaned_data["expires_at"]
        if end and end < timezone.now():
            raise forms.ValidationError("This time is over.")
        return end


@admin.register(ApiKey)
class ApiKeyAdmin(HistoryAdmin):
    """A key is shown once, on the page that answers the form: no redirect, so nothing has to keep it meanwhile."""

    list_display = ["client", "key", "condition", "scopes", "created_at", "expires_at", "last_used_at"]
    readonly_fields = ["client", "key", "condition", "scopes", "created_at", "expires_at", "last_used_at"]
    search_fields = ["client", "=prefix"]
    search_help_text = "Client, or what stands between the two _ of a key"
    actions = ["replace", "revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.add_apikey")

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_apikey")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields if obj else NewKeyForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.readonly_fields if obj else []

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **options if obj else {"form": NewKeyForm, **options})

    def fitting(self, row: ApiKey) -> dict[str, bool]:
        return {"replace": row.revoked_at is None, "revoke": row.revoked_at is None}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("obj"):
            return super().render_change_form(request, context, *args, **kwargs)
        return RememberedAdmin.render_change_form(self, request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        made = form.cleaned_data
        scopes = [Scope(scope) for scope in made["scopes"].split()]
        by = request.user.get_username()
        key, obj.text = api_keys.make(made["client"], scopes, by=by, expires_at=made["expires_at"])
        obj.pk, obj.prefix = key.pk, key.prefix

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._show_once(request, [(obj, obj.text)])

    @admin.action(description="Replace: make another, this one ends in a week", permissions=["end"])
    def replace(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse:
        usable = queryset.filter(revoked_at=None)
        made = [api_keys.rotate(key, by=request.user.get_username()) for key in usable]
        return self._show_once(request, made) if made else go_back(request)

    @admin.action(description="Revoke…", permissions=["end"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse:
        if not confirmed(request):
            return ask(request, self, question(queryset))
        done = api_keys.revoke(queryset, by=request.user.get_username())
        self.message_user(request, f"{counted(done, 'key')} revoked.", messages.SUCCESS)
        return go_back(request)

    def _show_once(self, request: HttpRequest, made: list[tuple[ApiKey, str]]) -> HttpResponse:
        """No browser keeps the page: those of the admin are `no-store`."""
        title = "The new key" if len(made) == 1 else "The new keys"
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "made": made}
        answer = TemplateResponse(request, "staff/new_keys.html", context)
        answer.deed = deed(reverse("admin:orders_apikey_changelist"), MADE if len(made) == 1 else MADE_MORE)  # type: ignore[attr-defined]
        return answer

    @admin.display(description="key")
    def key(self, key: ApiKey) -> str:
        return f"desk_{key.prefix}_…"

    @admin.display(description="condition")
    def condition(self, key: ApiKey) -> SafeString:
        if key.revoked_at:
            return badge("cancelled", "revoked")
        over = key.expires_at is not None and key.expires_at < timezone.now()
        return badge("cancelled", "over") if over else badge("done", "works")


def question(keys: QuerySet[ApiKey]) -> Question:
    number = counted(keys.count(), "key")
    return Question(
        f"Revoke {number}?",
        "Who uses it is refused from now on, and nothing brings it back.",
        f"Yes, revoke {number}",
        [(key.client, f"desk_{key.prefix}_…") for key in keys[:MOST_ITEMS]],
        max(0, keys.count() - MOST_ITEMS),
    )
