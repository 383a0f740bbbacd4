"""Narrows the list of steps as the front page counts them: by destination, and by whether they move."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from orders.models import Step
from orders.step_names import names_of
from orders.steps import destinations

State = Step.State


class DestinationFilter(admin.SimpleListFilter):
    """Steps that go to a destination: those that undo others there among them."""

    title = "destination"
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in settings.ENABLED_STEPS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Step]) -> QuerySet[Step]:
        name = self.value()
        return queryset.filter(name__in=names_of(name)) if name else queryset


class FlowFilter(admin.SimpleListFilter):
    """Open steps: on the way, or held by their destination or waiting for their next try."""

    title = "open"
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "all open"), ("way", "on the way"), ("held", "held or waiting")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Step]) -> QuerySet[Step]:
        held = [name for destination in destinations.holding() for name in names_of(destination)]
        waiting = Q(state=State.WAITING) | Q(state=State.QUEUED, name__in=held)
        on_the_way = Q(state=State.RUNNING) | Q(state=State.QUEUED) & ~Q(name__in=held)
        chosen = {"open": waiting | on_the_way, "way": on_the_way, "held": waiting}.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)
