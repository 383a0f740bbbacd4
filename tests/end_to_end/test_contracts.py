"""What the desk relies on in Celery, kombu, amqp, billiard, gunicorn and Django beyond their documented interfaces.

An assertion for each; what shows on a real worker alone is in test_worker.py. When a new version turns one red, the
place that relies on it is named in the test's docstring.
"""

import inspect
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import Any

import amqp
import billiard
import kombu
import pytest
from celery import bootsteps, current_app
from celery.app.base import Celery
from celery.apps import worker as celery_worker
from celery.backends.base import BaseBackend
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import worker_before_create_process, worker_shutdown, worker_shutting_down
from celery.worker.consumer import Consumer as CeleryConsumer
from django.db import connection
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects, signals
from gunicorn import util
from gunicorn.workers import base
from kombu.asynchronous.timer import Timer

import orders.tasks  # noqa: F401 - the tasks are registered
from orders.chord_backend import StepRows
from orders.database import prepared
from orders.intake.consumer_step import Intake
from orders.messaging.task import DeskTask
from orders.messaging.worker.consumer import SIGNAL_HANDLERS, STEPS, Consumer
from orders.models import ApiKey, Order, OrderLine, Product, Step
from printing.models import Printer
from shop import unreadable
from shop.celery import app as shop_app
from tests.factories import make_order
from tests.servers.rabbitmq import RabbitMQ


# --- gunicorn ---------------------------------------------------------------------------------------
def test_gunicorn_tells_who_sent_no_request_by_a_function_of_its_module() -> None:
    """gunicorn.conf.py puts shop/unreadable.py in the place of `util.write_error`."""
    assert base.util is util
    assert "util.write_error(client, status_int, reason, mesg)" in inspect.getsource(base.Worker.handle_error)
    assert len(inspect.signature(unreadable.write_error).parameters) == 4


# --- Celery's consumer ------------------------------------------------------------------------------
def test_the_worker_uses_the_desks_consumer_with_all_its_steps() -> None:
    assert current_app.conf.worker_consumer == "orders.messaging.worker.consumer:Consumer"
    steps = [str(step) for step in Consumer.Blueprint.default_steps]
    assert set(STEPS) <= set(steps)
    assert not any("delayed_delivery" in step for step in steps)
    removed = {str(step) for step in CeleryConsumer.Blueprint.default_steps} - set(steps)
    assert removed == {
        "celery.worker.consumer.delayed_delivery:DelayedDelivery",
        "celery.worker.consumer.control:Control",
    }


def test_the_worker_takes_orders_in_by_a_step_of_the_apps_and_knows_when_it_ends() -> None:
    """shop/celery.py, orders/intake/consumer_step.py: a step's class is found by its path."""
    assert "orders.intake.consumer_step:Intake" in shop_app.steps["consumer"]
    blueprint = Consumer.Blueprint(steps=shop_app.steps["consumer"])
    assert blueprint.claim_steps()["orders.intake.consumer_step.Intake"] is Intake
    blueprint.stop(SimpleNamespace(steps=[]))
    assert blueprint.state == bootsteps.TERMINATE
    assert "self.state = CLOSE" in inspect.getsource(bootsteps.Blueprint.stop)
    assert "CLOSE" not in inspect.getsource(bootsteps.Blueprint.restart)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("on_decode_error", ["self", "message", "exc"]),
        ("on_unknown_message", ["self", "body", "message"]),
        ("on_unknown_task", ["self", "body", "message", "exc"]),
        ("on_invalid_task", ["self", "body", "message", "exc"]),
    ],
)
def test_celery_calls_what_we_override_for_messages_it_can_not_work_on(name: str, parameters: list[str]) -> None:
    for consumer in (CeleryConsumer, Consumer):
        assert list(inspect.signature(getattr(consumer, name)).parameters) == parameters


def test_mingle_and_gossip_can_be_switched_off() -> None:
    parts = (("celery.worker.consumer.mingle", "Mingle"), ("celery.worker.consumer.gossip", "Gossip"))
    for module, name in parts:
        step = getattr(__import__(module, fromlist=[name]), name)
        assert f"without_{name.lower()}" in inspect.signature(step.__init__).parameters


