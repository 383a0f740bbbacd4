"""The desk's three steps with the peers' effects: a mark each, and an answer that may take a while."""

import os
import struct
import time

from celery import shared_task

from orders.steps import Claim, Done, run_step

STEPS = ("sap", "marketing", "printing")


def effect(claim: Claim) -> Done:
    name = claim.step.name
    descriptor = os.open(os.environ["PEER_EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, struct.pack("qq", claim.order.pk, STEPS.index(name)))
    os.close(descriptor)
    time.sleep(float(os.environ.get("PEER_EFFECT_SECONDS", "0")))
    return Done(reference="4711", answer="201", code="201")


@shared_task
def sap(order_id: int) -> bool:
    return run_step(order_id, "sap", effect)


@shared_task
def marketing(order_id: int) -> bool:
    return run_step(order_id, "marketing", effect)


@shared_task
def printing(order_id: int) -> bool:
    return run_step(order_id, "printing", effect)
