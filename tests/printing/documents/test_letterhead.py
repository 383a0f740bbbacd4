"""The shop's logo and its sender's address on paper: `SHOP_LOGO`, `SHOP_SENDER`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from django.template import autoreload
from PIL import Image
from pypdfium2 import raw
from pytest_django import Settings

from printing.documents import logo, pick_list
from printing.documents.logo import check_logo
from printing.documents.slip import render
from tests.printing.conftest import NUMBER, Scan, Text, make_order
from tests.printing.documents.layout import Box, boxes, overlaps
from tests.printing.documents.test_address_on_paper import ADDRESS, WINDOWS, in_window

pytestmark = pytest.mark.django_db

Saved = Callable[..., Path]
SENDER = ["Nordic Things", "Laugavegur 1", "101 Reykjavík", "Iceland"]


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[Saved]:
    def save(size: tuple[int, int] = (600, 150), mode: str = "RGB", kind: str = "PNG", **options: object) -> Path:
        file = tmp_path / f"logo.{kind.lower()}"
        colour: object = {"RGB": "navy", "RGBA": (0, 0, 128, 255), "CMYK": (255, 255, 0, 127)}.get(mode, 1)
        Image.new(mode, size, colour).save(file, kind, **options)  # type: ignore[arg-type]
        return file

    yield save
    logo.drawn.cache_clear()


def pictures(content: bytes) -> list[Box]:
    """Where pictures stand on the first page."""
    page = pypdfium2.PdfDocument(content)[0]
    return [found.get_bounds() for found in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])]


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
@pytest.mark.parametrize("size", [(600, 150), (100, 100), (40, 400), (3000, 20)])
def test_the_logo_stands_on_slip_and_pick_list_in_its_own_shape(
    settings: Settings, saved: Saved, scan: Scan, paper: str, size: tuple[int, int]
) -> None:
    order = make_order()
    without = len(pictures(render(order, paper=paper).content))
    settings.SHOP_LOGO = saved(size)
    slip = render(order, paper=paper).content
    assert len(pictures(slip)) == without + 1
    left, bottom, right, top = pictures(slip)[0]
    assert (right - left) / (top - bottom) == pytest.approx(size[0] / size[1], rel=0.1)
    scale = 2 / 3 if paper == "a5" else 1
    assert right - left <= logo.WIDTH * scale * 72 / 25.4 + 0.1
    assert top - bottom <= logo.HEIGHT * scale * 72 / 25.4 + 0.1
    assert scan(slip) == {"Code128": NUMBER, "QRCode": NUMBER}
    assert len(pictures(pick_list.render([order], paper=paper).content)) == 1


@pytest.mark.parametrize("paper", ["a4", "a5", "letter"])
def test_logo_and_sender_run_into_nothing(settings: Settings, saved: Saved, paper: str) -> None:
    settings.SHOP_LOGO, settings.SHOP_SENDER = saved(), ["W" * 60] * 6
    content = render(make_order(note="Ring twice"), paper=paper, copy=2).content
    page = pypdfium2.PdfDocument(content)[0]
    assert overlaps(page) == []
    left, bottom, right, top = pictures(content)[0]
    inside = [box for box in boxes(page) if box[0] < right and box[2] > left and box[1] < top and box[3] > bottom]
    assert inside == []


def test_the_sender_stands_small_above_the_customers_name(settings: Settings, text: Text) -> None:
    settings.SHOP_SENDER = SENDER
    drawn = "\n".join(text(render(make_order()).content))
    assert " · ".join(SENDER) in drawn
    assert drawn.index("Nordic Things") < drawn.index("Helgi")


def test_a_sender_in_any_script_is_only_text(settings: Settings, text: Text) -> None:
    settings.SHOP_SENDER = ["<b>Tom & Jerry</b>", "חנות", "ร้าน"]
    slip = render(make_order())
    assert "<b>Tom & Jerry</b>" in "".join(text(slip.content))
    assert slip.warnings == []


def test_the_same_logo_gives_the_same_bytes(settings: Settings, saved: Saved) -> None:
    settings.SHOP_LOGO, order = saved(mode="RGBA"), make_order()
    first = render(order).content
    logo.drawn.cache_clear()
    assert render(order).content == first


@pytest.mark.parametrize(
    ("mode", "kind", "seen"),
    [
        ("RGB", "PNG", (0, 0, 128)),
        ("RGBA", "PNG", (0, 0, 128)),
        ("RGB", "JPEG", (0, 0, 128)),
        ("CMYK", "JPEG", (0, 0, 128)),
        ("L", "PNG", (1, 1, 1)),
        ("LA", "PNG", (255, 255, 255)),  # Nearly all of it can be seen through.
        ("1", "PNG", (255, 255, 255)),
        ("P", "PNG", (1, 1, 1)),
        ("I;16", "PNG", (0, 0, 0)),
    ],
)
def test_every_kind_of_picture_is_drawn(saved: Saved, mode: str, kind: str, seen: tuple[int, ...]) -> None:
    drawn = logo._read(saved(mode=mode, kind=kind)).convert("RGB").getpixel((300, 75))
    assert drawn == pytest.approx(seen, abs=6)


@pytest.mark.parametrize("grey", [0, 0x1000, 0x8000, 0xF000, 0xFFFF])
def test_greys_of_16_bits_stay_greys(tmp_path: Path, grey: int) -> None:
    file = tmp_path / "logo.png"
    Image.new("I;16", (60, 20), grey).save(file)
    assert logo._read(file).getpixel((0, 0)) == grey // 256


def test_a_picture_taken_on_its_side_stands_upright(saved: Saved) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert logo._read(saved((600, 150), kind="JPEG", exif=exif)).size == (150, 600)


def test_a_logo_that_has_gone_keeps_no_slip_back(
    settings: Settings, saved: Saved, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SHOP_LOGO = saved()
    settings.SHOP_LOGO.unlink()
    assert render(make_order()).content.startswith(b"%PDF")
    assert f"slips have no logo: {settings.SHOP_LOGO} can't be read: No such file or directory." in caplog.text


def test_no_logo_is_no_fault() -> None:
    check_logo("")


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_half_a_picture_is_refused(saved: Saved, kind: str) -> None:
    file = saved(kind=kind)
    check_logo(str(file))
    half(file)
    with pytest.raises(ValueError, match=f"{file} "):
        check_logo(str(file))


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"],
)
def test_what_is_no_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "logo"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=f"{file} "):
        check_logo(str(file))


def test_other_kinds_and_huge_ones_are_refused(saved: Saved, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no whole PNG or JPEG"):
        check_logo(str(saved(kind="GIF")))
    with pytest.raises(ValueError, match="more than 16 million pixels"):
        check_logo(str(saved((5000, 4000), mode="1")))
    with pytest.raises(ValueError, match="more than 16 million pixels"):
        check_logo(str(saved((20_000, 20_000), mode="1")))
    file = tmp_path / "big.png"
    file.write_bytes(b"\x89PNG" + bytes(2_000_000))
    with pytest.raises(ValueError, match="more than 2 MB"):
        check_logo(str(file))
    with pytest.raises(ValueError, match="Is a directory"):
        check_logo(str(tmp_path))


@pytest.mark.parametrize("copy", [1, 2])
@pytest.mark.parametrize("paper", WINDOWS)
@pytest.mark.parametrize(
    "lines", [SENDER, ["W" * 60] * 6, ["ร้านของเรา", "ถนนสุขุมวิท 5"]], ids=["usual", "longest", "Thai"]
)
def test_in_the_window_the_sender_has_the_first_5_mm_and_the_address_the_rest(
    settings: Settings, saved: Saved, scan: Scan, paper: str, copy: int, lines: list[str]
) -> None:
    settings.SHOP_LOGO, settings.SHOP_SENDER = saved(), lines
    content = render(make_order(**ADDRESS, note="Ring twice"), paper=paper, copy=copy).content
    page = pypdfium2.PdfDocument(content)[0]
    assert overlaps(page) == []
    shown = [text for text, _ in in_window(content, paper)]
    assert " ".join(" ".join(shown).split()).endswith("Ana Sol Hauptstr. 5 c/o Meier 10115 Berlin GERMANY")
    left, top, width, height = (mm * 72 / 25.4 for mm in WINDOWS[paper])
    upper = page.get_size()[1] - top
    drawn = page.get_textpage()
    small = drawn.get_text_bounded(left, upper - 4 * 72 / 25.4, left + width, upper).strip()
    assert "Ana" not in small
    if lines is SENDER:
        assert small == " · ".join(SENDER)
        assert max(box[3] - box[1] for box in boxes(page) if box[1] > upper - 5 * 72 / 25.4 and box[3] < upper) < 8
    for box in pictures(content):
        outside = box[1] >= upper or box[3] <= upper - height or box[0] >= left + width
        assert outside or (box[1] >= upper - 5 * 72 / 25.4 and box[3] <= upper + 0.5), box
    assert scan(content) == {"Code128": NUMBER, "QRCode": NUMBER}


@pytest.mark.parametrize("paper", ["4x6", "100x150"])
@pytest.mark.parametrize("lines", [SENDER, ["W" * 60] * 6], ids=["usual", "longest"])
def test_a_label_has_the_sender_above_the_address_and_no_logo(
    settings: Settings, saved: Saved, text: Text, paper: str, lines: list[str]
) -> None:
    order = make_order(**ADDRESS, note="Ring twice")
    without = render(order, paper=paper).content
    settings.SHOP_LOGO, settings.SHOP_SENDER = saved(), lines
    content = render(order, paper=paper, copy=2).content
    assert len(pictures(content)) == len(pictures(without))
    assert len(text(content)) == len(text(without)) == 2
    assert overlaps(pypdfium2.PdfDocument(content)[0]) == []
    drawn = text(content)[0]
    assert drawn.index(lines[0][:20]) < drawn.index("Ana Sol")
    assert "Ring twice" in drawn


def test_a_sender_of_the_shops_own_that_is_too_tall_is_made_smaller(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "printing").mkdir()
    (tmp_path / "printing" / "_sender.html").write_text("<div>One</div><div>Two</div><div>Three</div>")
    settings.SHOP_TEMPLATES, settings.SHOP_SENDER = tmp_path, SENDER
    autoreload.reset_loaders()
    try:
        found = in_window(render(make_order(**ADDRESS)).content, "a4")
    finally:
        settings.SHOP_TEMPLATES = None
        autoreload.reset_loaders()
    texts = [text.strip() for text, _ in found]
    assert " ".join(texts) == "One Two Three Ana Sol Hauptstr. 5 c/o Meier 10115 Berlin GERMANY"
