"""manage.py reconcile, against the stand-in: it names what is lost and what is not in SAP, and writes nothing."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from integrations.sap import tasks
from orders.models import Order, Step
from tests.factories import make_order, make_product
from tests.integrations.conftest import sandbox
from tests.integrations.running_sandbox import RunningSandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.django_db
SINCE = (timezone.now() - timedelta(hours=1)).isoformat()


def reconcile(since: str = SINCE, *options: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", "--since", since, *options, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def sent() -> Order:
    order = make_order([(make_product(sap_material="MAT-7"), 2)])
    assert tasks.notify_sap(order.pk) is not None
    assert order.steps.get(name="sap").state == Step.State.DONE
    return order


def test_a_desk_and_an_sap_with_the_same_orders_agree(sandbox: RunningSandbox) -> None:
    sent(), sent(), make_order()  # The last one is still open: nobody misses it.
    code, said = reconcile()
    assert (code, said.strip().endswith(": 0 lost, 0 not in SAP.")) == (0, True)
    assert said.startswith("2 sales orders at SAP, 2 orders here since ")


def test_what_a_restore_lost_and_what_sap_does_not_have_is_named(sandbox: RunningSandbox) -> None:
    known, lost, gone = sent(), sent(), make_order()
    number = lost.number
    lost.delete()
    Step.objects.filter(order=gone, name="sap").update(state="done", reference="0000099999")
    before = (list(Order.objects.values()), list(Step.objects.values()), sandbox.sales_orders())
    code, said = reconcile()
    assert code == 1
    assert f"lost        {number}  SAP has it as 0000000002; the desk does not know it." in said
    assert f"not in SAP  {gone.number}  The desk sent it as 0000099999; SAP's list does not have it." in said
    assert known.number not in said
    found: dict[str, Any] = json.loads(reconcile(SINCE, "--json")[1])
    assert (found["lost"], found["missing"], found["code"]) == (
        {number: "0000000002"},
        {gone.number: "0000099999"},
        1,
    )
    assert (list(Order.objects.values()), list(Step.objects.values()), sandbox.sales_orders()) == before


def test_orders_before_that_time_and_steps_done_by_hand_are_not_missed(sandbox: RunningSandbox) -> None:
    old, by_hand = make_order(created_at=timezone.now() - timedelta(days=3)), make_order()
    Step.objects.filter(order=old, name="sap").update(state="done", reference="0000099998")
    Step.objects.filter(order=by_hand, name="sap").update(state="done", reference="")
    assert reconcile()[0] == 0


@pytest.mark.parametrize("kind", ["503", "html", "login"])
def test_an_sap_that_does_not_answer_is_told_apart_from_one_that_has_nothing(
    sandbox: RunningSandbox, kind: str
) -> None:
    sent()
    sandbox.fail("sap", kind, count=9)
    code, said = reconcile()
    assert code == 2
    assert "lost" not in said
    found = json.loads(reconcile(SINCE, "--json")[1])
    assert (found["code"], bool(found["trouble"])) == (2, True)


@pytest.mark.parametrize("step", ["clock.now", "sent", "compare"])
def test_a_database_that_does_not_answer_is_told_apart_too(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It ended with 1, which says that orders are lost, and JSON's reader got nothing."""

    def away(*_: Any) -> Any:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(f"shop.operations.management.commands.reconcile.{step}", away)
    code, said = reconcile()
    assert (code, said) == (2, "The database does not answer as it should: OperationalError\n")
    found = json.loads(reconcile(SINCE, "--json")[1])
    assert (found["code"], "OperationalError" in found["trouble"]) == (2, True)


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", ""])
def test_a_time_that_is_none_is_refused(since: str) -> None:
    with pytest.raises(CommandError, match="a time is needed"):
        call_command("reconcile", f"--since={since}")


def test_a_time_of_which_nothing_can_be_known_is_refused(sandbox: RunningSandbox) -> None:
    """It was "0 lost", and so looked well; the first days there are were a traceback."""
    to_come = (timezone.now() + timedelta(hours=2)).isoformat()
    with pytest.raises(CommandError, match="still to come"):
        reconcile(to_come)
    for since in ("0001-01-01", "0001-01-02T00:30"):
        with pytest.raises(CommandError, match="from the year 2000 on"):
            call_command("reconcile", f"--since={since}")


def test_a_shop_without_sap_has_nothing_to_compare(settings: Settings) -> None:
    settings.ENABLED_STEPS = {"printing": "x"}
    with pytest.raises(CommandError, match="no SAP"):
        call_command("reconcile", "--since", SINCE)
