"""Pictures of one bit stand in the PDF as they stand in their PNG."""

import base64
import io
from typing import Any

import pypdf
import pypdfium2
import pytest
from PIL import Image

from printing.documents import pictures, stencil
from printing.documents.pdf import make_pdf
from printing.documents.slip import render
from tests.printing.conftest import make_order

PAGE = "<html><head><style>@page {{ size: a4; margin: 10mm; }}</style></head><body>{}</body></html>"


def png(size: tuple[int, int], mode: str = "1", colour: Any = 0, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG", **options)
    return out.getvalue()


def images(content: bytes) -> list[Any]:
    """The pictures of a PDF's first page, as its dictionaries say."""
    resources: Any = pypdf.PdfReader(io.BytesIO(content)).pages[0]["/Resources"]
    return [found.get_object() for found in resources["/XObject"].values()]


@pytest.mark.django_db
def test_words_of_a_slip_have_one_bit_a_pixel() -> None:
    """The renderer hands its own picture to `drawImage`, with the file as `fp`: otherwise they had 24."""
    found = images(render(make_order(customer_name="สมชาย ใจดี")).content)
    assert len(found) == 3  # with the two codes
    (word,) = (picture for picture in found if "/ImageMask" in picture)
    assert word["/BitsPerComponent"] == 1
    assert not any("/SMask" in picture for picture in found)


def test_a_word_lets_the_grey_below_it_be_seen() -> None:
    word = pictures.markup("ไทย", "Thai", 40)
    content = make_pdf(PAGE.format(f'<div style="background-color: #dddddd">{word}</div>'), title="", footer="").content
    page = pypdfium2.PdfDocument(content)[0].render(scale=4, may_draw_forms=False).to_pil().convert("L")
    grey = [(count, colour) for count, colour in page.getcolors(99_999) or [] if colour < 0xFF]
    assert max(grey)[1] == 0xDD
    assert min(grey, key=lambda found: found[1])[1] < 0x20
    strip = page.crop((130, 130, 300, 190))  # inside the grey line
    assert strip.getextrema()[1] == 0xDD


def test_a_word_in_a_picture_has_its_pixels() -> None:
    source = pictures.markup("ไทย", "Thai", 10).split("base64,")[1].split('"')[0]
    drawn = stencil.read(base64.b64decode(source))
    assert drawn is not None
    with Image.open(io.BytesIO(base64.b64decode(source))) as picture:
        assert (drawn.width, drawn.height) == picture.size
        ink = picture.convert("L").histogram()[0]
    assert 0.05 < ink / (drawn.width * drawn.height) < 0.4


@pytest.mark.parametrize(
    "content",
    [
        png((5, 5), "L"),
        png((5, 5), "RGB"),
        png((5, 5), "P"),
        png((5, 5), "RGBA", (0, 0, 0, 0)),
        png((5, 5)),
        png((5, 5), transparency=0),
        b"",
        b"\xff\xd8\xff",
        stencil.SIGNATURE,
        png((5, 5), transparency=1)[:20],
    ],
)
def test_other_pictures_are_drawn_as_before(content: bytes) -> None:
    assert stencil.read(content) is None


def test_the_same_picture_stands_in_the_pdf_once() -> None:
    word = pictures.markup("ไทย", "Thai", 40)
    content = make_pdf(PAGE.format(f"{word} {word}"), title="", footer="").content
    assert len(images(content)) == 1
    shown = pypdfium2.PdfDocument(content)[0].get_objects()
    assert sum(item.type == 3 for item in shown) == 2
