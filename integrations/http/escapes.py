"""A text with its escapes read, layer by layer: percent-encoding, HTML, JSON, and one within the other.

Each character keeps its place in the original, so that what is found in a layer can be replaced there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

LAYERS = 4  # how often an escape is escaped
ESCAPE = re.compile(
    r"(?P<bytes>(?:%[0-9a-f]{2})+|(?:\\{1,4}x[0-9a-f]{2})+|(?:\\{1,4}[0-3][0-7]{2})+)"
    r"|&(?:\#(?P<decimal>\d{1,7})|\#x(?P<hex>[0-9a-f]{1,6})|(?P<name>[a-z][a-z0-9]{1,31}));"
    r"|(?:\\{1,4}|%)u(?P<unit>[0-9a-f]{4})(?:(?:\\{1,4}|%)u(?P<low>d[c-f][0-9a-f]{2}))?"
    r"|\\{1,4}(?:u\{(?P<point>[0-9a-f]{1,6})\}|(?P<letter>[bfnrt\"'/\\]))",
    re.IGNORECASE,
)
BYTE = re.compile(r"(?:%|\\+x)(?P<hex>[0-9a-f]{2})|\\+(?P<octal>[0-7]{3})", re.IGNORECASE)
CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
Piece = tuple[str, int, int]  # characters, and where in the text they come from


@dataclass(frozen=True)
class Layer:
    """A text with its escapes read so many times; each character's place in the original."""

    text: str
    places: list[tuple[int, int]]


def layers(text: str | Layer) -> list[Layer]:
    """The text as it is, then with its escapes read once, twice, … until there are none."""
    found = [Layer(text, [(at, at + 1) for at in range(len(text))]) if isinstance(text, str) else text]
    while len(found) <= LAYERS and (below := _read(found[-1])).text != found[-1].text:
        found.append(below)
    return found


def _read(layer: Layer) -> Layer:
    text: list[str] = []
    places: list[tuple[int, int]] = []
    last = 0
    for match in ESCAPE.finditer(layer.text):
        text.append(layer.text[last : match.start()])
        places += layer.places[last : match.start()]
        for characters, start, end in _meant(match):
            text.append(characters)
            places += [(layer.places[start][0], layer.places[end - 1][1])] * len(characters)
        last = match.end()
    return Layer("".join([*text, layer.text[last:]]), places + layer.places[last:])


def _meant(match: re.Match[str]) -> Iterator[Piece]:
    start, end = match.span()
    kind = match.lastgroup
    if kind == "bytes":
        yield from _bytes(match[0], start)
    elif kind == "name":
        yield html5.get(match["name"] + ";") or html5.get(match["name"].lower() + ";") or match[0], start, end
    elif kind in ("unit", "low"):
        yield bytes.fromhex(match["unit"] + (match["low"] or "")).decode("utf-16-be", errors="replace"), start, end
    elif kind == "letter":
        yield CONTROLS.get(match["letter"].lower(), match["letter"]), start, end
    else:
        number = int(match[kind or 0], 10 if kind == "decimal" else 16)
        yield chr(number) if number < 0x110000 else "\ufffd", start, end


def _bytes(escapes: str, start: int) -> Iterator[Piece]:
    """Bytes that are percent-encoded, or written as Python and C do: UTF-8, or Latin-1 if they are none."""
    found = list(BYTE.finditer(escapes))
    raw = bytes(int(match["hex"], 16) if match["hex"] else int(match["octal"], 8) for match in found)
    try:
        characters, encoding = raw.decode(), "utf-8"
    except UnicodeDecodeError:
        characters, encoding = raw.decode("latin-1"), "latin-1"
    at = 0
    for character in characters:
        length = len(character.encode(encoding))
        yield character, start + found[at].start(), start + found[at + length - 1].end()
        at += length
