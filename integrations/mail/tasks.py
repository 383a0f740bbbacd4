"""The steps `mail`, `mail_cancel` and `mail_shipped`: what a customer is told, once an order and kind."""

from celery import shared_task
from django.conf import settings

from integrations.mail import client, errors
from integrations.mail.address import Malformed, read_address
from integrations.mail.client import Guard, try_connection
from integrations.mail.message import CANCELLED, RECEIVED, SHIPPED, build, message_id
from integrations.mail.private import without_customer
from orders.models import Attempt, Step
from orders.steps import Claim, Done, NotYet, mark_sending, may_have_been_sent, run_step, unmark_sending

check = try_connection


@shared_task(name="integrations.mail.tasks.confirm_order")
def confirm_order(order_id: int) -> bool:
    return run_step(order_id, "mail", lambda claim: tell(claim, RECEIVED))


@shared_task(name="integrations.mail.tasks.tell_of_shipping")
def tell_of_shipping(order_id: int) -> bool:
    return run_step(order_id, "mail_shipped", lambda claim: tell(claim, SHIPPED))


@shared_task(name="integrations.mail.tasks.tell_of_cancellation")
def tell_of_cancellation(order_id: int) -> bool:
    return run_step(order_id, "mail_cancel", take_back)


def take_back(claim: Claim) -> Done:
    """Who was told, or may have been, that the order was received is told that it was cancelled; nobody else."""
    received = claim.order.steps.get(name="mail")
    if received.state == Step.State.RUNNING:
        raise NotYet("The customer is being told of the order just now; of its end after that.", code="waiting")
    if not may_have_been_sent(received):
        return Done(answer="the customer was not told of the order", code="none")
    told = claim.step.attempt_log.filter(outcome=Attempt.Outcome.DONE).exclude(code="none")
    if claim.step.attempts > 1 and told.exists():
        return Done(reference=claim.step.reference, answer="the customer was told of its end before", code="none")
    return tell(claim, CANCELLED)


def tell(claim: Claim, kind: str) -> Done:
    """Sends the mail of this kind. An attempt before this one that may have sent it is left to a person."""
    order = claim.order
    if not order.email:
        return Done(answer="no e-mail address", code="none")
    if may_have_been_sent(claim.step):
        raise errors.unknown(
            "An earlier try broke off behind the mail's end (a worker died, or took too long): it may have been sent."
        )
    try:
        to = read_address(order.email)
    except Malformed:
        raise errors.malformed() from None
    reference = message_id(order, kind, settings.MAIL)
    mail = build(order, kind, to, date=claim.step.started_at or order.created_at)
    reply = client.send(mail, to, guard(claim, reference))
    words = without_customer(reply.words, order)
    return Done(reference=reference, answer=f"{reply.code} {words}", code=str(reply.code))


def guard(claim: Claim, reference: str) -> Guard:
    return Guard(
        assure=claim.assure,
        begin=lambda: mark_sending(claim, reference),
        take_back=lambda: unmark_sending(claim),
        redacted=lambda text: without_customer(text, claim.order, client.secrets(settings.MAIL)),
    )
