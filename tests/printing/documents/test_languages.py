"""Slips and pick lists in each language of the shop: `SHOP_LANGUAGE`."""

from collections.abc import Sequence

import pytest
from django.utils import translation
from django.utils.translation import pgettext
from pytest_django import Settings

from orders.models import Order
from printing.documents import pick_list, test_page
from printing.documents.slip import render
from printing.models import Printer
from shop.letterhead import LANGUAGES
from tests.printing.conftest import NUMBER, Text, make_order
from tests.printing.documents.layout import drawn_lines

pytestmark = pytest.mark.django_db

PAPERS = ["a4", "a5", "letter"]
LINES = [("A-03-2", 1, "Enamel mug"), ("", 3, "Wool blanket")]
# A bin so long that its article stands below it.
LONG = [("W" * 32, 9999, "Mug")]
SIGNED = ["Picked by", "Packed by", "Boxes", "Weight"]


def order_of(number: str = NUMBER, lines: Sequence[tuple[str, int, str]] = LINES) -> Order:
    made = make_order(lines, number=number, note="Ring twice")
    return Order.objects.prefetch_related("lines__product").get(pk=made.pk)


def torn(content: bytes, words: list[str], language: str) -> list[str]:
    """Those of the (English) words that do not stand whole, on one line, in that language."""
    lines = ["".join(line.split()) for line in drawn_lines(content)]
    with translation.override(language):
        said = [pgettext("paper", word) for word in words]
    return [word for word in said if not any("".join(word.split()) in line for line in lines)]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_of_a_slip_is_torn(settings: Settings, language: str, paper: str) -> None:
    settings.SHOP_LANGUAGE = language
    slip = render(order_of(), paper=paper).content
    quantity = "Qty" if paper == "a5" else "Quantity"
    words = ["pick slip", "Ship to", "Note:", "Bin", quantity, "Article", "no bin", *SIGNED]
    assert torn(slip, words, language) == []
    stacked = render(order_of("0000-0000-0002", LONG), paper=paper).content
    assert torn(stacked, ["Bin and article", "Qty", *SIGNED], language) == []


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_of_a_pick_list_is_torn(settings: Settings, language: str, paper: str) -> None:
    settings.SHOP_LANGUAGE = language
    one = order_of()
    words = ["Box", "Order", "Ship to", "Bin", "Take", "Article", "Into box", "no bin", "Picked by", "Time"]
    assert torn(pick_list.render([one], paper=paper).content, words, language) == []
    stacked = pick_list.render([one, order_of("0000-0000-0002", LONG)], paper=paper).content
    assert torn(stacked, ["Bin, article and boxes", "Take"], language) == []


def test_a_slip_speaks_the_shops_language(settings: Settings, text: Text) -> None:
    settings.SHOP_LANGUAGE = "de"
    slip = render(order_of(), copy=2)
    drawn = "\n".join(text(slip.content))
    for words in ("NACHDRUCK – Exemplar 2.", "– Kommissionierschein – 23.11.2026 09:30", "2 Positionen, 4 Stück"):
        assert words in drawn, words
    assert f"{NUMBER} · Rev. 1 · Exemplar 2 · Seite 1 von 1" in drawn
    assert "Pick" not in drawn


def test_a_pick_list_and_a_test_page_speak_it_too(settings: Settings, text: Text) -> None:
    settings.SHOP_LANGUAGE = "is"
    drawn = "\n".join(text(pick_list.render([order_of(), order_of("0000-0000-0002", LONG)]).content))
    assert "ein ferð fyrir 2 pantanir" in drawn
    assert f"Tínslulisti fyrir 2 pantanir, frá {NUMBER} · bls. 1 af 1" in drawn
    assert "prufusíða" in "".join(text(test_page.render(Printer(name="Gate"))))


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "2026-11-23 09:30"),
        ("de", "23.11.2026 09:30"),
        ("fr", "23/11/2026 09:30"),
        ("es", "23/11/2026 09:30"),
        ("is", "23.11.2026 09:30"),
    ],
)
def test_a_date_has_its_languages_form(settings: Settings, text: Text, language: str, date: str) -> None:
    settings.SHOP_LANGUAGE = language
    assert date in "".join(text(render(order_of()).content))


def test_quantities_are_plain_digits_in_every_language(settings: Settings, text: Text) -> None:
    """1.000 would be a thousand in one of them, and one in another."""
    for language in LANGUAGES:
        settings.SHOP_LANGUAGE = language
        order = order_of(f"0000-0000-00{language.upper()}", [("A-1", 1000, "Mug")])
        assert "1000" in "".join(text(render(order).content))


def test_what_staff_are_told_stays_in_their_language(settings: Settings) -> None:
    settings.SHOP_LANGUAGE = "fr"
    order = order_of()
    order.note = "ᚠ"
    assert render(order).warnings == ["No typeface has ᚠ (U+16A0), in the note: the slip shows boxes instead."]
    assert translation.get_language() == "en"


def test_the_same_order_gives_the_same_bytes_whatever_language_came_between(settings: Settings) -> None:
    order = order_of()
    settings.SHOP_LANGUAGE = "es"
    first = render(order).content
    settings.SHOP_LANGUAGE = "de"
    assert render(order).content != first
    settings.SHOP_LANGUAGE = "es"
    assert render(order).content == first


@pytest.mark.parametrize("paper", ["4x6", "100x150"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_heading_is_torn_on_a_label(settings: Settings, language: str, paper: str) -> None:
    settings.SHOP_LANGUAGE = language
    one = order_of()
    assert (
        torn(pick_list.render([one], paper=paper).content, ["Box", "Order", "Bin", "Take", "Article"], language) == []
    )
    assert torn(render(one, paper=paper).content, ["Bin", "Qty", "Article"], language) == []