def test_what_celery_says_from_a_signals_handler_is_said_by_a_function_of_its_module() -> None:
    """orders/messaging/worker/program.py puts another there."""
    assert list(inspect.signature(celery_worker.safe_say).parameters) == ["msg", "f"]
    assert "safe_say(" in inspect.getsource(celery_worker._shutdown_handler)


def test_every_signal_the_worker_needs_has_its_handler() -> None:
    signals = (worker_before_create_process, worker_shutting_down, worker_shutting_down, worker_shutdown)
    for one, handler in zip(signals, SIGNAL_HANDLERS, strict=True):
        assert handler in [weak() if hasattr(weak, "__call__") else weak for _, weak in one.receivers]  # noqa: B004


def test_a_timers_queue_is_a_list_of_events_with_entries_that_know_whether_they_are_cancelled() -> None:
    """orders/messaging/worker/memory.py."""
    timer = Timer()
    entry = timer.call_after(60, print)
    entry.cancel()
    (event,) = timer._queue
    assert event.entry is entry
    assert event.entry.canceled


# --- Celery's tasks, backend and Django fixup -------------------------------------------------------
def test_a_chord_needs_of_its_result_backend_what_ours_has() -> None:
    for name in ("ensure_chords_allowed", "apply_chord", "on_chord_part_return", "store_result", "save_group"):
        assert callable(getattr(BaseBackend, name))
        assert name in StepRows.__dict__
    assert list(inspect.signature(BaseBackend.on_chord_part_return).parameters)[:4] == [
        "self", "request", "state", "result",
    ]  # fmt: skip


