"""A late result of an order that was cancelled meanwhile: staff are told, and what undoes it runs once more, once."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.database.clock import from_now
from orders.lifecycle import cancel_order
from orders.models import Attempt, Order, Step
from orders.steps import (
    Claim,
    Done,
    NotYet,
    Permanent,
    StepError,
    Temporary,
    UnknownOutcome,
    claim_step,
    run,
    run_step,
    transitions,
)
from shop.operations.person.erasing import erase
from tests.factories import make_order

pytestmark = pytest.mark.django_db
Again = Callable[[], Step]
Meanwhile = Callable[[], object]
NOTHING = Done(answer="SAP has no sales order for it")
NAMED = Permanent("SAP had it: sales order 4711, 4713.", next_action="Cancel it.")
OTHER = Permanent("SAP had it: sales order 47110, 4713.", next_action="Cancel it.")


@pytest.fixture(autouse=True)
def undo_sap(settings: Any) -> None:
    settings.CANCEL_STEPS = {"sap_cancel": "integrations.sap.cancel.cancel_in_sap"}


def late(step: Step, said: Done | StepError, *meanwhile: Meanwhile) -> None:
    """The step's effect comes to `said` after its lease has run out, and after all that happened then."""

    def effect(claim: Claim) -> Done:
        Step.objects.filter(pk=step.pk, state="running").update(due_at=from_now(timedelta(seconds=-1)))
        for happens in (transitions.release_lost, *meanwhile):
            happens()
        return ends(said)

    run_step(step.order_id, step.name, effect)


def ends(said: Done | StepError) -> Done:
    if isinstance(said, StepError):
        raise said
    return said


def does(step: Step, name: str, said: Done | StepError) -> Meanwhile:
    return lambda: run_step(step.order_id, name, lambda claim: ends(said))


def cancels(step: Step) -> Meanwhile:
    return lambda: cancel_order(step.order_id, by="sara")


def undoing(step: Step) -> Step:
    return Step.objects.get(order=step.order_id, name="sap_cancel")


def by_hand(step: Step) -> Meanwhile:
    return lambda: transitions.done_by_hand(Step.objects.filter(order=step.order_id, state="parked"), by="sara")


@pytest.mark.parametrize("found", [NOTHING, Done(reference="4713", answer="rejected 1 items of 4713"), OTHER])
def test_what_looked_too_early_looks_again_once(step: Step, again: Again, found: Done | StepError) -> None:
    late(step, Done(reference="4711", answer="created"), cancels(step), does(step, "sap_cancel", found))
    assert (again().state, again().reference) == ("cancelled", "4711")
    assert again().warning.startswith("SAP has 4711 for this order although it was cancelled: ")
    assert again().warning.endswith("The step sap_cancel looks again and undoes it.")
    assert list(step.attempt_log.values_list("outcome", "answer")) == [("done", "created")]
    assert undoing(step).state == "queued"
    does(step, "sap_cancel", Done(reference="4711", answer="rejected 2 items of 4711"))()
    assert (undoing(step).state, undoing(step).attempts) == ("done", 2)


def test_a_request_without_an_answer_is_looked_for_as_well(step: Step, again: Again) -> None:
    late(step, UnknownOutcome("no answer"), cancels(step), does(step, "sap_cancel", NOTHING))
    assert "although it was cancelled, and got no answer. The step sap_cancel looks again" in again().warning
    assert undoing(step).state == "queued"


def test_what_did_not_happen_is_not_undone(step: Step, again: Again) -> None:
    late(step, Temporary("busy"), cancels(step), does(step, "sap_cancel", NOTHING))
    assert (again().warning, undoing(step).state) == ("", "done")


@pytest.mark.parametrize(
    "found",
    [
        Done(reference="4711", answer="rejected 2 items of 4711"),
        Done(reference="4710", answer="rejected 4 items of 4710, 4711"),
        NAMED,
    ],
)
def test_what_the_undoing_step_knew_is_not_undone_again(step: Step, again: Again, found: Done | StepError) -> None:
    late(step, Done(reference="4711"), cancels(step), does(step, "sap_cancel", found))
    assert (again().state, again().warning) == ("cancelled", "")
    assert (undoing(step).state, undoing(step).attempts) == ("parked" if found is NAMED else "done", 1)


@pytest.mark.parametrize(("found", "state"), [(NAMED, "done"), (OTHER, "queued")])
def test_what_a_person_has_seen_to_is_not_undone_again(step: Step, found: Permanent, state: str) -> None:
    late(step, Done(reference="4711"), cancels(step), does(step, "sap_cancel", found), by_hand(step))
    assert undoing(step).state == state


@pytest.mark.parametrize("state", ["queued", "waiting"])
def test_what_still_has_to_look_is_left_alone(step: Step, again: Again, state: str) -> None:
    waits = [does(step, "sap_cancel", NotYet("Not yet."))] if state == "waiting" else []
    late(step, Done(reference="4711"), cancels(step), *waits)
    assert (undoing(step).state, undoing(step).failures) == (state, len(waits))
    assert (again().reference, again().warning[:13]) == ("4711", "SAP has 4711 ")


@pytest.mark.parametrize(
    ("said", "found", "state"),
    [
        (Done(reference="4711"), NOTHING, "queued"),
        (Done(reference="4711"), OTHER, "queued"),
        (UnknownOutcome("no answer"), NOTHING, "queued"),
        (Done(reference="4711"), NotYet("Not yet."), "waiting"),
        (Done(reference="4711"), Done(reference="4711"), "done"),
        (Done(reference="4711"), NAMED, "parked"),
        (Temporary("busy"), NOTHING, "done"),
    ],
)
def test_what_looks_just_now_looks_again_if_it_did_not_see_it(
    step: Step, said: Done | StepError, found: Done | StepError, state: str
) -> None:
    held: list[Claim | None] = []
    late(step, said, cancels(step), lambda: held.append(claim_step(step.order_id, "sap_cancel")))
    assert (undoing(step).state, held[0] is None) == ("running", False)
    record: Any = run._record_failure if isinstance(found, StepError) else run._record_done
    record(held[0], found)
    assert undoing(step).state == state


