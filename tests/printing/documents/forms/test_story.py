"""A page whose form is kept is drawn byte for byte as the renderer draws it when it reads the page itself."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.template import autoreload
from django.test import override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from orders.models import Order
from printing.documents import pdf, pick_list, slip
from printing.documents.forms import story
from printing.documents.paper import PAPERS
from printing.documents.slip import Slip
from tests.bench.slip import SCRIPTS, in_script, sample

Draw = Callable[[], Slip]
PLAIN = story.plain
# Letters of most scripts, and what HTML, the renderer and readers from right to left take for something else.
HOSTILE = [
    *("<b>Ana</b> & Co", "&lt; &amp; &nbsp;", "[0]", "a\u00a0b", " x ", "  two  spaces", "אב 12", "محمد & עד", "🎉"),
    *("e\u0301", "A" * 90, "☐", '"quoted" it\'s', "\u3000", "ยู & อี", "李小龙", "a\u200bb", "x <", "\u202eab"),
]
LETTERS = "".join(chr(code) for codes in SCRIPTS.values() for code in list(codes)[:12]) + " &<>'\"[]/;#-·\u00a0"
words = st.sampled_from(HOSTILE) | st.text(LETTERS, max_size=40) | st.text(max_size=12).filter(str.isprintable)
LINE_OF_STREET = st.sampled_from(["", "Am Markt 5", "Rue de l'Église 12 bis"]) | words


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each form is kept when it comes for the first time. Returns the pages that were read by themselves."""
    monkeypatch.setattr(story, "_times", lambda form: iter([1]))
    return counted(monkeypatch)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that will be read by themselves."""
    pages: list[str] = []

    def plain(html: str) -> story.Story:
        pages.append(html)
        return PLAIN(html)

    monkeypatch.setattr(story, "plain", plain)
    return pages


def plainly(draw: Draw) -> Slip:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "read", PLAIN)
        return draw()


@st.composite
def orders(draw: Any) -> Order:
    """As from the database, without one."""
    order = sample(draw(st.integers(0, 6) | st.sampled_from([25, 70, 120])))
    order.customer_name, order.note = draw(words), draw(words | st.just("") | st.just("Ring twice. " * 60))
    order.shipping_phone, order.reference = draw(st.sampled_from(["", "+49 30 1234"])), draw(words | st.just(""))
    if draw(st.booleans()):
        order.shipping_country = draw(st.sampled_from(["DE", "US", "JP", "IS", "TH"]))
        order.shipping_line1, order.shipping_line2 = draw(LINE_OF_STREET), draw(LINE_OF_STREET)
        order.shipping_city, order.shipping_postal_code = draw(words), draw(st.sampled_from(["", "10115"]))
        order.shipping_state = draw(st.sampled_from(["", "CA"]))
    for line in order.lines.all():
        line.name, line.quantity = draw(words), draw(st.sampled_from([1, 1, 2, 12, 1_000_000]))
        line.sku = draw(st.sampled_from([line.sku, "SKU & 7", "אב-12", "S" * 60]))
        line.product.bin_location = draw(st.sampled_from([line.product.bin_location, "", "<7>-A", "ג-3", "B" * 30]))
    return order


# One for each thing that only some templates have, around rows that repeat.
ROWS = "{% for line in lines %}<tr><td>{{ line.name }}</td><td>{{ line.quantity }}</td></tr>{% endfor %}"
OWN = {
    "nothing else": "<table>" + ROWS + "</table>",
    "a row before": "<table><tr><th>A</th></tr>" + ROWS + "</table>",
    "lines around": '<table style="border: 2pt solid #000"><tr><th>A</th></tr>' + ROWS + "</table>",
    "groups": "<table><thead><tr><th>A</thead><tbody style='background-color: #eee'>" + ROWS + "</tbody></table>",
    "a table in a cell": "<table><tr><td><table>" + ROWS + "</table></td><td>x</td></tr>" + ROWS + "</table>",
    "rows within rows": '<table><tr><td rowspan="2">A</td></tr>' + ROWS + "</table>",
    "wide cells": ROWS.replace("<td>", '<td colspan="2">', 1).join(["<table>", "</table>"]),
    "round corners": "<style>td { border-radius: 4pt; background-color: #ccc }</style><table>" + ROWS + "</table>",
    "every second row": "<style>tr:nth-child(2n) { background-color: #ccc }</style><table>" + ROWS + "</table>",
    "words before": "<style>td:before { content: 'No. ' }</style><table>" + ROWS + "</table>",
    "an open element": "<table>" + ROWS.replace("<td>", "<td><b>", 1) + "</table>",
    "texts in no cell": "<table>{{ order.customer_name }} & co <tr><td>A</td></tr>" + ROWS + "</table>",
    "a word's picture in no cell": "<table>{{ 'ยู'|shaped:11 }}<tr><td>A</td></tr>" + ROWS + "</table>",
    "lists": "<ul>{% for line in lines %}<li>{{ line.name }}</li>{% endfor %}</ul>",
    "links": "<a href='#x'>{{ order.number }}</a><p id='x'>{{ order.note }}</p>",
    "lines that end": "{{ order.customer_name }}<br/>{{ order.note }}<br/>",
    "a comment": "<!-- {{ order.number }} <p> -->{{ order.note }}",
    "kept spaces": "<pre>\n  {{ order.note }}\n</pre><p style='white-space: pre-wrap'>  {{ order.note }} </p>",
    "page numbers": "<p>{{ order.number }}: <pdf:pagenumber /></p><p><pdf:pagecount /></p>",
    "bars": '<pdf:barcode value="{{ order.number }}" type="code128" />',
    "a box": '<div style="border: 1pt solid #000; padding: 4pt"><div>{{ order.note }}</div><p>x</p></div>',
    "two sides": '<img align="left" src="{{ qr }}" />{{ order.note }}',
    "floats and frames": '<div style="position: absolute; top: 4cm">{{ order.note }}</div><p>{{ order.number }}</p>',
    "flexible boxes": '<div style="display: flex"><div>{{ order.note }}</div><div>{{ order.number }}</div></div>',
    "hidden": '<p style="display: none">{{ order.note }}</p><p>{{ order.number }}</p>',
    "margins": '<p style="margin: 20pt 0"><b>{{ order.note }}</b></p><div style="margin-top: 9pt"><p>x</p></div>',
    "small letters": "<p style='text-transform: uppercase; letter-spacing: 2pt'>{{ order.note }}&shy;<sup>2</sup></p>",
    "from the right": '<div dir="rtl"><table>' + ROWS + "</table>{{ order.note }}</div>",
    "kept together": '<div style="page-break-inside: avoid"><p>{{ order.note }}</p><p>{{ shop }}</p></div><p>x</p>',
    "a page of its own": '<p>{{ order.note }}</p><pdf:nextpage /><h1 style="-pdf-outline: true">{{ shop }}</h1>',
    "spaces of its own": '<p>{{ order.note }}</p><pdf:spacer height="10pt" /><hr/><p>{{ shop }}</p>',
    "other typefaces": '<p style="font-family: Helvetica">{{ order.note }}</p><p style="font-family: Nowhere">x</p>',
    "a broken picture": '<p>A<img src="data:image/png;base64,AAAA" />B</p>{{ order.note }}',
    "entities": "<p>&eacute;&copy &#8364; {{ order.note }} &nbsp; &amp;</p><p>5 < 6 {{ shop }}</p>",
    "a title": "<title>{{ order.number }}</title><p>{{ order.note }}</p>",
}


@pytest.mark.usefixtures("at_once")
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    orders(),
    st.sampled_from(list(PAPERS)),
    st.integers(1, 2),
    st.sampled_from([(), ("Order desk", "Street & 5", "12345 City"), ("ร้าน",)]),
    st.sampled_from(["en", "de", "is"]),
)
def test_any_slip_is_the_same(order: Order, paper: str, copy: int, sender: tuple[str, ...], language: str) -> None:
    def draw() -> Slip:
        return slip.render(order, paper=paper, copy=copy)

    with override_settings(SHOP_SENDER=sender, SHOP_LANGUAGE=language):
        assert draw() == plainly(draw)


@pytest.mark.parametrize("paper", PAPERS)
def test_our_own_slips_and_lists_need_not_be_read_by_themselves(
    paper: str, settings: Settings, tmp_path: Path, at_once: list[str]
) -> None:
    Image.new("RGB", (90, 30), "navy").save(tmp_path / "logo.png")
    settings.SHOP_LOGO, settings.SLIP_TRACKING, settings.PUBLIC_URL = (
        tmp_path / "logo.png",
        True,
        "https://shop.example",
    )
    orders_ = [*(in_script(name, 1) for name in SCRIPTS), sample(0), sample(1), sample(50)]
    for count, order in enumerate(orders_):
        draw = partial(slip.render, order, paper=paper, copy=1 + count % 2)
        assert draw() == plainly(draw)
        draw = partial(pick_list.render, [order], paper=paper)
        assert draw() == plainly(draw)
    assert at_once == []


def test_many_lines_in_pictures_are_the_same(at_once: list[str]) -> None:
    order = sample(120)
    for number, line in enumerate(order.lines.all()):
        line.name = in_script("Thai", number).note
    assert slip.render(order) == plainly(partial(slip.render, order))
    assert at_once == []


def test_a_slip_is_the_same_after_others_of_its_form(at_once: list[str]) -> None:
    """No drawing changes what is kept."""
    few, many = sample(3), sample(80)
    many.note = "Long. " * 200
    before = [slip.render(order) for order in (few, many)]
    for _ in range(3):
        assert [slip.render(order) for order in (few, many)] == before
    assert at_once == []


def test_a_form_is_kept_when_it_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    story._times.cache_clear()
    story.kept.cache_clear()
    read = counted(monkeypatch)
    for count in (5, 7, 9, 30):
        slip.render(sample(count))
    assert len(read) == 1
    assert story.kept.cache_info().misses == 1


@pytest.mark.parametrize("name", OWN)
def test_a_template_of_the_shops_own_is_drawn_as_ever(
    name: str, settings: Settings, tmp_path: Path, at_once: list[str]
) -> None:
    file = tmp_path / "own" / "printing" / "slip.html"
    file.parent.mkdir(parents=True)
    head = '{% load i18n slips %}<html><head>{% include "printing/style.html" %}</head><body>'
    file.write_text(head + OWN[name] + "</body></html>")
    settings.SHOP_TEMPLATES = tmp_path / "own"
    autoreload.reset_loaders()
    try:
        for order in (sample(4), sample(60), in_script("Thai", 1)):
            assert slip.render(order) == plainly(partial(slip.render, order))
    finally:
        settings.SHOP_TEMPLATES = None
        autoreload.reset_loaders()
