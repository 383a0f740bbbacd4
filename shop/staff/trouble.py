"""What somebody must look into: parked steps, slips of which nobody knows whether they were printed, dead letters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from orders.models import DeadLetter, Step
from printing.models import PrintJob

MOST = 1000  # So many of a kind are counted; beyond that nobody needs the exact number.


@dataclass(frozen=True)
class Kind:
    """One kind of trouble: who may look at `rows` has `permission`; `query` narrows their list to just these."""

    title: str
    what_to_do: str
    model: type[Step | PrintJob | DeadLetter]
    permission: str
    query: str
    narrowed: dict[str, Any]

    @property
    def url(self) -> str:
        meta = self.model._meta
        return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{self.query}"

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(**self.narrowed).order_by()


KINDS = [
    Kind(
        "Parked steps",
        "The destination refused them. Mend what it names, then send them again.",
        Step,
        "orders.view_step",
        "state__exact=parked",
        {"state": Step.State.PARKED},
    ),
    Kind(
        "Slips nobody knows of",
        "They may be at the printer, or not. Go and look, then say which.",
        PrintJob,
        "printing.view_printjob",
        "state__exact=unknown",
        {"state": PrintJob.State.UNKNOWN},
    ),
    Kind(
        "Dead letters",
        "Messages that no worker could read. Send them again once it can, or delete them.",
        DeadLetter,
        "orders.view_deadletter",
        "again=no",
        {"sent_again_at__isnull": True},
    ),
]


def kinds(user: Any) -> Iterator[Kind]:
    return (kind for kind in KINDS if user.has_perm(kind.permission))


def trouble_page(request: HttpRequest, title: str) -> HttpResponse:
    shown = [(kind, kind.rows[:MOST].count()) for kind in kinds(request.user)]
    context = admin.site.each_context(request) | {"title": title, "kinds": shown}
    return TemplateResponse(request, "staff/trouble.html", context)
