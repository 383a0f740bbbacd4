"""The CSRF token: renewed when SAP asks for it in whatever way, and done without where there is none."""

from dataclasses import replace

import pytest
from pytest_django import Settings

from integrations.sap import client
from orders.models import Attempt, Destination, Step
from orders.steps import LogonRefused
from tests.integrations.sap.conftest import RunSap
from tests.integrations.sap.odd_sap import (
    CREATED,
    LOGIN_PAGE,
    ROOT,
    OddSap,
    Reply,
    csrf_refused,
    error_reply,
    json_reply,
)

pytestmark = pytest.mark.django_db

HEADER = {"x-csrf-token": "Required"}
REFUSALS = {
    "as documented": csrf_refused(**HEADER),
    "other case": csrf_refused(**{"X-CSRF-Token": " REQUIRED "}),
    "text alone": csrf_refused(),
    "text in JSON": error_reply(
        403, {"code": "005056A509B11ED19BEC03D2D4A4A9F1", "message": "CSRF token validation failed"}
    ),
    "text in HTML": Reply(403, b"<html><title>Forbidden</title>CSRF-Token-Validierung fehlgeschlagen</html>"),
    "header alone": Reply(403, b"", HEADER),
    "another status": Reply(400, b"", HEADER),
    "XSRF": Reply(403, b"Invalid XSRF token"),
}
NO_TOKEN = json_reply(200, {"d": {"EntitySets": []}})


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=list(REFUSALS))
def test_a_token_that_is_over_is_renewed_once(odd: OddSap, run_sap: RunSap, refusal: Reply) -> None:
    odd.create = [refusal, CREATED]
    odd.root = [Reply(200, b"{}", {"x-csrf-token": "old", "Set-Cookie": "SESSION=old"}), ROOT]
    step = run_sap()
    assert (step.state, step.reference, step.attempts) == (Step.State.DONE, "4711", 1)
    first, second = odd.asked("POST")
    assert (first.headers["x-csrf-token"], second.headers["x-csrf-token"]) == ("old", "token")
    assert (first.headers["Cookie"], second.headers["Cookie"]) == ("SESSION=old", None)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=list(REFUSALS))
def test_a_session_that_is_never_taken_waits_and_is_asked_twice_only(
    odd: OddSap, run_sap: RunSap, refusal: Reply
) -> None:
    odd.create = [refusal]
    step = run_sap()
    assert (step.state, step.attempt_log.get().code) == (Step.State.WAITING, "CSRF")
    assert len(odd.created()) == 2


@pytest.mark.parametrize(("status", "words"), [(401, "SAP refused the logon"), (407, "A proxy between us and SAP")])
def test_a_refused_logon_is_not_repeated_for_a_token(odd: OddSap, run_sap: RunSap, status: int, words: str) -> None:
    odd.create = [Reply(status, b"", HEADER if status == 401 else {})]
    step = run_sap()
    assert (step.state, len(odd.created()), len(odd.asked("GET"))) == (Step.State.WAITING, 1, 2)
    assert words in step.reason
    assert Destination.objects.get(name="sap").open_until is not None


def test_another_refusal_with_403_is_no_matter_of_the_token(odd: OddSap, run_sap: RunSap) -> None:
    odd.create = [error_reply(403, {"code": "SO/001", "message": "No authorization"})]
    step = run_sap()
    assert (step.state, len(odd.created())) == (Step.State.PARKED, 1)
    assert "does not let our user do this: No authorization" in step.reason


ROOTS = {
    "no token": NO_TOKEN,
    "empty": Reply(200),
    "204": Reply(204),
    "Required": Reply(200, b"{}", HEADER),
    "500": error_reply(500, {"code": "X/1", "message": "Dump"}),
    "501": Reply(501),
    "403": error_reply(403, {"code": "X/1", "message": "No"}),
    "404": error_reply(404, {"code": "/IWFND/MED/170", "message": "No service found"}),
    "404 page": Reply(404, b"<html><title>Not found</title></html>"),
    "400": Reply(400),
    "405": Reply(405),
}


