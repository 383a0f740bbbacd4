"""A result that comes too late: the claim was lost meanwhile, and another worker may have done the same.

The check before the request (`Claim.assure`) leaves one window: a process that is stopped after it. What it did is
found out here, afterwards, and told to staff.
"""

from collections.abc import Mapping
from typing import Any

from orders.models import Attempt, Step
from orders.step_names import destination_of
from orders.steps import transitions
from orders.steps.claim import Claim
from orders.steps.outcome import Done, StepError, UnknownOutcome

State = Step.State
# Whoever finished or runs the step may have looked before the late effect happened. In any other state the next attempt
# is still to come, and looks.
LOOKED_BEFORE = (State.RUNNING, State.DONE)


def keep(claim: Claim, outcome: Attempt.Outcome, said: Done | StepError, attempt: Mapping[str, Any]) -> None:
    """Keeps a late attempt, and warns staff on the step if its effect is, or may be, one too many.

    The sweeper has noted the attempt as lost; if it has not, an earlier try to record it got through, and all is well.
    """
    if not isinstance(said, Done | UnknownOutcome):
        return  # Nothing happened.
    lost = Attempt.objects.filter(step=claim.step, number=claim.step.attempts, outcome=Attempt.Outcome.LOST)
    if not lost.update(**dict(attempt) | {"outcome": outcome.value}):
        return
    now = Step.objects.filter(pk=claim.step.pk, state__in=LOOKED_BEFORE).first()
    if now and (warning := _warning(now, said)):
        transitions.warn(now.order_id, now.name, warning)


def _warning(step: Step, said: Done | UnknownOutcome) -> str:
    where = "SAP" if destination_of(step.name) == "sap" else step.name
    if isinstance(said, UnknownOutcome):
        return (
            f"A worker that had lost its claim sent this order to {where} as well, and got no answer. "
            f"Look whether {where} has it twice, and cancel one."
        )
    if said.reference == step.reference:
        return ""
    known = f"besides {step.reference}" if step.state == State.DONE else "besides what this step's reference names"
    return (
        f"{where} also has {said.reference} for this order, {known}: a worker that had lost its claim was late. "
        "Look at both, and cancel one."
    )
