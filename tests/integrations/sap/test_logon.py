"""OAuth2 client credentials, and certificates of one's own."""

import json
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import trustme
from pytest_django import Settings

from integrations.sandbox.exchange import Reply, Request, json_reply
from integrations.sap import client
from integrations.sap.logon import SERVICE
from orders.steps import LogonRefused, Temporary, UnknownOutcome
from tests.integrations.running_sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def tls(sandbox: RunningSandbox, authority: trustme.CA, settings: Settings) -> RunningSandbox:
    """The sandbox behind TLS, with a certificate that our own authority signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    sandbox.server.socket = context.wrap_socket(sandbox.server.socket, server_side=True)
    settings.SAP = replace(settings.SAP, url=settings.SAP.url.replace("http://", "https://"))
    return sandbox


def test_a_certificate_of_ones_own_authority_is_taken_if_configured(
    tls: RunningSandbox, ca_file: Path, settings: Settings
) -> None:
    settings.SAP = replace(settings.SAP, ca_file=ca_file)
    assert client.sales_orders().find("nothing") == []


def test_a_certificate_nobody_knows_is_refused(tls: RunningSandbox) -> None:
    with pytest.raises(Temporary, match="SAP's certificate could not be verified"):
        client.sales_orders().find("nothing")


class LogonService:
    """Gives access tokens, and lets those it gave into the stand-in."""

    def __init__(self, sandbox: Any) -> None:
        self.given = 0
        self.valid: set[str] = set()
        self.asked: list[tuple[tuple[str, str], dict[str, list[str]]]] = []
        self.answer_with: Reply | None = None
        self.front, self.sap = sandbox.answer, sandbox.sap.answer
        sandbox.answer, sandbox.sap.answer = self.token, self.guard
        self.logins = sandbox.logins

    def token(self, request: Request) -> Reply:
        if request.path != "/oauth/token":
            return self.front(request)
        assert request.query == {}, "what is SAP's own is none of the logon service's"
        self.asked.append((request.basic, parse_qs(request.body.decode())))
        if self.answer_with:
            return self.answer_with
        if request.basic != ("client", "s3cret"):
            return json_reply(401, {"error": "invalid_client"})
        self.given += 1
        self.valid.add(f"token-{self.given}")
        token = {"access_token": f"token-{self.given}", "token_type": "bearer", "expires_in": 3600}
        return json_reply(200, token)

    def guard(self, request: Request) -> Reply:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.valid:
            return json_reply(401, {"error": {"code": "401", "message": "Unauthorized"}})
        request.headers.replace_header("Authorization", "Basic U0FOREJPWDpzYW5kYm94LW9ubHk=")
        return self.sap(request)


@pytest.fixture
def cloud(tls: RunningSandbox, ca_file: Path, settings: Settings) -> LogonService:
    settings.SAP = replace(
        settings.SAP,
        ca_file=ca_file,
        oauth_token_url=settings.SAP.url.partition("/sap/")[0] + "/oauth/token",
        oauth_client_id="client",
        oauth_client_secret="s3cret",
        user="",
        password="",
    )
    return LogonService(tls.server.sandbox)


def test_a_token_is_fetched_once_and_used_again(cloud: LogonService) -> None:
    for _ in range(3):
        assert client.sales_orders().find("nothing") == []
    assert cloud.given == 1
    [(basic, form)] = cloud.asked
    assert (basic, form["grant_type"]) == (("client", "s3cret"), ["client_credentials"])


def test_a_token_that_is_over_is_renewed(cloud: LogonService) -> None:
    client.sales_orders().find("nothing")
    session: Any = client.sales_orders().remote.session
    session._client._expires_at = 1
    client.sales_orders().find("nothing")
    assert cloud.given == 2


def test_a_token_that_was_revoked_is_renewed_once(cloud: LogonService) -> None:
    client.sales_orders().find("nothing")
    cloud.valid.clear()
    assert client.sales_orders().find("nothing") == []
    assert cloud.given == 2


def test_a_wrong_secret_opens_the_circuit_breaker_and_is_not_kept(cloud: LogonService, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, oauth_client_secret="wrong-secret")
    with pytest.raises(LogonRefused, match=f"{SERVICE} refused our client id or secret \\(invalid_client\\)") as caught:
        client.sales_orders().find("nothing")
    assert "wrong-secret" not in json.dumps([caught.value.reason, caught.value.answer])


def test_a_logon_service_that_is_down_is_tried_again_and_nothing_was_sent(cloud: LogonService) -> None:
    cloud.answer_with = Reply(503, b"<html>down</html>")
    with pytest.raises(Temporary, match=f"{SERVICE} is busy or down") as caught:
        client.sales_orders().create({}, assure=lambda: None)
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_logon_service_that_answers_with_a_page_refuses(cloud: LogonService) -> None:
    cloud.answer_with = Reply(200, b"<html>log on here</html>")
    with pytest.raises(LogonRefused, match="missing_token"):
        client.sales_orders().find("nothing")


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'"x"',
        b"null",
        b"5",
        b'{"access_token": "a", "token_type": "mac"}',
        b'{"access_token": "a", "token_type": 5}',
        b'{"access_token": "a\\nb", "token_type": "bearer"}',
        b'{"access_token": "a", "token_type": "bearer", "expires_in": "soon"}',
        b'{"access_token": "a", "token_type": "bearer", "expires_in": 1e999}',
        b'{"access_token": "a", "token_type": "bearer", "expires_in": -5}',
        b'{"access_token": "a", "token_type": "bearer", "scope": 5}',
    ],
)
def test_a_token_that_is_none_is_no_fault_of_ours_and_nothing_was_sent(
    cloud: LogonService, status: int, body: bytes
) -> None:
    cloud.answer_with = Reply(status, body, {"Content-Type": "application/json"})
    with pytest.raises(LogonRefused, match="no token that can be read: check SHOP_SAP_OAUTH_TOKEN_URL") as caught:
        client.sales_orders().create({}, assure=lambda: None)
    assert not isinstance(caught.value, UnknownOutcome)
