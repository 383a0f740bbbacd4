"""Every script comes out readable: what the page's typefaces can't draw is a picture."""

import json
import re
import unicodedata
from io import BytesIO

import pypdf
import pytest

from printing.documents import lettering, panel, pick_list, pictures, typefaces
from printing.documents.slip import render
from tests import factories
from tests.printing.conftest import make_order
from tests.printing.documents.layout import drawn_lines

pytestmark = pytest.mark.django_db

NAMES = json.loads(
    """{"Thai": "สมชาย ใจดี", "Hindi": "नरेन्द्र शर्मा", "Bengali": "রবীন্দ্রনাথ ঠাকুর", "Tamil": "சுப்பிரமணியம்",
    "Telugu": "రామారావు", "Kannada": "ಕುವೆಂಪು", "Malayalam": "കുമാരൻ", "Gujarati": "ગાંધી", "Punjabi": "ਗੁਰਪ੍ਰੀਤ",
    "Odia": "ଫକୀର", "Sinhala": "මාර්ටින්", "Khmer": "សុខ ចាន់ដារ៉ា", "Lao": "ສົມສັກ", "Burmese": "အောင်ဆန်း",
    "Tibetan": "བཀྲ་ཤིས", "Amharic": "ሰላም አበበ", "Dhivehi": "ދިވެހި", "Syriac": "ܫܠܡܐ", "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "NKo": "ߒߞߏ", "Cherokee": "ᏣᎳᎩ", "Pashto": "ډېر ښه", "Adlam": "𞤀𞤣𞤤𞤢𞤥", "Yi": "ꆈꌠ"}"""
)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_is_drawn_without_boxes_and_found(name: str) -> None:
    order = make_order([("A-1", 12, name)], customer_name=name, note=f"Ana ({name}), 12")
    for slip in (render(order), pick_list.render([order], paper="a5")):
        assert slip.warnings == []
        lines = ["".join(line.split()) for line in drawn_lines(slip.content)]
        assert any("2BDF-001" in line for line in lines)
        page = pypdf.PdfReader(BytesIO(slip.content))
        kept = str(page.metadata.get("/Keywords", "")) if page.metadata else ""
        for font, part in pictures.runs(name):
            assert not font or typefaces.shaped(part).count("<img") == 0 or pictures.pieces(part, font)[0] in kept


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\U0001d4d7\U0001d4ee\U0001d4f5\U0001d4f0\U0001d4f2 \U0001d7d9\U0001d7da", "Helgi 12"),
        ("\U0001d571\U0001d597\U0001d586\U0001d59a \U0001f130\U0001f13d\U0001f130", "Frau ANA"),
        ("\u1c92\u1c98\u1c9d\u1ca0\u1c92\u1c98 \u1c9f\u1ca6\u1c94\u1c9c\u1ca2\u1c98", "გიორგი ჟღენტი"),
        ("عبد\ufdf2 محمد", "عبدالله محمد"),
        ("H\u0368\u035bo\u0336r\u036a\u1dd2st\u20e3 M\u00fcller", "Ho\u0336rst M\u00fcller"),
        ("\u24bd\u24d4\u24db\u24d6\u24d8 \U0001f157\U0001f154 \U0001f177\U0001f174\u24ea", "Helgi HE HE0"),
        ("\U0001d4bd\u212f\U0001d4c1\u210a\U0001d4be", "h\u212flgi"),
        ("\u1c92\u1c98\u1c9d\u1ca0\u1c92\u1c98", "\u10d2\u10d8\u10dd\u10e0\u10d2\u10d8"),  # Georgian capitals
        ("\u2ed1\u2f95 \u2ec4\u2f2d", "\u9577\u8c37 \u897f\u5c71"),  # radicals, as they are copied from a PDF
        ("\u05e8\u05b5\u05d0\u05e9\u05b4\u0596\u05d9\u05ea", "\u05e8\u05b5\u05d0\u05e9\u05b4\u05d9\u05ea"),
    ],
)
def test_a_name_in_fancy_letters_is_printed_in_plain_ones(written: str, read: str) -> None:
    assert lettering.seen(written) == read
    slip = render(make_order([("A-1", 12, written)], customer_name=written, note=written))
    assert slip.warnings == []


