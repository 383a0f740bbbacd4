"""Which kind of file it is, by its first bytes: what it is called says nothing."""

from shop.staff.products.csv_file import read_csv
from shop.staff.products.table import MAX_FILE, Table, Unreadable
from shop.staff.products.workbook import SAVE_AS, read_workbook

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2; a workbook with a password is one of these, too


def read_file(content: bytes) -> Table:
    """Raises Unreadable, also while the lines are read."""
    if len(content) > MAX_FILE:
        raise Unreadable(f"The file is larger than {MAX_FILE // 1024**2} MB. Please split it.")
    if not content.strip():
        raise Unreadable("The file is empty.")
    if content.startswith(ZIP):
        return read_workbook(content)
    if content.startswith(OLD_OFFICE):
        raise Unreadable(f"This is a workbook of before 2007 (.xls), or one with a password. {SAVE_AS}")
    if content.startswith(b"%PDF"):
        raise Unreadable(f"This is a PDF. {SAVE_AS}")
    return read_csv(content)
