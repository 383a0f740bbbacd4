"""What is a file of products, and what is none: told in words that say what to do."""

import codecs
import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from shop.staff.products import reading, table
from shop.staff.products.reading import read_file
from shop.staff.products.table import Cell, Unreadable
from tests.shop.staff.products.files import lines, picture, saved, with_part, workbook

UMLAUTS = "sku,name,price\r\nTASSE,Größe 7 für é,7.90\r\n"


def cells(content: bytes) -> list[list[Cell]]:
    return [line.cells for line in read_file(content).lines]


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (UMLAUTS.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + UMLAUTS.encode(), "UTF-8"),
        (UMLAUTS.encode("cp1252"), "Windows-1252"),
        (UMLAUTS.encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + UMLAUTS.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_umlauts_are_read_in_whatever_programs_write(content: bytes, read_as: str) -> None:
    assert cells(content)[1] == ["TASSE", "Größe 7 für é", "7.90"]
    found = read_file(content)
    assert found.read_as == f"{read_as}, commas between the columns"
    assert bool(found.notes) == (read_as == "Windows-1252")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_are_told_apart_by_commas_semicolons_and_tabs(separator: str, end: str) -> None:
    text = end.join(separator.join(row) for row in (["SKU ", " Name", "price"], ["A", '"b, c; ""d"""', "1"], [])) + end
    assert cells(text.encode()) == [["SKU", "Name", "price"], ["A", 'b, c; "d"', "1"]]


def test_a_first_line_may_say_what_is_between_the_columns() -> None:
    assert cells(b"sep=;\r\nsku;name\r\nA;x,y\r\n") == [["sku", "name"], ["A", "x,y"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \r\n\r\n", "The file is empty."),
        (b"sku,name\r\nA\0B,x\r\n", "NUL characters"),
        ("sku,name\nA,ü".encode("utf-16-le"), "NUL characters"),
        (b"sku,name\nA,\x81\xff", "neither in UTF-8 nor in Windows-1252"),
        (codecs.BOM_UTF16_LE + b"s\0k\0u\0\n\0\x00\xd8", "it is damaged"),
        (b'sku,name\nA,"x\nB,y\n', "do not come in pairs"),
        (b'sku,name\nA,"x" y\n', "do not come in pairs"),
        (b"sku,name\nA," + b"x" * 200_000, "longer than 100,000 characters"),
        (b"%PDF-1.7 sku,name", "This is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "before 2007"),
        (b"PK\x03\x04 no zip", "damaged, or locked"),
        (b"sku" + b"," * 100 + b"x\n", "more than 64 columns"),
    ],
)
def test_what_is_no_list_of_products_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        cells(content)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match="larger than 8 MB"):
        read_file(bytes(table.MAX_FILE + 1))
    monkeypatch.setattr(table, "MAX_LINES", 2)
    assert len(cells(lines("A,a,1", "", "B,b,1"))) == 3
    with pytest.raises(Unreadable, match="more than 2 lines"):
        cells(lines("A,a,1", "B,b,1", "C,c,1"))


def test_lines_are_counted_as_the_person_counts_them(db: None) -> None:
    """Empty ones, and those of a text that goes over two, count as an editor shows them."""
    told = picture(b'\r\nsku,name,price\r\n\r\nA,"two\r\nlines",1\r\n,,\r\nB,b,dear\r\n').faults.told
    assert [words.split(":")[0] for words in told] == ["line 4, name", "line 7, price"]
    told = picture(workbook([], ["A", "a", 1], [None, None, None], ["B", "b", "dear"])).faults.told
    assert [words.split(":")[0] for words in told] == ["line 5, price"]


def test_a_workbook_is_read_as_it_is_shown(db: None) -> None:
    found = picture(
        workbook(["A", "Tee, grün", 7.9], [4711, 12, 19.989999999999998], header=("SKU", "Name", " Price "))
    )
    assert found.faults.told == []
    assert [(one.product.sku, one.detail) for one in found.new] == [
        ("A", "name: empty → Tee, grün; price: empty → 7.90"),
        ("4711", "name: empty → 12; price: empty → 19.99"),
    ]


def test_a_cell_that_says_something_else_than_it_shows_is_refused(db: None) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(["sku", "name", "price", "bin", "codes"])
    sheet.append(["A", "=B1&C1", "=1+1", "1-2", 4006381333931123456])
    sheet.append(["B", "b", 1, None, None])
    sheet["D2"] = "=DATE(2026,1,2)"
    sheet["D3"].value = date(2026, 2, 1)
    told = picture(saved(book)).faults.told
    assert [words.split(": ")[0] for words in told] == [
        "line 2, name", "line 2, price", "line 2, bin_location", "line 2, codes", "line 3, bin_location",
    ]  # fmt: skip
    assert "it is a formula (=1+1). Copy the column and paste it as values." in told[1]
    assert "more than 15 digits" in told[3]
    assert "it is a date" in told[4]


def test_merged_cells_are_named() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    sheet.append(["sku", "name"])
    sheet.merge_cells("A3:A5")
    with pytest.raises(Unreadable, match="The cells A3:A5 are merged"):
        cells(saved(book))


def test_of_several_sheets_the_first_is_read_and_that_is_said() -> None:
    book = load_workbook(io.BytesIO(workbook(["A", "a", 1])))
    book.create_sheet("Old")
    assert read_file(saved(book)).notes == ["Of 2 sheets, only the first was read."]


BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>sku&b;</t></is></c></row></sheetData></worksheet>"""
OUTSIDE = BILLION_LAUGHS.replace(b'"ha"', b'SYSTEM "file:///etc/hostname"')


@pytest.mark.parametrize("sheet", [BILLION_LAUGHS, OUTSIDE, b"<worksheet", b"", b"\0"])
def test_no_entity_is_resolved_and_broken_xml_is_told(sheet: bytes) -> None:
    with pytest.raises(Unreadable):
        cells(with_part(workbook(), "xl/worksheets/sheet1.xml", sheet))


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/media/picture.bin", bytes(100 * 1024 * 1024)),
        ("xl/worksheets/sheet1.xml", b"<row>" + b"<c/>" * 2_000_000),
        ("xl/worksheets/sheet1.xml", b"<row/>" * 300_000),
        ("xl/sharedStrings.xml", b"<si/>" * 600_000),
        ("xl/styles.xml", b"<x/>" * 2_000_000),
    ],
)
def test_a_workbook_that_grows_when_it_is_unpacked_is_refused(name: str, part: bytes) -> None:
    content = with_part(workbook(), name, part)
    assert len(content) < 300_000
    with pytest.raises(Unreadable, match="too large when it is unpacked"):
        cells(content)


def test_other_zips_are_named() -> None:
    for names, said in ((["mimetype", "content.xml"], "OpenDocument"), (["a.txt"], "no workbook")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        with pytest.raises(Unreadable, match=said):
            cells(out.getvalue())


def test_what_a_file_is_called_says_nothing() -> None:
    assert reading.read_file(workbook()).read_as.startswith("workbook")
