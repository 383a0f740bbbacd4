from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from orders.models import Step
from orders.steps import destinations
from shop.staff.admin.badges import known, next_try, step_badge


class StepColumns:
    """What is shown of a step, in the list of steps and on its order's page."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        steps: QuerySet[Step] = super().get_queryset(request)  # type: ignore[misc]
        return destinations.with_hold(steps)

    @admin.display(description="state")
    def state_badge(self, step: Step) -> SafeString:
        return step_badge(step)

    @admin.display(description="what is known")
    def what(self, step: Step) -> str:
        return known(step)

    @admin.display(description="next try")
    def next_try(self, step: Step) -> str:
        return next_try(step)
