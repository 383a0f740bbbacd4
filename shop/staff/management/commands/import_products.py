"""`manage.py import_products FILE`: products from a file, as the page in the admin takes them."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.staff.admin.confirmation import counted
from shop.staff.products.comparing import compare
from shop.staff.products.faults import Told
from shop.staff.products.picture import Entry, Picture
from shop.staff.products.reading import read_file
from shop.staff.products.table import MAX_FILE, Unreadable
from shop.staff.products.uploads import Refused, import_at_once

SHOWN = 20  # lines of each kind
BY = "manage.py import_products"


class Command(BaseCommand):
    help = "Adds and changes products as a CSV file or a workbook (.xlsx) says: all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="with the columns' names in its first line")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        content = read(path)
        try:
            dry = options["dry_run"]
            picture = compare(read_file(content)) if dry else import_at_once(path.name, content, by=BY)
        except Unreadable as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            picture = refused.picture
        self.tell(picture)
        if picture.faults.count:
            raise CommandError(f"Nothing was changed: {counted(picture.faults.count, 'fault')}.")
        self.stdout.write("Nothing was changed: it was a dry run." if options["dry_run"] else "Done.")

    def tell(self, picture: Picture) -> None:
        self.stdout.write(f"Read as {picture.read_as}.")
        for note in picture.notes:
            self.stdout.write(note)
        self.stdout.write(picture.counts)
        for words, entries in (("new", picture.new), ("changed", picture.changed)):
            self.tell_entries(words, entries)
        self.tell_all("look at", picture.doubts)
        self.tell_all("wrong", picture.faults)

    def tell_entries(self, words: str, entries: list[Entry]) -> None:
        for entry in entries[:SHOWN]:
            self.stdout.write(f"  {words}: line {entry.line}, {entry.product.sku}: {entry.detail}")
        if len(entries) > SHOWN:
            self.stdout.write(f"  … and {len(entries) - SHOWN:,} more")

    def tell_all(self, words: str, told: Told) -> None:
        for sentence in told.told:
            self.stdout.write(f"  {words}: {sentence}")
        if told.more:
            self.stdout.write(f"  … and {told.more:,} more")


def read(path: Path) -> bytes:
    """The file, or enough of it to be refused. Raises CommandError."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from None
