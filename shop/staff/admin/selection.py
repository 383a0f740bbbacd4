"""The rows of a list that staff have chosen: which they are is settled before an action changes any of them.

Django gives an action a query. Where the list is filtered by what the action changes, the same query finds other rows
afterwards: "select all" of a list that is filtered by status would be packed, and then counted as none.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import cached_property

from shop.staff.admin.ages import ToldInAges
from shop.staff.admin.look_ups import CheckedLookUps

MOST_ROWS = 10_000
ASKED_ABOUT = "asked_about"


class BoundedPaginator(Paginator):
    """Counts MOST_ROWS at most: counting a million orders would take longer than showing fifty."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list[:MOST_ROWS]
        return rows.count() if isinstance(rows, QuerySet) else len(rows)


class SettledSelection(ToldInAges, CheckedLookUps):
    """Its actions get rows by their ids. "Select all" means as many as the list counts: MOST_ROWS at most."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        return {name: (settled(action), name, label) for name, (action, name, label) in actions.items()}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """An action that this user may not start (any more) is refused; Django says that none was selected.

        Ids that no row can have are left out, as those of rows that are gone are: databases refuse to look them up.
        """
        wanted = request.POST.get("action")
        if wanted and wanted not in self.get_actions(request):
            raise PermissionDenied
        if wanted:
            request.POST = sane(self.model, request.POST)  # type: ignore[assignment]
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer


def sane(model: type[Model], form: QueryDict) -> QueryDict:
    """The form without ids that no row of the model can have."""
    form = form.copy()  # The one that came can't be changed.
    form.setlist(ACTION_CHECKBOX_NAME, list(possible(model, form.getlist(ACTION_CHECKBOX_NAME))))
    if asked_about := form.get(ASKED_ABOUT):
        form[ASKED_ABOUT] = ",".join(possible(model, asked_about.split(",")))
    return form


def possible(model: type[Model], ids: Iterable[str]) -> Iterator[str]:
    key: Any = model._meta.pk
    for text in ids:
        try:
            key.run_validators(key.to_python(text))
        except (ValidationError, ValueError):  # Python's own, for thousands of digits
            continue
        if "\0" not in text:
            yield text


def settled(action: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(action)
    def act(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: QuerySet[Any]) -> Any:
        return action(model_admin, request, model_admin.get_queryset(request).filter(pk__in=settle(request, chosen)))

    return act


def settle(request: HttpRequest, chosen: QuerySet[Any]) -> list[Any]:
    """The ids of the rows that are meant: after a question those it was asked about, whatever came in meanwhile.

    They stand in the form, which the question's page repeats.
    """
    if asked_about := request.POST.get(ASKED_ABOUT):
        return asked_about.split(",")
    ids = list(chosen.values_list("pk", flat=True)[:MOST_ROWS])
    form = request.POST.copy()  # The one that came can't be changed.
    form[ASKED_ABOUT] = ",".join(map(str, ids))
    request.POST = form  # type: ignore[assignment]
    return ids