def test_every_thread_has_the_same_app() -> None:
    """The publishing thread (orders/outbox/background.py) and the threads that try connections ask `current_app`."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: current_app._get_current_object()).result() is shop_app


def test_a_task_knows_the_signature_of_its_function() -> None:
    """`Task.__header__` (orders/messaging/task.py)."""
    task: Any = current_app.tasks["orders.tasks.settle_order"]
    assert isinstance(task, DeskTask)
    task.__header__(1)
    with pytest.raises(TypeError):
        task.__header__()


def test_the_django_fixup_keeps_a_connection_for_as_many_tasks_as_celeryconfig_says() -> None:
    app = Celery("contract", set_as_current=False)
    app.conf.CELERY_DB_REUSE_MAX = 10**9
    assert DjangoWorkerFixup(app).db_reuse_max == 10**9
    assert current_app.conf.CELERY_DB_REUSE_MAX == 10**9


# --- kombu, amqp, billiard --------------------------------------------------------------------------
def test_kombu_tells_its_other_nodes_and_lets_go_of_a_broken_connection() -> None:
    """orders/messaging/connection.py."""
    broker = kombu.Connection("amqp://one:5672//;amqp://two:5672//")
    assert len(broker.alt) == 2
    broker.collect()
    assert not broker.connected


def test_an_amqp_channel_has_events_for_confirms_and_returned_messages(own_broker: RabbitMQ) -> None:
    """orders/messaging/connection.py; what they carry is tested there."""
    heard: list[str] = []

    def listen(channel: Any, event: str) -> None:
        channel.events[event].add(lambda *told: heard.append(event))

    with kombu.Connection(own_broker.url) as broker:
        channel = broker.default_channel
        channel.confirm_select()
        for event in ("basic_ack", "basic_nack", "basic_return"):
            listen(channel, event)
        full = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("small", exclusive=True, arguments=full)
        for queue in ("small", "small", "no such queue"):
            channel.basic_publish(amqp.Message("x"), routing_key=queue, mandatory=True)
        while len(heard) < 4:
            broker.drain_events(timeout=5)
    assert sorted(heard) == ["basic_ack", "basic_ack", "basic_nack", "basic_return"]


def test_kombu_messages_can_be_acknowledged_and_rejected_without_an_exception() -> None:
    for name in ("ack_log_error", "reject_log_error"):
        assert list(inspect.signature(getattr(kombu.Message, name)).parameters)[:3] == ["self", "logger", "errors"]


def test_billiard_knows_the_pools_processes() -> None:
    """orders/messaging/worker/shutdown.py."""
    child = billiard.Process(target=time.sleep, args=(60,))
    child.start()
    try:
        assert [one.pid for one in billiard.active_children()] == [child.pid]
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.join(10)
    assert billiard.active_children() == []


# --- Django -----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_prefetched_lines_are_kept_where_a_claim_puts_them(django_assert_num_queries: Any) -> None:
    """`_prefetched_objects_cache`, `_result_cache`, `_prefetch_done`, `_fetch_all` (orders/steps/claimed_lines.py)."""
    order = Order.objects.get(pk=make_order().pk)
    prefetch_related_objects([order], Prefetch("lines", OrderLine.objects.select_related("product")))
    kept: Any = order._prefetched_objects_cache["lines"]  # type: ignore[attr-defined]
    assert kept._prefetch_done is True
    assert len(kept._result_cache) == 2
    by_hand: Any = OrderLine.objects.all()
    by_hand._fetch_all = partial(setattr, by_hand, "_result_cache", list(kept))
    order._prefetched_objects_cache = {"lines": by_hand}  # type: ignore[attr-defined]
    with django_assert_num_queries(0):
        assert list(order.lines.all()) == list(kept)


@pytest.mark.django_db
def test_a_filter_that_is_deferred_is_applied_to_whatever_asks_the_database() -> None:
    """`_deferred_filter` (orders/steps/claimed_lines.py)."""
    other, order = make_order(), make_order()
    lines: Any = QuerySet(OrderLine)
    lines._deferred_filter = (False, (), {"order": order})
    assert {line.order_id for line in lines.filter(quantity__gte=1)} == {order.pk} != {other.pk}


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Order, OrderLine, Product, Step], ids=lambda model: model.__name__)
def test_a_row_can_be_made_of_the_values_of_its_columns(model: type[Model]) -> None:
    """`__dict__`, `_state` (orders/database/prepared.py): what `Model.from_db` makes, and it can be saved."""
    make_order()
    saved = model._default_manager.all()[0]
    made = prepared.made(model, [getattr(saved, field.attname) for field in model._meta.concrete_fields])
    assert {**vars(made), "_state": ""} == {**vars(saved), "_state": ""}
    assert (made._state.adding, made._state.db) == (saved._state.adding, saved._state.db) == (False, "default")
    before = model._default_manager.count()
    made.save()
    assert model._default_manager.count() == before


@pytest.mark.django_db
def test_what_a_row_points_to_is_kept_by_the_field_s_name(django_assert_num_queries: Any) -> None:
    """`_state.fields_cache` (orders/database/prepared.py)."""
    order = make_order()
    saved = order.lines.all()[0]
    product = Product.objects.get(pk=saved.product_id)
    values = [getattr(saved, field.attname) for field in OrderLine._meta.concrete_fields]
    line = prepared.made(OrderLine, values, order=order, product=product)
    with django_assert_num_queries(0):
        assert (line.order is order, line.product is product) == (True, True)
    bare = prepared.made(OrderLine, values)
    with django_assert_num_queries(1):
        assert bare.product == product


def test_no_model_does_anything_when_a_row_is_read() -> None:
    """Neither does one with `__init__`, `from_db` or `from_db_value`: `prepared.made` asks none of them."""
    for model in (Order, OrderLine, Product, Step, ApiKey, Printer):
        assert model.__init__ is Model.__init__
        assert "from_db" not in vars(model)
        assert not signals.pre_init.has_listeners(model)
        assert not signals.post_init.has_listeners(model)
        assert not [field for field in model._meta.concrete_fields if hasattr(field, "from_db_value")]


@pytest.mark.django_db(transaction=True)
def test_a_connection_knows_whether_it_is_in_a_transaction_and_had_errors() -> None:
    """orders/database/prepared.py, orders/messaging/task.py."""
    connection.ensure_connection()
    assert connection.in_atomic_block is False
    assert connection.errors_occurred is False
