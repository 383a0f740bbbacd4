import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterable
from io import BytesIO

import pypdf
import pypdfium2
import pytest

from orders.models import Order
from printing.documents import pdf, slip, typefaces
from printing.documents.slip import render
from tests.printing.conftest import NUMBER, Scan, Text, make_order
from tests.printing.documents.layout import boxes, overlaps

pytestmark = pytest.mark.django_db


def flat(pages: Iterable[str]) -> str:
    """The text of all pages without the spaces that a PDF does not know, Arabic letters unjoined."""
    return unicodedata.normalize("NFKC", "".join("".join(pages).split()))


def test_a_scanner_reads_the_number_from_both_codes(order: Order, scan: Scan) -> None:
    codes = scan(render(order).content)
    assert codes == {"Code128": NUMBER, "QRCode": NUMBER}


def test_the_slip_tells_the_picker_everything_and_no_price(order: Order, text: Text) -> None:
    order.note = "Ring twice"
    slip = flat(text(render(order).content))
    for words in (
        NUMBER,
        "HelgiMöller",
        "Ringtwice",
        "A-03-2",
        "Enamelmug",
        "Woolblanket",
        "2BDF-001",
        "☐",
        "2lines,4pieces",
        "Pickedby",
        "Packedby",
        "Boxes",
        "Weight",
        f"{NUMBER}·rev1·copy1·page1of1",
    ):
        assert words in slip, words
    assert "7.77" not in slip
    assert "77.77" not in slip
    assert "EUR" not in slip


@pytest.mark.parametrize("name", ["Helgi Möller", "Łukasz Żółć", "李小龙", "Олег", "김철수", "さくら", "Αθηνά", "דוד"])
def test_names_of_the_world_are_drawn(name: str, text: Text) -> None:
    slip = render(make_order(customer_name=name))
    extracted = flat(text(slip.content))
    assert name.replace(" ", "") in extracted or name[::-1] in extracted  # Hebrew is drawn from the right
    assert slip.warnings == []


def test_arabic_letters_are_joined_and_run_from_right_to_left(text: Text) -> None:
    slip = render(make_order(customer_name="محمد"))
    drawn = "".join(text(slip.content))
    joined = ["\ufee3", "\ufea4", "\ufee4", "\ufeaa"]  # meem first, hah middle, meem middle, dal last
    assert all(letter in drawn for letter in joined)
    assert slip.warnings == []


def test_a_character_without_a_typeface_is_named(text: Text) -> None:
    slip = render(make_order(customer_name="Ana 𓀀", note="ᚠ"))
    assert slip.warnings == [
        "No typeface has 𓀀 (U+13000), in the customer's name: the slip shows boxes instead.",
        "No typeface has ᚠ (U+16A0), in the note: the slip shows boxes instead.",
    ]


def test_what_else_the_renderer_could_not_do_is_counted(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = pdf.Pdf(b"%PDF", 1, ["no such picture", "no such style"])
    monkeypatch.setattr(slip, "make_pdf", lambda html, **options: drawn)
    assert render(order).warnings == ["The slip may be incomplete: the renderer reported 2 problem(s)."]
    order.note = "ᚠ"
    assert render(order).warnings == ["No typeface has ᚠ (U+16A0), in the note: the slip shows boxes instead."]


def test_rows_follow_the_bins_as_a_person_walks(text: Text) -> None:
    lines = [("", 1, "Nowhere"), ("B-1-1", 1, "Third"), ("A-3-10", 1, "Second"), ("A-03-2", 1, "First")]
    slip = flat(text(render(make_order(lines)).content))
    places = [slip.index(name) for name in ("First", "Second", "Third", "Nowhere")]
    assert places == sorted(places)


def test_two_hundred_lines_take_several_pages_each_with_its_heading_and_number(text: Text) -> None:
    lines = [(f"A-{i}", 1, f"Article {i} " + "with a long name " * 5) for i in range(200)]
    slip = render(make_order(lines))
    pages = text(slip.content)
    assert len(pages) == slip.pages > 5
    for number, page in enumerate(pages, start=1):
        assert f"{NUMBER} · rev 1 · copy 1 · page {number} of {len(pages)}" in page
    assert all("Quantity" in page for page in pages[:-1])
    assert all(f"Article{i}with" in flat(pages) for i in range(200))


PROGRAM = """
import sys, django
django.setup()
from printing.documents.pdf import make_pdf
html = "<style>@page { size: a4 }</style><p style='font-family: Body, Cjk'>\u674e \u0141 \u2610 <b>b</b></p>"
sys.stdout.buffer.write(make_pdf(html, title="t", footer="f").content)
"""


def test_the_same_order_gives_the_same_bytes_in_another_process_too(order: Order) -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    assert render(order).content == render(order).content


def test_another_revision_or_copy_says_so(order: Order, text: Text) -> None:
    assert render(order).content != render(order, revision=2).content
    assert "rev 2 · copy 3" in text(render(order, revision=2, copy=3).content)[0]


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("a5", (420, 595)), ("letter", (612, 792))])
def test_every_paper_has_its_size_and_codes_that_scan(
    order: Order, scan: Scan, paper: str, size: tuple[int, int]
) -> None:
    slip = render(order, paper=paper)
    box = pypdf.PdfReader(BytesIO(slip.content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size
    assert scan(slip.content) == {"Code128": NUMBER, "QRCode": NUMBER}


LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
def test_nothing_runs_off_the_paper_or_into_something_else(paper: str) -> None:
    lines = [("WAREHOUSE-2-AISLE-17-SHELF-B-04", 9999, LONG_WORD)]
    slip = render(make_order(lines, customer_name=LONG_WORD[:200], note=LONG_WORD[:500]), paper=paper, copy=2)
    page = pypdfium2.PdfDocument(slip.content)[0]
    width, _ = page.get_size()
    assert all(left >= 10 and right <= width - 10 for left, _, right, _ in boxes(page))
    assert overlaps(page) == []


def test_the_reprint_box_stands_above_everything_else(order: Order) -> None:
    page = pypdfium2.PdfDocument(render(order, copy=2).content)[0]
    text = page.get_textpage()
    found = [text.get_rect(n) for n in range(text.count_rects())]
    words = [text.get_text_bounded(*rect) for rect in found]
    mark = next(rect for rect, word in zip(found, words, strict=True) if "REPRINT" in word)
    assert all(rect[3] <= mark[1] + 1 for rect in found if rect != mark)


def test_arabic_beside_other_scripts_is_drawn_without_boxes(text: Text) -> None:
    slip = render(make_order(customer_name="李小龙, محمد عبد الله, 김철수"))
    drawn = "".join(text(slip.content))
    assert "\ufdf2" not in drawn  # the ligature that no typeface here has
    assert slip.warnings == []


def test_a_reprint_is_marked(order: Order, text: Text) -> None:
    assert "REPRINT" in text(render(order, copy=2).content)[0]
    assert "REPRINT" not in text(render(order).content)[0]


def test_missing_names_only_characters_that_should_be_seen() -> None:
    assert typefaces.missing("A b\u200d\u00a0李𓀀") == ["𓀀"]
