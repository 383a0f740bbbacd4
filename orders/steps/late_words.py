"""What staff are told of a late result: see `orders.steps.late`."""

import logging

from orders.models import Step
from orders.step_names import destination_of
from orders.steps.claim import Claim
from orders.steps.outcome import Done, UnknownOutcome

log = logging.getLogger(__name__)

State = Step.State


def warning(step: Step, said: Done | UnknownOutcome) -> str:
    """Of an order that lives."""
    where = _where(step)
    twice = step.state in (State.RUNNING, State.DONE)
    if isinstance(said, UnknownOutcome):
        as_well, look = (" as well", f"{where} has it twice, and cancel one") if twice else ("", f"{where} has it")
        return (
            f"A worker that had lost its claim sent this order to {where}{as_well}, and got no answer. "
            f"Look whether {look}."
        )
    if not twice:
        return (
            f"{where} has {_what(said)} for this order after all: a worker that had lost its claim was late. "
            "Look at it before you decide about this step."
        )
    known = f"besides {step.reference}" if step.state == State.DONE else "besides what this step's reference names"
    return (
        f"{where} also has {_what(said)} for this order, {known}: a worker that had lost its claim was late. "
        "Look at both, and cancel one."
    )


def cancelled(step: Step, said: Done | UnknownOutcome, undoing: Step | None) -> str:
    """Of a cancelled order: `undoing` is the step that undoes this one, if there is one."""
    where = _where(step)
    then = f"The step {undoing.name} looks again and undoes it." if undoing else "Undo it there."
    if isinstance(said, UnknownOutcome):
        look = "" if undoing else f" Look whether {where} has it."
        return (
            f"A worker that had lost its claim sent this order to {where} although it was cancelled, and got no "
            f"answer.{look} {then}"
        )
    return (
        f"{where} has {_what(said)} for this order although it was cancelled: a worker that had lost its claim was "
        f"late. {then}"
    )


def log_without_order(claim: Claim, said: Done | UnknownOutcome) -> None:
    """The order was deleted meanwhile: only the log can tell."""
    reference = said.reference if isinstance(said, Done) else "no answer"
    log.error(
        "step %s of %s: done too late, and the order is deleted; look for it at %s: %s",
        claim.step.name, claim.order, _where(claim.step), reference,
    )  # fmt: skip


def _what(said: Done) -> str:
    return said.reference or "it"


def _where(step: Step) -> str:
    return "SAP" if destination_of(step.name) == "sap" else step.name
