"""HTML is never an answer: the breaker opens at once, and what was written may have happened."""

import pytest

from integrations.sap import client
from orders.models import Attempt, Destination, Order, Step
from orders.steps import UnknownOutcome
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import LOGIN_PAGE, NONE_FOUND, OddSap, Reply, error_reply, json_reply

pytestmark = pytest.mark.django_db


def breaker_is_open() -> bool:
    return Destination.objects.get(name="sap").open_until is not None


@pytest.mark.parametrize("where", ["root", "look_up"])
def test_a_login_page_in_any_dress_opens_the_breaker_at_once(odd: OddSap, run_sap: RunSap, where: str) -> None:
    setattr(odd, where, [LOGIN_PAGE])
    step = run_sap()
    assert (step.state, step.attempt_log.get().outcome) == (Step.State.WAITING, Attempt.Outcome.TEMPORARY)
    assert step.reason == "SAP answered with a web page “Log on” instead of data: check address and logon."
    assert breaker_is_open()
    assert odd.created() == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_login_page_as_the_answer_to_a_create_is_no_success(odd: OddSap, run_sap: RunSap, status: int) -> None:
    body = b"" if status == 204 else LOGIN_PAGE.body
    odd.create = [Reply(status, body, LOGIN_PAGE.headers)]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.WAITING, "")
    assert step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN
    assert "took the order" not in step.reason
    if body:
        assert "web page “Log on” instead of data: check address and logon" in step.reason
        assert breaker_is_open()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
def test_a_redirect_of_a_create_opens_the_breaker_and_leaves_its_outcome_unknown(
    odd: OddSap, run_sap: RunSap, status: int
) -> None:
    where = {} if status in (300, 304) else {"Location": "/login?secret=1"}
    odd.create = [Reply(status, b"", where)]
    step = run_sap()
    assert step.attempt_log.get().outcome == Attempt.Outcome.UNKNOWN
    assert step.attempt_log.get().answer == where.get("Location", "").partition("?")[0]
    assert "usually its login page" in step.reason
    assert breaker_is_open()


def test_what_a_page_left_unknown_is_looked_up_before_it_is_repeated(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [LOGIN_PAGE]
    odd.look_up = [NONE_FOUND, json_reply(200, {"d": {"results": [{"SalesOrder": "4711"}]}})]
    run_sap()
    step = run_sap()
    assert (step.state, step.reference, len(odd.created())) == (Step.State.DONE, "4711", 1)


def test_an_error_with_a_status_of_success_is_a_refusal(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [error_reply(200, {"code": "VP/199", "message": "Customer not maintained"})]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.PARKED, "")
    assert step.reason == "SAP did not accept the order: Customer not maintained"


@pytest.mark.parametrize("page", [LOGIN_PAGE.body, b"", b"{}"])
def test_a_change_that_is_answered_with_a_page_or_nothing_is_not_done(odd: OddSap, order: Order, page: bytes) -> None:

    odd.change = [Reply(200, page)]
    with pytest.raises(UnknownOutcome):
        client.sales_orders().reject_item("4711", {"SalesOrderItem": "10"}, assure=lambda: None)
