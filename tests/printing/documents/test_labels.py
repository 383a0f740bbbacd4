"""Labels, and whatever a thermal printer does to a page: 203 dots an inch, black or white."""

import itertools
from io import BytesIO
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pytest_django import Settings

from printing.documents import codes, pick_list, test_page
from printing.documents.paper import DOT, PAPERS, SHEETS
from printing.documents.slip import render
from printing.models import Printer
from tests.printing.conftest import NUMBER, Text, make_order
from tests.printing.documents.test_address_on_paper import ADDRESS

pytestmark = pytest.mark.django_db

LABELS = [paper for paper, sheet in SHEETS.items() if sheet.label]
DPI = 203.2  # eight dots a millimetre


def printed(content: bytes, page: int = 0) -> Image.Image:
    """The page as a thermal printer's dots."""
    grey = pypdfium2.PdfDocument(content)[page].render(scale=DPI / 72, no_smoothpath=True).to_pil().convert("L")
    return grey.point(lambda shade: 255 if shade > 127 else 0).convert("1")


def scanned(content: bytes) -> dict[str, str]:
    return {code.format.name: code.text for code in zxingcpp.read_barcodes(printed(content).convert("L"))}


@pytest.mark.parametrize("fields", [{}, ADDRESS], ids=["name", "address"])
@pytest.mark.parametrize("number", [NUMBER, "1234-5678-9012", "WMWM-WWWW-MMWW"])
@pytest.mark.parametrize("paper", PAPERS)
def test_codes_decode_from_one_bit_on_every_paper(paper: str, number: str, fields: dict[str, Any]) -> None:
    content = render(make_order(number=number, **fields), paper=paper, copy=2).content
    assert scanned(content) == {"Code128": number, "QRCode": number}


@pytest.mark.parametrize("fields", [{}, ADDRESS], ids=["name", "address"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_customer_s_code_leads_to_the_order_s_page_where_the_shop_wants_it(
    paper: str, fields: dict[str, Any], settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://shop-with-a-long-name.example.com/desk"
    order, found = make_order(**fields), {}
    for wanted in (False, True):
        settings.SLIP_TRACKING = wanted
        content = render(order, paper=paper).content
        pages = [printed(content, page).convert("L") for page in range(len(pypdfium2.PdfDocument(content)))]
        found[wanted] = [code.text for page in pages for code in zxingcpp.read_barcodes(page)]
    assert sorted(found[True]) == sorted([*found[False], f"{settings.PUBLIC_URL}/track/{NUMBER}"])


@pytest.mark.parametrize("paper", PAPERS)
def test_a_test_page_decodes_too(paper: str) -> None:
    content = test_page.render(Printer(name="A gate with a long name", station="Hall 2", paper=paper))
    assert scanned(content) == {"Code128": "TEST-PAGE", "QRCode": "TEST-PAGE"}
    assert len(pypdfium2.PdfDocument(content)) == 1


@pytest.mark.parametrize(("paper", "size"), [("4x6", (288, 432)), ("100x150", (283.46, 425.2))])
def test_a_label_has_its_size(paper: str, size: tuple[float, float]) -> None:
    box = pypdf.PdfReader(BytesIO(render(make_order(), paper=paper).content)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(size, abs=0.1)


@pytest.mark.parametrize("paper", LABELS)
def test_every_bar_is_as_many_whole_dots_wide_as_it_has_modules(paper: str) -> None:
    picture = printed(render(make_order(**ADDRESS), paper=paper).content)
    (code,) = [code for code in zxingcpp.read_barcodes(picture.convert("L")) if code.format.name == "Code128"]
    row = (code.position.top_left.y + code.position.bottom_left.y) // 2
    shades = [picture.getpixel((x, row)) for x in range(picture.width)]
    edges = [x for x in range(1, picture.width) if shades[x] != shades[x - 1]]
    widths = [right - left for left, right in itertools.pairwise(edges)]
    assert min(widths) == 3
    assert sum(width % 3 > 0 for width in widths) <= 1  # A page is a fraction of a dot wider than this picture of it.


def test_a_code_that_three_dots_a_module_would_not_fit_has_two() -> None:
    assert codes.dots(NUMBER, 1000) == 3 * codes.dots(NUMBER, 500) / 2
    assert all(codes.dots("WMWM-WWWW-MMWW", SHEETS[paper].inner / DOT) % 3 == 0 for paper in LABELS)


@pytest.mark.parametrize("paper", LABELS)
def test_a_label_has_no_grey(paper: str) -> None:
    order = make_order(note="Ring twice", **ADDRESS)
    for content in (render(order, paper=paper, copy=2).content, pick_list.render([order], paper=paper).content):
        for page in pypdf.PdfReader(BytesIO(content)).pages:
            stream = page.get_contents()
            assert stream is not None
            colours = {line.split()[-4:-1][0] for line in stream.get_data().decode("latin-1").splitlines()
                       if line.endswith((" rg", " RG"))}  # fmt: skip
            assert colours <= {"0", "1"}, colours


@pytest.mark.parametrize("paper", LABELS)
def test_what_is_in_the_parcel_does_not_stand_on_its_outside(paper: str, text: Text) -> None:
    first, second, *_ = text(render(make_order(note="Ring twice", **ADDRESS), paper=paper).content)
    assert "Hauptstr" in first.replace("\u00a0", " ")
    assert "Enamel" not in first
    assert "Enamel" in second
    assert "Hauptstr" not in second


@pytest.mark.parametrize("paper", LABELS)
def test_without_an_address_the_lines_begin_on_the_first_label(paper: str, text: Text) -> None:
    first, *_ = text(render(make_order(), paper=paper).content)
    assert "Helgi" in first
    assert "Enamel" in first


@pytest.mark.parametrize("paper", LABELS)
def test_two_hundred_lines_take_as_many_labels_as_they_need(paper: str, text: Text) -> None:
    lines = [(f"A-{i}", 1 + i % 3, f"Article {i} with a long name") for i in range(200)]
    slip = render(make_order(lines, **ADDRESS), paper=paper)
    pages = text(slip.content)
    assert len(pages) == slip.pages > 15
    assert all(f"{NUMBER} · rev 1 · copy 1 · page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert all(
        any(f"A-{i}\n" in f"{page}\n".replace(" \n", "\n") or f"A-{i} " in page for page in pages) for i in (0, 99, 199)
    )
