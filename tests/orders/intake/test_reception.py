"""What a worker's main process does with orders between their arrival and their acknowledgement."""

from types import SimpleNamespace
from typing import Any

import pytest

from orders.intake import reception
from orders.intake.reception import AGAIN, Reception
from orders.intake.reply import Reply
from orders.intake.taking import Outcome, answer_again, give_up, take
from tests.orders.intake.test_taking import message
from tests.orders.messaging.worker.test_dead_letter_step import Channel, Timer

REPLY = Reply("q", "order.placed", {})


class Pool:
    """Remembers its jobs until they are answered."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []

    def apply_async(self, function: Any, arguments: Any, **options: Any) -> None:
        self.jobs.append(SimpleNamespace(function=function, arguments=arguments, **options))

    def answer(self, result: Any) -> Any:
        """The first one ends with this; returns it."""
        job = self.jobs.pop(0)
        job.callback(result)
        return job

    def lose(self) -> None:
        self.jobs.pop(0).error_callback(SimpleNamespace(exception=RuntimeError("killed")))


class Broker:
    def __init__(self) -> None:
        self.told: list[str] = []

    def cancel(self) -> None:
        self.told.append("cancel")

    def consume(self) -> None:
        self.told.append("consume")


class Desk(Reception):
    """A reception with everything around it."""

    def __init__(self) -> None:
        self.jobs, self.clock, self.broker, self.channel = Pool(), Timer(), Broker(), Channel()
        super().__init__(self.jobs, self.clock, self.broker)

    def come(self, *tags: int) -> None:
        for tag in tags:
            came = message()
            came.delivery_tag, came.channel = tag, self.channel
            self.take(came)

    @property
    def acknowledged(self) -> list[int]:
        return [tag for tag, _ in self.channel.acknowledged]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_an_order_is_acknowledged_when_it_is_done_and_not_before(desk: Desk) -> None:
    desk.come(1, 2)
    assert desk.acknowledged == []
    assert desk.jobs.answer(Outcome.DONE).function is take
    desk.jobs.answer(Outcome.DONE)
    assert (desk.acknowledged, desk.clock.calls, desk.broker.told) == ([1, 2], [], [])


def test_while_the_database_is_away_it_takes_no_more_and_tries_with_one_at_a_time(desk: Desk) -> None:
    desk.come(1, 2)
    desk.jobs.answer(Outcome.AWAY)
    desk.jobs.answer(Outcome.AWAY)
    desk.come(3)  # It was on its way.
    assert desk.broker.told == ["cancel"]
    assert (desk.acknowledged, desk.jobs.jobs) == ([], [])
    for _ in range(3):
        assert desk.clock.ring() == AGAIN
        assert len(desk.jobs.jobs) == 1
        desk.jobs.answer(Outcome.AWAY)
    assert desk.broker.told == ["cancel"]
    desk.clock.ring()
    desk.jobs.answer(Outcome.DONE)
    assert desk.broker.told == ["cancel", "consume"]
    assert len(desk.jobs.jobs) == 2
    desk.jobs.answer(Outcome.DONE)
    desk.jobs.answer(Outcome.DONE)
    assert sorted(desk.acknowledged) == [1, 2, 3]


@pytest.mark.parametrize(
    ("returned", "redelivered", "given_up"), [(5, True, True), (4, True, False), (5, False, False), ("5", True, False)]
)
def test_a_message_that_ended_its_workers_is_given_up_whatever_a_first_delivery_says(
    desk: Desk, returned: Any, redelivered: bool, given_up: bool
) -> None:
    came = message(redelivered=redelivered, headers={"x-delivery-count": returned}, message_id="a1")
    came.delivery_tag, came.channel = 1, desk.channel
    desk.take(came)
    assert desk.jobs.answer(Outcome.DONE).function is (give_up if given_up else take)
    assert desk.acknowledged == [1]


def test_a_message_that_kills_its_process_is_given_up_by_a_dead_letter(desk: Desk) -> None:
    desk.come(1)
    for _ in range(reception.MOST_TRIES):
        assert desk.jobs.jobs[0].function is take
        desk.jobs.lose()
        desk.clock.ring()
    job = desk.jobs.answer(Outcome.DONE)
    assert job.function is give_up
    assert "5 tries" in job.arguments[1]
    assert desk.acknowledged == [1]


def test_an_order_that_is_placed_elsewhere_holds_up_no_other(desk: Desk) -> None:
    desk.come(1, 2)
    desk.jobs.answer(Outcome.LATER)
    desk.jobs.answer(Outcome.DONE)
    assert (desk.acknowledged, desk.broker.told) == ([2], [])
    desk.clock.ring()
    desk.jobs.answer(Outcome.DONE)
    assert desk.acknowledged == [2, 1]


def test_an_answer_is_tried_three_times_and_the_order_never_placed_again(desk: Desk) -> None:
    desk.come(1)
    desk.jobs.answer(REPLY)
    for _ in range(2):
        assert desk.acknowledged == []
        desk.clock.ring()
        job = desk.jobs.answer(Outcome.LATER)
        assert (job.function, job.arguments) == (answer_again, (REPLY,))
    assert (desk.acknowledged, desk.clock.calls) == ([1], [])


@pytest.mark.parametrize("result", [REPLY, Outcome.LATER, Outcome.DONE])
def test_whatever_shows_that_the_database_answers_again_lets_it_go_on(desk: Desk, result: Any) -> None:
    desk.come(1, 2)
    desk.jobs.answer(Outcome.AWAY)
    desk.jobs.answer(Outcome.AWAY)
    desk.clock.ring()
    desk.jobs.answer(result)
    assert desk.broker.told == ["cancel", "consume"]


def test_an_answer_that_is_given_up_while_the_database_is_away_stops_nothing(desk: Desk) -> None:
    desk.come(1, 2)
    desk.jobs.answer(REPLY)
    desk.jobs.answer(Outcome.AWAY)
    while desk.clock.calls:
        desk.clock.ring()
        while desk.jobs.jobs:
            desk.jobs.answer(Outcome.LATER if desk.jobs.jobs[0].function is answer_again else Outcome.DONE)
    assert sorted(desk.acknowledged) == [1, 2]
    assert not desk.paused
    assert desk.broker.told[-1] == "consume"


def test_an_answer_whose_processes_end_leaves_the_others_their_turn(desk: Desk) -> None:
    desk.come(1, 2)
    desk.jobs.answer(REPLY)
    desk.jobs.answer(Outcome.AWAY)
    for _ in range(20):
        if not desk.clock.calls:
            break
        desk.clock.ring()
        while desk.jobs.jobs:
            if desk.jobs.jobs[0].function is answer_again:
                desk.jobs.lose()
            else:
                desk.jobs.answer(Outcome.AWAY if 1 not in desk.acknowledged else Outcome.DONE)
    assert sorted(desk.acknowledged) == [1, 2]


def test_a_process_that_ends_while_the_database_is_away_does_not_end_the_tries(desk: Desk) -> None:
    desk.come(1)
    desk.jobs.answer(Outcome.AWAY)
    desk.clock.ring()
    desk.jobs.lose()
    desk.clock.ring()
    desk.jobs.answer(Outcome.DONE)
    assert desk.broker.told == ["cancel", "consume"]


def test_what_has_no_id_is_taken_at_once_when_the_worker_ends(desk: Desk) -> None:
    taken: list[Any] = []

    def take(arrival: Any) -> Outcome:
        """The first time the pool is at it."""
        again = arrival in taken
        taken.append(arrival)
        return Outcome.DONE if again else Outcome.LATER

    desk.come(1, 2)
    named = message(message_id="a7")
    named.delivery_tag, named.channel = 3, desk.channel
    desk.take(named)
    for job in desk.open:
        job.function = take
    desk.finish()
    assert len(taken) == 4
    assert desk.acknowledged == [1, 2]
    for _ in range(3):  # The pool had begun them all the same.
        desk.jobs.answer(Outcome.DONE)
    assert desk.acknowledged == [1, 2, 3]


def test_after_its_connection_was_lost_it_does_nothing_more(desk: Desk) -> None:
    desk.come(1, 2)
    desk.jobs.answer(Outcome.AWAY)
    desk.close()
    desk.channel.lost = True
    desk.jobs.answer(Outcome.DONE)
    desk.clock.ring()
    assert (desk.jobs.jobs, desk.acknowledged, desk.broker.told) == ([], [], ["cancel"])


def test_the_body_is_let_go_as_soon_as_it_is_copied(desk: Desk) -> None:
    came = message(b"x" * 5_000_000)
    desk.take(came)
    assert came.body == b""
    (job,) = desk.jobs.jobs
    assert len(job.arguments[0].letter.body) == 1024 * 1024
