"""Where an address stands on each paper, how large, and that nothing typed can push it out of its window."""

from typing import Any

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from orders.models import Order
from printing.documents import pdf, slip
from printing.documents.paper import MM, PAPERS, SHEETS
from printing.documents.slip import Slip, render
from tests.bench.slip import sample
from tests.printing.conftest import Text, make_order
from tests.printing.documents.layout import boxes, overlaps

pytestmark = pytest.mark.django_db

ADDRESS: dict[str, Any] = {
    "shipping_name": "Ana Sol", "shipping_phone": "+49 30 1234567", "shipping_line1": "Hauptstr. 5",
    "shipping_line2": "c/o Meier", "shipping_postal_code": "10115", "shipping_city": "Berlin",
    "shipping_country": "DE", "reference": "WEB-4711",
}  # fmt: skip
LONGEST = {
    "shipping_name": 80, "shipping_line1": 60, "shipping_line2": 40, "shipping_postal_code": 10, "shipping_city": 40,
    "shipping_state": 3, "shipping_phone": 30, "reference": 35,
}  # fmt: skip
# Left, top, width, height in mm: what the window shows however the sheet lies in it, and of it what is the sender's.
WINDOWS = {"a4": (20, 45, 85, 47), "a5": (20, 45, 85, 47), "letter": (22.2, 51.8, 88.9, 30)}
SCRIPTS = {
    "ru": ("Олег Иванов", "ул. Ленина, д. 5, кв. 12", "Санкт-Петербург", "RU"),
    "il": ("דוד כהן", "רחוב דיזנגוף 100", "תל אביב", "IL"),
    "sa": ("محمد عبد الله", "شارع الملك فهد 12", "الرياض", "SA"),
    "jp": ("山田 太郎", "神南1-2-3 渋谷ハイツ405", "渋谷区", "JP"),
    "th": ("สมชาย ใจดี", "123 ถนนสุขุมวิท", "กรุงเทพมหานคร", "TH"),
    "in": ("नरेन्द्र शर्मा", "12 महात्मा गांधी मार्ग", "मुंबई", "IN"),
    "gr": ("Αθηνά Παππά", "Οδός Ερμού 12", "Αθήνα", "GR"),
    "kr": ("김철수", "세종대로 110", "서울", "KR"),
}


def in_window(content: bytes, paper: str) -> list[tuple[str, float]]:
    """The texts in the window of the envelope, each with its height in points: all that touch it must be in it."""
    page = pypdfium2.PdfDocument(content)[0]
    left, top, width, height = (mm * MM for mm in WINDOWS[paper])
    upper = page.get_size()[1] - top
    found = []
    text = page.get_textpage()
    for box in boxes(page):
        if box[0] < left + width and box[1] < upper and box[3] > upper - height:
            assert box[0] >= left - 1, box
            assert box[2] <= left + width + 0.5, box
            assert upper - height <= box[1], box
            assert box[3] <= upper + 0.5, box
            found.append((text.get_text_bounded(*box), box[3] - box[1]))
    return found


@pytest.mark.parametrize("copy", [1, 2])
@pytest.mark.parametrize("paper", WINDOWS)
def test_the_window_shows_the_address_and_nothing_else(paper: str, copy: int) -> None:
    found = in_window(render(make_order(**ADDRESS), paper=paper, copy=copy).content, paper)
    assert " ".join(" ".join(text for text, _ in found).split()) == (
        "Ana Sol Hauptstr. 5 c/o Meier 10115 Berlin GERMANY"
    )
    assert max(height for _, height in found) > 14 * 0.7  # a capital of 14 points


@pytest.mark.parametrize("paper", PAPERS)
def test_what_a_picker_needs_stands_on_every_paper(paper: str, text: Text) -> None:
    order = make_order(note="Ring twice", **ADDRESS)
    printed = "".join(text(render(order, paper=paper).content)).replace("\u00a0", " ")
    for words in ("Ana Sol", "10115 Berlin", "GERMANY", "+49 30", "WEB-4711", "Ring", "Enamel mug"):
        assert words in printed