def test_no_mark_above_or_below_a_letter_is_a_box() -> None:
    blocks = [range(0x300, 0x370), range(0x483, 0x48A), range(0x591, 0x5C8), range(0x610, 0x6EE), range(0x8CA, 0x900)]
    blocks += [range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00), range(0x20D0, 0x2100), range(0x2DE0, 0x2E00)]
    blocks += [range(0x302A, 0x302E), range(0xA66F, 0xA6A0)]
    marks = [chr(code) for block in blocks for code in block if unicodedata.category(chr(code)) in ("Mn", "Me")]
    assert [mark for mark in marks if typefaces.missing(f"a{mark}")] == []
    blocks = [range(0x1D400, 0x1D800), range(0x2100, 0x213B), range(0x24B6, 0x24EB), range(0x1C90, 0x1CBB)]
    blocks += [range(first, first + 26) for first in (0x1F110, 0x1F130, 0x1F150, 0x1F170)]
    blocks += [range(0x2F00, 0x2FD6), range(0xFE10, 0xFE1A), range(0xFE50, 0xFE6C)]
    letters = [chr(code) for block in blocks for code in block if unicodedata.category(chr(code)) != "Cn"]
    assert [letter for letter in letters if typefaces.missing(letter)] == []


def test_a_sku_and_a_bin_in_thai_are_pictures_in_one_piece() -> None:
    product = factories.make_product(sku="ถ้วย-12", name="ถ้วย", bin_location="ชั้น 3")
    slip = render(factories.make_order([(product, 2)], steps=()))
    assert slip.warnings == []
    assert typefaces.whole("ถ้วย-12").count("<img") == 1


def test_letters_keep_what_belongs_to_them_where_a_long_word_is_cut() -> None:
    word = "กรุงเทพมหานครอมรรตนโกสินทร์" * 3
    parts = pictures.pieces(word, "Thai")
    assert "".join(parts) == word
    assert len(parts) > 2
    assert all(part[0] not in "ุิ์" and part[-1] not in "เแโใไ" for part in parts)


def test_a_picture_is_escaped_and_beside_it_markup_is_only_text() -> None:
    drawn = typefaces.shaped('ไทย<b>"&')
    assert drawn.count("<img") == 1
    assert "<b>" not in drawn


def test_a_plain_text_is_no_picture() -> None:
    for text in ("Helgi Möller", "Łukasz Żółć", "Олег", "李小龙", "김철수", "さくら"):
        assert typefaces.shaped(text) is text


def test_every_font_lies_there_and_draws_its_blocks() -> None:
    for font, blocks in pictures.BLOCKS.items():
        drawn = sum(bool(pictures.font_of(chr(code))) for first, last in blocks for code in range(first, last + 1))
        assert drawn > 20, font


def test_words_of_one_script_are_one_picture_as_long_as_a_line_can_hold_them() -> None:
    assert typefaces.whole("สมชาย ใจดี").count("<img") == 1
    assert typefaces.shaped("สมชาย ใจดี").count("<img") == 1
    assert typefaces.shaped("สมชาย Ana ใจดี").count("<img") == 2
    long = typefaces.shaped("สมชาย ใจดี " * 10)
    assert 4 < long.count("<img") < 20
    shown = re.findall('alt="([^"]*)"', long)
    assert " ".join(shown) == ("สมชาย ใจดี " * 10).strip()
    assert all(pictures.ems(text, "Thai")[0] <= 9.2 for text in shown)
    assert re.findall('alt="([^"]*)"', typefaces.shaped("नमस्ते สมชาย")) == ["नमस्ते", "สมชาย"]


@pytest.mark.parametrize(
    "text",
    ["𠮷野家 𠮷田", "䶮 㐂", "10時〜12時", "𬭊𫖯", "🎁 Mug ⭐ ✅", "👍🏽🇮🇸👩‍🚀", "ヷ ㋐ 〠"],
    ids=lambda text: text[0],
)
def test_emoji_and_rare_characters_are_no_boxes(text: str) -> None:
    assert "<img" in typefaces.shaped(text)
    order = make_order([("A-1", 2, text)], customer_name=text, note=text)
    for slip in (render(order), render(order, paper="4x6"), pick_list.render([order])):
        assert slip.warnings == []


def test_no_text_that_passes_for_plain_needs_a_picture() -> None:
    plain = [chr(code) for code in range(0x20, 0x10000) if typefaces._PLAIN.fullmatch(chr(code))]
    assert [char for char in plain if pictures.font_of(char)] == []


def test_no_flag_and_no_family_is_cut_in_two() -> None:
    parts = pictures.pieces("🇮🇸👩‍🚀👍🏽" * 9, "Emoji")
    assert len(parts) > 1
    assert all(part[-1] not in "\u200d" and part[0] not in "\u200d\U0001f3fd\U0001f680\U0001f1f8" for part in parts)


@pytest.mark.parametrize("emoji", ["👨\u200d👩\u200d👧", "👍🏽", "🇮🇸"])
def test_a_family_stays_together_where_a_line_of_a_label_ends(emoji: str) -> None:
    found = panel.arrange([emoji * 17], 90, 200, largest=14)
    assert found is not None
    assert len(found.lines) > 1
    assert all(re.fullmatch(f"({emoji})+", line) for line, _ in found.lines)
