"""What Django itself refuses: problem details for programs, pages for people."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from shop import urls


def test_a_host_that_is_not_ours_is_a_bad_request(db: None) -> None:
    response = Client().get("/order/x", headers={"Host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert "SHOP_ALLOWED_HOSTS names those it has" in response.json()["detail"]
    assert response.json()["type"] == "/problems/unknown-host"


def test_an_address_where_nothing_is_answers_with_a_problem() -> None:
    response = Client().get("/nowhere")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "request_id": response["Request-Id"],
        "type": "/problems/not-found",
        "title": "There is nothing here",
        "status": 404,
        "detail": "There is nothing at this address.",
    }


@pytest.mark.parametrize("path", ["/admin/nowhere/", "/desk/nowhere"])
@pytest.mark.parametrize("mounted", ["", "/desk"])
def test_the_admin_keeps_pages_for_people(mounted: str, path: str) -> None:
    request = RequestFactory().get(path, SCRIPT_NAME=mounted)
    request.user = AnonymousUser()
    assert urls.handler404(request, Exception("x"))["Content-Type"].startswith("text/html")
    assert urls.handler400(request)["Content-Type"].startswith("text/html")
    assert urls.handler500(request)["Content-Type"].startswith("text/html")
