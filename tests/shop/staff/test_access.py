"""Every address of the staff's pages, and who may open it: one table, compared with the URL conf itself."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve
from django.utils import timezone

from orders.models import Order, PickList
from tests.shop.staff.conftest import staff
from tests.shop.staff.test_site import ALL, MAY_OPEN, NOBODY, OPERATIONS, WAREHOUSE, rows

__all__ = ["rows"]

BOSS, NO_ROLE, STRANGER = "superuser", "no role", "anonymous"
ROLES = ["sales", "warehouse", "operations"]
STAFF = ALL | {NO_ROLE}
SUPERUSERS: set[str] = set()

# Beside MAY_OPEN, whose rows are below /admin/. "POST" stands before what is only pressed. Superusers open all of it,
# but for what nobody can do: TO_NOBODY.
MORE = {
    "/admin/login/": STAFF | {STRANGER},
    "/admin/jsi18n/": STAFF,
    "/admin/password_change/done/": STAFF,
    "/admin/orders/order/{order}/": STAFF,  # Leads to the page itself, which has its own row; so do those below.
    "/admin/orders/step/{step}/": STAFF,
    "/admin/orders/destination/{destination}/": STAFF,
    "/admin/orders/deadletter/{deadletter}/": STAFF,
    "/admin/orders/deed/{deed}/": STAFF,
    "/admin/orders/apikey/{apikey}/": STAFF,
    "/admin/orders/product/{product}/": STAFF,
    "/admin/printing/printer/{printer}/": STAFF,
    "/admin/printing/printjob/{printjob}/": STAFF,
    "/admin/axes/accessattempt/{accessattempt}/": STAFF,
    "/admin/auth/user/{user}/": STAFF,
    "/admin/auth/group/{group}/": STAFF,
    "/admin/auth/user/add/": SUPERUSERS,
    "/admin/auth/user/{user}/history/": OPERATIONS,
    "/admin/auth/user/{user}/delete/": SUPERUSERS,
    "/admin/auth/user/{user}/password/": SUPERUSERS,
    "/admin/auth/group/add/": SUPERUSERS,
    "/admin/auth/group/{group}/history/": SUPERUSERS,
    "/admin/auth/group/{group}/delete/": SUPERUSERS,
    "POST /admin/logout/": STAFF | {STRANGER},
    "/desk/picklists": ALL,
    "/desk/picklists/{picklist}": ALL,
    "/desk/picklists/{picklist}.pdf": ALL,
    "POST /desk/picklists/next": WAREHOUSE,
    "POST /desk/picklists/{picklist}/end": WAREHOUSE,
    "POST /desk/picklists/{picklist}/print": WAREHOUSE,
    "POST /desk/picklists/{picklist}/found": WAREHOUSE,
    "/admin/front/": ALL,  # The front page's changing part: the page itself has its own row.
    "/desk/adopt": OPERATIONS,
    "/desk/refused-events": OPERATIONS,
    "/desk/find": ALL,
    "/desk/find?q=7K3M": ALL,
    "/desk/pack": WAREHOUSE,
    "/desk/pack/{number}": WAREHOUSE,
    # The rows of further pages come here.
}
TABLE = {f"/admin/{url}": roles for url, roles in MAY_OPEN.items()} | MORE
# What is kept for ever, or made by the desk itself, and what only the desk's own fields ask for.
TO_NOBODY = {url for url, roles in TABLE.items() if roles == NOBODY and "/auth/" not in url}
# No page: for those who ask for what is not there, and what Django has for what the desk does not use.
NO_PAGES = {"admin/(?P<url>.*)$", "admin/autocomplete/", "admin/r/<path:content_type_id>/<path:object_id>/"}
OPENED = {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.CONFLICT}


@pytest.fixture
def addresses(rows: dict[str, Model | None]) -> dict[str, str]:
    """The table's keys, and each with a row that is there."""
    keys = {name: row.pk for name, row in rows.items() if row}
    keys["picklist"] = PickList.objects.create(created_at=timezone.now(), created_by="wim").pk
    keys["number"] = Order.objects.get(pk=keys["order"]).number
    return {key: key.format(**keys) for key in TABLE}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = f"{before}{str(one.pattern).removeprefix('^')}"
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        elif route.startswith(("admin/", "desk/")):
            yield route


def last_logs_out(row: tuple[str, str]) -> bool:
    return "logout" in row[0]


def opened(client: Client, address: str) -> Any:
    return client.post(address.removeprefix("POST ")) if address.startswith("POST ") else client.get(address)


def is_open(answer: Any) -> bool:
    to_logon = answer.status_code == HTTPStatus.FOUND and answer["Location"].startswith("/admin/login/?next=")
    return answer.status_code in OPENED and not to_logon


def test_every_address_of_the_url_conf_has_a_row(addresses: dict[str, str]) -> None:
    found = {resolve(address.removeprefix("POST ").partition("?")[0]).route for address in addresses.values()}
    known = set(routes(get_resolver()))
    assert known - found - NO_PAGES == set()
    assert found <= known
    assert len(known) > 90


@pytest.mark.parametrize("role", [*ROLES, NO_ROLE])
def test_a_role_opens_what_the_table_says_and_is_refused_the_rest_in_the_desks_own_clothes(
    addresses: dict[str, str], role: str
) -> None:
    Group.objects.get_or_create(name=NO_ROLE)
    client = staff(role)
    for key, address in sorted(addresses.items(), key=last_logs_out):
        answer = opened(client, address)
        assert is_open(answer) == (role in TABLE[key]), f"{role}: {address} answers {answer.status_code}"
        if role not in TABLE[key]:
            assert answer.status_code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND), address
            assert 'class="button">To the front page</a>' in answer.content.decode(), address


def test_superusers_open_all_that_anybody_can(addresses: dict[str, str]) -> None:
    client = staff("")
    for key, address in sorted(addresses.items(), key=last_logs_out):
        answer = opened(client, address)
        assert is_open(answer) == (key not in TO_NOBODY), f"{address} answers {answer.status_code}"


def test_strangers_are_asked_to_log_on(addresses: dict[str, str]) -> None:
    for key, address in addresses.items():
        assert is_open(opened(Client(), address)) == (STRANGER in TABLE[key]), address
