from pathlib import Path

from celery import shared_task
from django.conf import settings

from orders.steps import Claim, Done, Temporary, run_step


def effect(claim: Claim) -> Done:
    if Path(settings.SAP_IS_DOWN).exists():
        raise Temporary("SAP is down for the bench.", code="503")
    return Done(reference="4711", answer="201", code="201")


@shared_task
def do_nothing(order_id: int) -> bool:
    return run_step(order_id, "sap", effect)
