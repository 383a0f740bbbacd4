"""Narrows the list of orders to those of which some step is in a state."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from orders.models import Order, Step

State = Step.State


class StepStateFilter(admin.SimpleListFilter):
    title = "steps"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = (State.PARKED, State.WAITING, State.QUEUED, State.RUNNING, State.CANCELLED)
        return [*((state.value, f"some {state.value}") for state in states), ("warning", "done with a warning")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        steps = Step.objects.filter(order=OuterRef("pk"))
        if self.value() == "warning":
            return queryset.filter(Exists(steps.exclude(warning="")))
        return queryset.filter(Exists(steps.filter(state=self.value()))) if self.value() else queryset
