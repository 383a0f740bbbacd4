"""The periodic tasks: does any worker do them, and did the last round come to its end?"""

from django.conf import settings

from orders.messaging.periodic import SWEEP, Condition
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "sweep"


def check(until: float) -> Findings:
    for task in settings.PERIODIC_TASKS:
        found = Condition.of(task)
        short = task.rpartition(".")[2]
        if found.trouble and (task == SWEEP or found.ago is not None):
            level = BROKEN if task == SWEEP else WARNING
            yield Finding(NAME, level, f"{short}: {found.trouble}", "docs/operations.md tells what it does.")
        elif task == SWEEP and found.ago is not None:
            yield Finding(NAME, OK, f"The last sweep was {found.ago.total_seconds():.0f} s ago, by {found.worker}.")
