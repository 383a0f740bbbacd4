from django.contrib import admin
from django.utils.safestring import SafeString

from orders.models import Step
from shop.staff.admin.badges import badge, known, next_try


class StepColumns:
    """What is shown of a step, in the list of steps and on its order's page."""

    @admin.display(description="state")
    def state_badge(self, step: Step) -> SafeString:
        return badge(step.state)

    @admin.display(description="what is known")
    def what(self, step: Step) -> str:
        return known(step)

    @admin.display(description="next try")
    def next_try(self, step: Step) -> str:
        return next_try(step)
