"""The point of no return, for a destination that can't be asked afterwards what it got: the step's row says it came.

A step that is sent again finds the mark of an attempt that ended behind that point, and asks a person. The mark is the
step's `reference`: what the destination knows it by. A person who sends the step again takes the mark off.
"""

from contextlib import suppress

from django.db import connection

from orders.database.outage import AWAY
from orders.models import Step
from orders.steps import transitions
from orders.steps.claim import Claim
from orders.steps.outcome import ClaimLost, NotYet


def mark_sending(claim: Claim, reference: str) -> None:
    """Marks the step as sent, right before what can't be taken back; looks at the claim as `Claim.assure` does.

    Raises ClaimLost, or NotYet if the database can't be asked. Nothing may be sent then.
    """
    try:
        ours = transitions.mark(claim.step, claim.token, reference)
    except AWAY as error:
        connection.close()
        raise NotYet("The database was away; nothing was sent.", code=type(error).__name__) from error
    if not ours:
        raise ClaimLost


def unmark_sending(claim: Claim) -> None:
    """Takes the mark off: certainly nothing happened. Where the database is away it stays, and a person is asked."""
    with suppress(*AWAY):
        transitions.mark(claim.step, claim.token, "")


def may_have_been_sent(step: Step) -> bool:
    """True if an attempt before this one came to the point of no return and did not say what became of it."""
    return bool(step.reference)
