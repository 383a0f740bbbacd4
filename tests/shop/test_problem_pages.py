"""Each kind of problem has a page, where its `type` leads; the database is not asked for it."""

import pytest
from django.test import Client

from orders.problem_types import TYPES
from tests.shop.operations.test_headers import policy


@pytest.mark.parametrize("name", TYPES)
def test_a_type_leads_to_its_page(name: str) -> None:
    response = Client().get(TYPES[name].uri)  # No fixture gives it a database: pytest-django refuses one.
    assert response.status_code == 200
    assert f"<code>{TYPES[name].status} /problems/{name}</code>" in response.text
    assert response["Cache-Control"] == "public, max-age=3600"
    assert policy(response["Content-Security-Policy"])["default-src"] == ["'none'"]


def test_one_page_lists_them_all_and_every_link_leads_on() -> None:
    page = Client().get("/problems/")
    for kind in TYPES.values():
        assert f'<a href="{kind.uri}">' in page.text
    assert '<a href="/problems/">' in Client().get("/problems/too-large").text


def test_there_is_no_page_for_a_problem_that_there_is_not() -> None:
    assert Client().get("/problems/x").json()["type"] == "/problems/not-found"
