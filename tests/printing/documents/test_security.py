"""Nothing that customers or staff type can make the renderer read a file or open a connection."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from printing.documents import pdf
from printing.documents.slip import render
from tests.printing.conftest import Text, make_order

pytestmark = pytest.mark.django_db

seen: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if seen is not None and (event == "open" or event.startswith(("socket.", "subprocess."))):
        seen.append(f"{event} {arguments[0] if event == 'open' else arguments}")


sys.addaudithook(_watch)  # It stays for the process's life, and does nothing while nobody looks.


@pytest.fixture
def touched() -> Iterator[list[str]]:
    """What the process opens or connects to from now on."""
    global seen
    render(make_order(number="0000-0000-0000"))  # typefaces and templates are read once
    seen = []
    yield seen
    seen = None


HOSTILE = [
    '<img src="file:///etc/passwd">',
    '<img src="http://127.0.0.1:1/x.png">',
    "<link rel='stylesheet' href='http://127.0.0.1:1/x.css'>",
    "<style>@import url(file:///etc/passwd); @font-face { font-family: x; src: url(/etc/passwd) }</style>",
    "</td></table><pdf:include src='/etc/passwd'/>",
    '"><object data="/etc/passwd"></object>',
    "{% include '/etc/passwd' %}{{ settings.SECRET_KEY }}",
    "<!--[if]><script>1</script>",
    "&#x3c;img src=/etc/passwd&#x3e;",
    "]]></style><b style='background: url(/etc/passwd)'>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_only_text(hostile: str, touched: list[str], text: Text) -> None:
    lines = [(hostile[:32], 1, hostile)]
    order = make_order(lines, customer_name=hostile, note=hostile)
    touched.clear()
    slip = render(order)
    assert [event for event in touched if "sqlite" not in event] == []
    drawn = "".join("".join(text(slip.content)).split())
    assert drawn.count("".join(hostile.split())) >= 3  # name, note and article, letter by letter


@pytest.mark.parametrize("text", [text for text in HOSTILE if "{%" not in text])
def test_even_markup_that_got_through_reads_nothing(text: str, touched: list[str]) -> None:
    """The second wall: were it not escaped, the renderer itself would still refuse."""
    pdf.make_pdf(f"<style>@page {{ size: a4 }}</style><p>a</p>{text}<p>b</p>", title="t", footer="f")
    assert [event for event in touched if "/etc/" in event or "socket." in event] == []


def test_a_hostile_order_number_makes_neither_a_path_nor_markup(touched: list[str]) -> None:
    order = make_order(number="../../x")
    order.number = "</td>../x"
    slip = render(order)
    assert slip.content.startswith(b"%PDF")


def test_logs_do_not_quote_the_customer(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    render(make_order(customer_name="Ana Secret 🎉"))
    assert "Secret" not in caplog.text + "".join(capfd.readouterr())
