"""The sandbox's page in a real browser: its policy, its style, and what everybody can read."""

from django.utils import timezone

from integrations.segment.client import send_event
from integrations.segment.payload import order_completed
from orders.models import Order
from tests.integrations.running_sandbox import RunningSandbox
from tests.servers.browser import Window


def test_the_page_has_its_style_and_nothing_to_complain_of(window: Window, sandbox: RunningSandbox) -> None:
    response = window.page.goto(sandbox.url)
    assert response
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]
    assert (
        window.page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(122, 75, 0)"
    )
    for width in (1440, 820, 390):
        window.resize(width)
        assert (window.overflow(), window.findings()) == (0, []), (width, window.widest())


def test_what_arrives_is_shown_without_loading_the_page_anew(
    window: Window, sandbox: RunningSandbox, order: Order
) -> None:
    window.page.goto(sandbox.url)
    window.page.evaluate("document.body.dataset.same = 'page'")
    send_event(order_completed(order), timezone.now())
    window.page.get_by_text(order.number).first.wait_for()
    assert window.page.evaluate("document.body.dataset.same") == "page"