def test_a_second_effect_is_undone_too(step: Step, again: Again) -> None:
    rejected = Done(reference="4712", answer="rejected 1 items of 4712")
    done = does(step, "sap", Done(reference="4712"))
    late(step, Done(reference="4711"), done, cancels(step), does(step, "sap_cancel", rejected))
    assert (again().state, again().reference, undoing(step).state) == ("done", "4712", "queued")
    assert again().warning.startswith("SAP has 4711 for this order although it was cancelled: ")


def test_the_same_effect_is_no_second_one(step: Step, again: Again) -> None:
    done = does(step, "sap", Done(reference="4712"))
    late(step, Done(reference="4712"), done, cancels(step), does(step, "sap_cancel", NOTHING))
    assert (again().warning, undoing(step).state) == ("", "done")


def test_a_step_that_would_be_given_up_keeps_its_warning(step: Step, again: Again) -> None:
    """It is queued again after the cancellation: its next claim gives it up, and takes a warning off."""

    def cancelled_before_the_sweeper() -> None:
        Step.objects.filter(pk=step.pk).update(state="queued", token=None)

    late(step, Done(reference="4711"), cancels(step), cancelled_before_the_sweeper)
    assert (again().state, again().reference) == ("cancelled", "4711")
    does(step, "sap", Done(reference="4712"))()
    assert again().warning.startswith("SAP has 4711 ")


def test_a_late_result_before_the_cancellation_has_it_undone(step: Step) -> None:
    late(step, Done(reference="4711"))
    assert [one.name for one in cancel_order(step.order_id, by="sara")] == ["sap"]
    assert undoing(step).state == "queued"


def test_what_the_desk_can_not_undo_is_a_persons_matter(order: Order) -> None:
    step = order.steps.get(name="marketing")
    late(step, Done(reference="order-1"), cancels(step))
    step.refresh_from_db()
    assert (step.state, step.reference) == ("cancelled", "order-1")
    assert step.warning.startswith("marketing has order-1 for this order although it was cancelled: ")
    assert step.warning.endswith("Undo it there.")


def test_an_erased_order_is_undone_too(step: Step, again: Again) -> None:
    closed = does(step, "sap_cancel", NOTHING)
    late(step, Done(reference="4711"), cancels(step), closed, lambda: erase(step.order_id, by="sara"))
    assert (undoing(step).state, again().reference) == ("queued", "4711")


def test_a_deleted_order_is_named_in_the_log(step: Step, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        late(step, Done(reference="4711"), Order.objects.filter(pk=step.order_id).delete)
    assert "the order is deleted; look for it at SAP: 4711" in caplog.text


@pytest.mark.parametrize(
    ("said", "words"), [(Done(reference="4711"), "SAP has 4711 "), (UnknownOutcome(""), "has it.")]
)
def test_a_parked_step_of_a_live_order_says_so(step: Step, again: Again, said: Done | StepError, words: str) -> None:
    late(step, said, does(step, "sap", Permanent("Refused.", next_action="Look.")))
    assert (again().state, words in again().warning) == ("parked", True)
    by_hand(step)()
    assert words in again().warning


def test_a_parked_step_that_knew_the_name_hears_how_it_ended(step: Step, again: Again) -> None:
    """The mark of `orders.steps.sending`: it may have been sent. Now it is known."""
    parked = {"state": "parked", "reference": "<1@shop>"}
    late(step, Done(reference="<1@shop>"), lambda: Step.objects.filter(pk=step.pk).update(**parked))
    assert again().warning.startswith("SAP has <1@shop> for this order after all")


@pytest.mark.parametrize("said", [Done(reference="<1@shop>"), UnknownOutcome("")])
def test_what_was_marked_as_sent_was_undone_by_its_mark(step: Step, again: Again, said: Done | StepError) -> None:
    def marked() -> None:
        Step.objects.filter(pk=step.pk).update(reference="<1@shop>")

    late(step, said, marked, cancels(step), does(step, "sap_cancel", Done(answer="told")))
    assert (again().warning, undoing(step).state) == ("", "done")


def test_a_step_that_a_person_marked_as_done_says_so(step: Step, again: Again) -> None:
    late(step, Done(reference="4711"), does(step, "sap", Permanent("Refused.", next_action="Look.")), by_hand(step))
    assert again().warning.startswith("SAP also has 4711 for this order, besides by hand, sara:")


def test_what_follows_a_shipping_that_was_taken_back_is_told(settings: Any) -> None:
    step = make_order(steps=["mail_shipped"]).steps.get()
    late(step, Done(reference="4711"), lambda: transitions.stop(Step.objects.filter(pk=step.pk)))
    step.refresh_from_db()
    assert step.warning.startswith("mail_shipped has 4711 for this order after all")


def test_how_long_it_took_is_by_the_databases_clock(step: Step) -> None:
    """The process's own clock stands still while its machine is paused, and SAP's limit counts from the end."""
    began = timezone.now() - timedelta(hours=1)
    late(step, UnknownOutcome(""), lambda: Attempt.objects.filter(step=step).update(started_at=began))
    attempt = step.attempt_log.get()
    assert attempt.duration is not None
    assert attempt.duration >= timedelta(minutes=59)
