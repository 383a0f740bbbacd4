"""The destinations: is each there, and does it accept our logon? Nothing is created."""

from functools import partial

from django.conf import settings

from integrations.connections import try_connection
from orders.models import Destination
from shop.operations.doctor import beside
from shop.operations.doctor.copy import is_copy
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "integrations"


def check(until: float) -> Findings:
    if is_copy():
        yield Finding(NAME, OK, "None was asked: this is a copy of another desk's database.")
        return
    questions = {name: partial(try_connection, name) for name in settings.ENABLED_STEPS}
    for name, answer in beside.ask(questions, until):
        if answer is None:
            yield Finding(NAME, BROKEN, f"{name} did not answer in time.", "Is its address right, and is it up?")
        else:
            level = OK if answer.ok else BROKEN
            yield Finding(NAME, level, f"{name}: {answer.said}", answer.what_to_do)
    yield from _stopped()


def _stopped() -> Findings:
    for destination in Destination.objects.all():
        if destination.paused:
            said = f"{destination} is paused by {destination.paused_by or 'staff'}. {destination.pause_reason}".strip()
            yield Finding(NAME, WARNING, said, "Its steps wait until somebody lets it go on.")
        elif destination.open_until:
            said = f"The circuit breaker of {destination} is open: {destination.reason}"
            yield Finding(NAME, WARNING, said, "It tries again by itself.")
