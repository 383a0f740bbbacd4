"""A .po file, read without gettext's tools: not every machine has them."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (".*")$')
CONTEXT_ENDS = "\x04"  # as in .mo files


@dataclass
class Entry:
    texts: dict[str, str] = field(default_factory=dict)  # by keyword
    flags: str = ""

    @property
    def key(self) -> str:
        """The English text with its context before it, as in .mo files."""
        context = self.texts.get("msgctxt")
        return (f"{context}{CONTEXT_ENDS}" if context is not None else "") + self.texts["msgid"]

    @property
    def said(self) -> list[str]:
        return [text for keyword, text in self.texts.items() if keyword.startswith("msgstr")]

    @property
    def english(self) -> list[str]:
        return [self.texts[keyword] for keyword in ("msgid", "msgid_plural") if keyword in self.texts]


def read(path: Path) -> list[Entry]:
    """The entries of the file, its header (with an empty msgid) first."""
    return [_entry(block) for block in re.split(r"\n\s*\n", path.read_text().strip())]


def _entry(block: str) -> Entry:
    found, keyword = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#"):
            found.flags += line
        elif parts := KEYWORD.match(line):
            keyword = parts[1]
            found.texts[keyword] = ast.literal_eval(parts[2])
        else:
            found.texts[keyword] += ast.literal_eval(line)
    return found