def test_inside_the_shops_country_its_name_is_left_out(settings: Settings, text: Text) -> None:
    settings.COUNTRY = "DE"
    assert "GERMANY" not in "".join(text(render(make_order(**ADDRESS)).content))


def order_with(**fields: Any) -> Order:
    """As `make_order`, without a database."""
    order = sample(2)
    for name, value in fields.items():
        setattr(order, name, value)
    return order


def check(drawn: Slip, paper: str) -> None:
    document = pypdfium2.PdfDocument(drawn.content)
    for page in document:
        width, height = page.get_size()
        for left, bottom, right, top in boxes(page):
            assert 5 <= left <= right <= width - 5
            assert 5 <= bottom <= top <= height - 5
    assert overlaps(document[0]) == []
    if paper in WINDOWS:
        in_window(drawn.content, paper)


@pytest.mark.parametrize("letters", ["W", "Wi ", "Ag-", "李", "Щ", "ש ", "ม", "ก็", "क्ष", "ع ", "x" * 17 + " "])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_longest_address_stays_in_its_window(paper: str, letters: str) -> None:
    fields = {name: (letters * most)[:most] for name, most in LONGEST.items()}
    order = order_with(**fields, shipping_country="UM", note=(letters * 500)[:500])
    drawn = render(order, paper=paper, copy=2)
    assert drawn.warnings == []
    check(drawn, paper)


@given(
    st.fixed_dictionaries({name: st.text(st.characters(exclude_categories=["Cs"]), max_size=most)
                           for name, most in LONGEST.items()}),
    st.sampled_from([*PAPERS]), st.sampled_from(["", "DE", "JP", "AE", "XX", "US", "SG", "KR", "SE"]),
)  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_text_and_no_gap_makes_a_slip_fail(fields: dict[str, str], paper: str, country: str) -> None:
    drawn = render(order_with(**fields, shipping_country=country), paper=paper)
    assert not any("incomplete" in warning for warning in drawn.warnings)


@pytest.mark.parametrize("paper", ["a4", "letter", "4x6"])
@pytest.mark.parametrize(("name", "street", "city", "country"), SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_has_its_address(paper: str, name: str, street: str, city: str, country: str) -> None:
    order = order_with(
        customer_name=name, shipping_line1=street, shipping_city=city, shipping_postal_code="12345",
        shipping_country=country,
    )  # fmt: skip
    drawn = render(order, paper=paper)
    assert drawn.warnings == []
    check(drawn, paper)


def test_a_character_without_a_typeface_in_an_address_is_named() -> None:
    fields: dict[str, Any] = dict.fromkeys(("shipping_line1", "shipping_phone", "shipping_name"), "𓀀")
    assert render(make_order(shipping_country="DE", **fields)).warnings == [
        "No typeface has 𓀀 (U+13000), in the recipient's name: the slip shows boxes instead.",
        "No typeface has 𓀀 (U+13000), in the address: the slip shows boxes instead.",
        "No typeface has 𓀀 (U+13000), in the phone number or reference: the slip shows boxes instead.",
    ]


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
def test_an_order_without_an_address_prints_as_before(paper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    make_pdf = slip.make_pdf

    def watched(html: str, **options: str) -> pdf.Pdf:
        drawn.append(html)
        return make_pdf(html, **options)

    monkeypatch.setattr(slip, "make_pdf", watched)
    monkeypatch.setattr(slip.address_lines, "lines", lambda *to, **options: pytest.fail("there is no address"))
    render(make_order(), paper=paper)
    assert "@frame" not in drawn[0]
    assert "pdf:next" not in drawn[0]


def test_every_sheet_keeps_its_places_apart() -> None:
    for sheet in SHEETS.values():
        if sheet.head and sheet.below:
            assert sheet.head.top + sheet.head.height <= sheet.address.top
            assert sheet.address.top + sheet.address.height <= sheet.below.top
            assert sheet.address.left + sheet.address.width <= sheet.beside.left
