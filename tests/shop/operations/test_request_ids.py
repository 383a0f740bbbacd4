"""Every answer has an id that the log has, too: the caller's own where that is fit for a log."""

import contextvars
import re

import pytest
from django.test import Client

from orders import request_id
from tests.shop.operations.test_headers import ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_an_id_of_its_own(db: None, address: str) -> None:
    client = Client(raise_request_exception=False)
    ids = [client.get(address)["Request-Id"] for _ in range(2)]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in ids)
    assert len(set(ids)) == 2


@pytest.mark.parametrize("given", ["front-17", "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11", "a.B_9", "x" * 64])
def test_a_client_may_number_its_requests_itself(given: str) -> None:
    assert Client().get("/health", headers={"Request-Id": given})["Request-Id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\nb", "a\r\nX: y", "é", "a/b", "<b>", "a,b", "\u0661"])
def test_what_is_not_fit_for_a_log_is_not_taken(given: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", Client().get("/health", headers={"Request-Id": given})["Request-Id"])


def test_outside_of_a_request_there_is_none() -> None:
    assert contextvars.Context().run(request_id.current) == ""
