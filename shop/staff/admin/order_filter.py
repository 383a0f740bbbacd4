"""Narrows the list of orders: to those that somebody has to pack or ship, or of which some step is in a state."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from orders import lifecycle
from orders.models import Order, Step

State = Step.State


class ToDoFilter(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("pack", "to be packed"), ("ship", "to be shipped")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        chosen = {"pack": lifecycle.to_pack, "ship": lifecycle.to_ship}.get(self.value() or "")
        return chosen(queryset) if chosen else queryset


class StepStateFilter(admin.SimpleListFilter):
    title = "steps"
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        states = (State.PARKED, State.WAITING, State.QUEUED, State.RUNNING, State.CANCELLED)
        return [*((state.value, f"some {state.value}") for state in states), ("warning", "some with a warning")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        steps = Step.objects.filter(order=OuterRef("pk"))
        if self.value() == "warning":
            return queryset.filter(Exists(steps.exclude(warning="")))
        return queryset.filter(Exists(steps.filter(state=self.value()))) if self.value() else queryset
