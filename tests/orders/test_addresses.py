"""Customers are told the shop's own address, whatever the caller says of himself."""

import json
from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import set_script_prefix
from pytest_django import Settings

from orders import addresses

NUMBER = "7K3M-Q9TX-2BDF"
LIES = {
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_PREFIX": "/evil",
    "HTTP_X_SCRIPT_NAME": "/evil",
    "HTTP_FORWARDED": "host=evil.example;proto=https",
    "QUERY_STRING": "format=xml&next=//evil.example",
}


def asked(**environ: Any) -> HttpRequest:
    named: dict[str, Any] = {"HTTP_HOST": "desk.example.com"} | environ
    return RequestFactory().get("/order/x", **named)


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["desk.example.com"]


@pytest.mark.parametrize("url", ["https://shop.example.com", "https://shop.example.com/desk"])
def test_the_shops_own_address_wins_over_whatever_the_request_says(settings: Settings, url: str) -> None:
    settings.PUBLIC_URL, settings.SECURE_PROXY_SSL_HEADER = url, ("HTTP_X_FORWARDED_PROTO", "https")
    for environ in ({}, LIES, {"HTTP_HOST": "evil.example"}, {"HTTP_X_FORWARDED_PROTO": "http"}, {"SERVER_PORT": "1"}):
        assert addresses.order(NUMBER, asked(**environ)) == f"{url}/order/{NUMBER}"
    assert addresses.order(NUMBER) == f"{url}/order/{NUMBER}"


def test_without_it_the_address_is_the_requests_own_and_nothing_more() -> None:
    assert addresses.order(NUMBER, asked(**LIES)) == f"http://desk.example.com/order/{NUMBER}"
    assert addresses.order(NUMBER, asked(HTTP_HOST="desk.example.com:8443")).startswith("http://desk.example.com:8443/")
    assert addresses.order(NUMBER) == f"/order/{NUMBER}"


def test_a_forged_host_is_no_address() -> None:
    with pytest.raises(DisallowedHost):
        addresses.order(NUMBER, asked(HTTP_HOST="evil.example"))


def test_the_scheme_is_the_proxys_word_where_there_is_one(settings: Settings) -> None:
    assert addresses.order(NUMBER, asked(HTTP_X_FORWARDED_PROTO="https")).startswith("http://")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert addresses.order(NUMBER, asked(HTTP_X_FORWARDED_PROTO="https")).startswith("https://")
    assert addresses.order(NUMBER, asked(HTTP_X_FORWARDED_PROTO="https, http")).startswith("https://")


@pytest.mark.parametrize("forced", [None, "/forced"])
def test_where_the_desk_is_mounted_below_a_path_the_address_has_it(settings: Settings, forced: str | None) -> None:
    """By the server that runs the desk (SCRIPT_NAME), or whatever that says (FORCE_SCRIPT_NAME)."""
    settings.FORCE_SCRIPT_NAME = forced
    desk: Any = WSGIHandler()
    request: Any = asked(PATH_INFO="/", SCRIPT_NAME="/desk")
    answer = desk(request.environ, lambda status, headers: None)
    set_script_prefix("/")
    assert json.loads(b"".join(answer))["order"] == f"http://desk.example.com{forced or '/desk'}/order"