@pytest.mark.parametrize("root", ROOTS.values(), ids=list(ROOTS))
def test_a_root_without_a_token_is_no_obstacle_where_none_is_wanted(odd: OddSap, run_sap: RunSap, root: Reply) -> None:
    odd.root = [root]
    step = run_sap()
    assert (step.state, step.reference) == (Step.State.DONE, "4711")
    assert "x-csrf-token" not in odd.asked("POST")[0].headers


@pytest.mark.parametrize("root", [Reply(404, b"", {"x-csrf-token": "t"}), Reply(500, b"", {"x-csrf-token": "t"})])
def test_a_token_is_taken_whatever_the_roots_status(odd: OddSap, run_sap: RunSap, root: Reply) -> None:
    odd.root = [root]
    assert run_sap().state == Step.State.DONE
    assert odd.asked("POST")[0].headers["x-csrf-token"] == "t"


@pytest.mark.parametrize("name", ["no token", "empty", "500", "403", "404", "404 page", "400"])
def test_a_root_that_fails_where_a_token_is_wanted_is_parked_in_time(odd: OddSap, run_sap: RunSap, name: str) -> None:
    odd.root, odd.create = [ROOTS[name]], [csrf_refused(**HEADER)]
    for _ in range(6):
        step = run_sap()
    assert step.state == Step.State.PARKED
    assert "forgets our session" not in step.reason
    if name in ("no token", "empty"):
        assert step.reason == "SAP wants a CSRF token, but its service root gives none."
    if name == "500":
        assert step.reason == "SAP keeps having an internal error: Dump"


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_a_root_that_is_busy_is_waited_for(odd: OddSap, run_sap: RunSap, status: int) -> None:
    odd.root = [Reply(status)]
    assert (run_sap().state, odd.created()) == (Step.State.WAITING, [])


@pytest.mark.parametrize(
    "root", [LOGIN_PAGE, Reply(401), Reply(407), Reply(304), Reply(302, b"", {"Location": "/login"})]
)
def test_a_root_that_refuses_the_logon_opens_the_breaker_and_nothing_is_sent(
    odd: OddSap, run_sap: RunSap, root: Reply
) -> None:
    odd.root = [root]
    step = run_sap()
    assert (step.state, odd.created()) == (Step.State.WAITING, [])
    assert step.attempt_log.get().outcome == Attempt.Outcome.TEMPORARY
    assert Destination.objects.get(name="sap").open_until is not None


def test_tokens_that_end_in_mid_run_are_renewed_for_every_order(odd: OddSap, run_sap: RunSap) -> None:
    for _ in range(5):
        odd.create = [csrf_refused(), CREATED]
        assert run_sap().state == Step.State.DONE


def test_a_token_that_ends_between_two_items_is_renewed(odd: OddSap, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="Z1")
    odd.change = [Reply(204), csrf_refused(), Reply(204)]
    for item in ("10", "20"):
        client.sales_orders().reject_item("4711", {"SalesOrderItem": item}, assure=lambda: None)
    assert len(odd.asked("PATCH")) == 3


def test_the_connection_check_tells_of_a_root_without_a_token(odd: OddSap) -> None:
    odd.root = [NO_TOKEN]
    assert "its service root gives no CSRF token" in client.try_connection()
    odd.root = [LOGIN_PAGE]
    with pytest.raises(LogonRefused):
        client.try_connection()


def test_a_cookie_for_https_alone_is_sent_on_the_shops_own_network_too(odd: OddSap, run_sap: RunSap) -> None:
    odd.root = [Reply(200, b"{}", {"x-csrf-token": "token", "Set-Cookie": "SESSION=1; Secure; HttpOnly"})]
    run_sap()
    assert odd.asked("POST")[0].headers["Cookie"] == "SESSION=1"
