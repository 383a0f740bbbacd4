"""A result that comes too late: the claim was lost meanwhile, and another worker may have done the same.

The check before the request (`Claim.assure`) leaves one window: a process that is stopped after it. What it did is
found out here, afterwards, and told to staff. If the order was cancelled meanwhile, the step that undoes this one may
have looked before there was anything to undo: it is opened again, once.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F

from orders import step_names, telling
from orders.database.clock import from_now
from orders.models import Attempt, Deed, Order, Step
from orders.steps import late_words, transitions
from orders.steps.claim import Claim
from orders.steps.outcome import Done, StepError, UnknownOutcome

State = Step.State
# A live order's step in these states is still to be tried, also if it is held; the next attempt looks.
LOOKS_YET = (State.QUEUED, State.WAITING)
# An undoing step that has ended may have looked too early. One that runs finds out when it ends: see `undo_again`.
ENDED = (State.DONE, State.PARKED)
TOOK = ExpressionWrapper(from_now() - F("started_at"), output_field=DurationField())


@transaction.atomic
def keep(claim: Claim, outcome: Attempt.Outcome, said: Done | StepError, attempt: Mapping[str, Any]) -> None:
    """Keeps a late attempt; warns staff if its effect is, or may be, one too many, and has it undone if it must be.

    The sweeper has noted the attempt as lost; if it has not, an earlier try to record it got through, and all is well.
    How long it took is by the database's clock: the process's own stands still while its machine is paused.
    """
    if not isinstance(said, Done | UnknownOutcome):
        return  # Nothing happened.
    telling.lock([claim.step.order_id])  # Nobody cancels it now, or records what undid it.
    step = Step.objects.select_related("order").filter(pk=claim.step.pk).first()
    if step is None:
        late_words.log_without_order(claim, said)
        return
    lost = Attempt.objects.filter(step=step, number=claim.step.attempts, outcome=Attempt.Outcome.LOST)
    if not lost.update(**dict(attempt) | {"outcome": outcome.value, "duration": TOOK}):
        return
    if step.order.status == Order.Status.CANCELLED and step.name not in settings.CANCEL_STEPS:
        _after_cancellation(step, said)
    elif step.state not in LOOKS_YET and not _is_no_news(step, said):
        transitions.warn(step.order_id, step.name, late_words.warning(step, said))


def _after_cancellation(step: Step, said: Done | UnknownOutcome) -> None:
    """No attempt of this step comes any more, whatever its state is."""
    undo = Step.objects.filter(order=step.order_id, name__in=settings.CANCEL_STEPS, name=step_names.undoing(step.name))
    undoing, reference = undo.first(), said.reference if isinstance(said, Done) else ""
    if _is_marked(step, said) or (undoing and undoing.state in ENDED and _names(undoing, reference)):
        return
    transitions.stop(Step.objects.filter(pk=step.pk, state=State.QUEUED))  # A claim would take the warning off.
    warning = late_words.cancelled(step, said, undoing)
    transitions.warn(step.order_id, step.name, warning, reference="" if step.reference else reference)
    if undoing and undoing.state in ENDED:
        transitions.run_again(step.order_id, undoing.name)


def _is_no_news(step: Step, said: Done | UnknownOutcome) -> bool:
    """True if staff know from the step what the late worker says. A parked one did not know how it ended."""
    return _is_marked(step, said) and not (step.state == State.PARKED and isinstance(said, Done))


def _is_marked(step: Step, said: Done | UnknownOutcome) -> bool:
    """True if the step's reference is of this effect: as its result, or as the mark of `orders.steps.sending`."""
    if isinstance(said, Done) and said.reference:
        return said.reference == step.reference
    if isinstance(said, Done):
        return step.state == State.DONE and not step.reference
    return step.state not in (State.RUNNING, State.DONE) and bool(step.reference)


def _names(undoing: Step, reference: str) -> bool:
    """True if the undoing step found this: its row, its last answer, or what a person has seen to by hand says so."""
    answers = undoing.attempt_log.order_by("-number").values_list("answer", flat=True)[:1]
    by_hand = Deed.objects.filter(order=undoing.order_id, row=str(undoing.pk), what=Deed.What.DONE_BY_HAND)
    texts = [undoing.reference, undoing.reason, *answers, *by_hand.values_list("detail", flat=True)]
    whole = rf"(?<!\w){re.escape(reference)}(?!\w)"
    return bool(reference) and any(re.search(whole, text) for text in texts)


# --- An undoing step that was running when the late result came ---
def note_undone(claim: Claim) -> None:
    """Before an undoing step looks: what the desk knows by now of the step that it undoes."""
    claim.undone.extend(_tried(claim))


def undo_again(claim: Claim, state: str) -> None:
    """In the transaction that ended an undoing step: it runs once more if a late result has come while it ran."""
    if state not in ENDED or claim.undone == _tried(claim):
        return
    undoing = Step.objects.get(pk=claim.step.pk)
    undone = Step.objects.filter(order=undoing.order_id, name=_undone_by(claim)).exclude(state=State.DONE)
    if not _names(undoing, undone.values_list("reference", flat=True).first() or ""):
        transitions.run_again(undoing.order_id, undoing.name)


def _tried(claim: Claim) -> list[tuple[int, str]]:
    tried = Attempt.objects.filter(step__order=claim.step.order_id, step__name=_undone_by(claim))
    return list(tried.order_by("number").values_list("number", "outcome"))


def _undone_by(claim: Claim) -> str:
    return claim.step.name.removesuffix(step_names.UNDOING)
