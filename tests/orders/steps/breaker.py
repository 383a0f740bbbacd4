"""SAP's circuit breaker in tests: effects that fail or succeed, and what opens it."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from orders.models import Destination, Step
from orders.steps import Claim, Done, Temporary, run_step


def busy(claim: Claim) -> Done:
    raise Temporary("SAP is busy.")


def well(claim: Claim) -> Done:
    return Done()


def sap() -> Destination:
    return Destination.objects.get(name="sap")


def open_breaker(steps: list[Step]) -> None:
    for step in steps[: settings.BREAKER_FAILURES]:
        run_step(step.order_id, "sap", busy)


def probe_time() -> None:
    """The delay is over, and every step is due."""
    Destination.objects.update(open_until=timezone.now())
    Step.objects.update(due_at=timezone.now() - timedelta(seconds=1))
