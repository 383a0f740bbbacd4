"""What of a shop's own templates nothing ever shows: files that nobody asks for, blocks that have no place.

The template engine takes both in silence, and the paper comes out without them. By their text alone: nothing is run.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.template import Engine

SUFFIXES = {".html", ".htm", ".txt"}
_BLOCK = re.compile(r"{%\s*(?:block\s+(\w+)|endblock\b[^%]*)\s*%}")
_EXTENDS = re.compile(r"""{%\s*extends\s+["']([^"']+)["']\s*%}""")


def unused(folder: Path, rooms: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Each file with a sentence about what is wrong with it; `rooms` are the folders that are looked at."""
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.suffix in SUFFIXES)
    seen = [name for name in names if not any(part.startswith(".") for part in name.split("/"))]
    texts = {name: text for name in seen if (text := _text(folder / name)) is not None}
    for name, text in texts.items():
        if not name.startswith(rooms):
            yield folder / name, f"it is not looked at: only files in {' and '.join(rooms)} are."
        elif not _desks(name) and not _included(name, texts):
            yield (
                folder / name,
                "it is never used: the desk has no template of that name, and none of yours includes it.",
            )
        else:
            yield from ((folder / name, fault) for fault in _homeless(name, text, texts))


def _text(file: Path) -> str | None:
    """None where it can't be read, which `orders.overlay` tells (W001)."""
    try:
        return file.read_text(errors="replace") if file.is_file() else None
    except OSError:
        return None


def _homeless(name: str, text: str, texts: dict[str, str]) -> Iterator[str]:
    """The blocks of a template that builds on another one, which does not have them."""
    if not (extended := _EXTENDS.search(text)):
        return
    known = _blocks(extended[1], {other: texts[other] for other in texts if other != name})
    for block in _outer_blocks(text):
        if known and block not in known:
            yield f"its block {block} is never used: {extended[1]} has {', '.join(sorted(known))}."


def _blocks(name: str, texts: dict[str, str]) -> set[str]:
    """All blocks of a template, and of those it builds on; `texts` are the shop's own."""
    own = texts.get(name)
    text = own if own is not None else _desks(name)
    above = _EXTENDS.search(text)
    left = {other: texts[other] for other in texts if other != name}
    return {found for found in _BLOCK.findall(text) if found} | (_blocks(above[1], left) if above else set())


def _outer_blocks(text: str) -> Iterator[str]:
    """Those that stand in no other block of it."""
    depth = 0
    for tag in _BLOCK.finditer(text):
        if tag[1] and not depth:
            yield tag[1]
        depth += 1 if tag[1] else -1


def _desks(name: str) -> str:
    """The desk's own template; "" if it has none of that name."""
    files = (Path(folder) / name for folder in Engine.get_default().dirs)
    return next((file.read_text(encoding="utf-8") for file in files if file.is_file()), "")


def _included(name: str, texts: dict[str, str]) -> bool:
    quoted = re.compile(rf"{re.escape(Path(name).name)}[\"']")
    return any(quoted.search(text) for other, text in texts.items() if other != name)
