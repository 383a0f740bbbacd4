"""A text in each way in which it may be read: its escapes, base64, hexadecimal and quoted-printable, one in the other.

Each reading keeps its places in the original. What was encoded as a whole is found as a whole.
"""

import re
from base64 import b64decode
from collections.abc import Iterator

from integrations.http.escapes import Layer, layers

DEPTH = 3  # encodings within each other
MOST_FOLD = 2  # times the text's length: so much is read altogether, the text's own layers not counted
SHORT_TEXT = 20_000  # characters, that are read of a short text at any rate
LEAST = 8  # characters of base64: a shorter run is a word
ENCODED = re.compile(rf"(?:[\w+/-]{{60,}}+\r?\n)*[\w+/-]{{{LEAST},}}={{0,2}}", re.ASCII)
HEXADECIMAL = re.compile(rf"(?:[0-9a-f]{{2}}){{{LEAST // 2},}}", re.IGNORECASE)
PLAIN = str.maketrans("-_", "+/", "\r\n=")
LINES = str.maketrans("", "", "\r\n\t")
QUOTED = re.compile(r"(?:=[0-9A-F]{2})+|=[ \t]*\r?\n")  # RFC 2045, 6.7
Places = list[tuple[int, int]]


def readings(text: str) -> Iterator[Layer]:
    """The text's layers, then those of what is encoded in it, and what is encoded in that."""
    left = max(MOST_FOLD * len(text), SHORT_TEXT)
    level = layers(text)
    yield from level
    for _ in range(DEPTH):
        below: list[Layer] = []
        for inner in _decoded(level):
            if left > 0:
                below += (found := layers(inner))
                left -= sum(len(layer.text) for layer in found)
        yield from below
        level = below


def _decoded(level: list[Layer]) -> Iterator[Layer]:
    """What is encoded in each layer; what stands in several of them is read once."""
    seen: set[tuple[str, tuple[int, int]]] = set()
    for layer in level:
        if any(match[0].strip("= \t\r\n") for match in QUOTED.finditer(layer.text)):
            yield _unquoted(layer)
        text: list[str] = []
        places: Places = []
        for match in ENCODED.finditer(layer.text):
            place = (layer.places[match.start()][0], layer.places[match.end() - 1][1])
            if (match[0], place) not in seen:
                seen.add((match[0], place))
                for meant in _meant(match[0]):
                    text.append(f"{meant}\n\0\n")  # Nothing is found across two of them.
                    places += [place] * len(text[-1])
        if text:
            yield Layer("".join(text), places)


def _meant(run: str) -> Iterator[str]:
    """The texts that a run may stand for."""
    plain = run.translate(PLAIN)
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    raws = [b64decode(plain + "=" * (-len(plain) % 4))]
    if HEXADECIMAL.fullmatch(run):
        raws.append(bytes.fromhex(run))
    for raw in raws:
        for encoding in ("utf-16-le", "utf-16-be") if 0 in raw else ("utf-8", "latin-1"):
            text = raw.decode(encoding, errors="replace")
            if "\ufffd" not in text and text.translate(LINES).isprintable():
                yield text
                break


def _unquoted(layer: Layer) -> Layer:
    """Quoted-printable. It is read beside the other escapes: in an address `name=ADA` is none."""
    text: list[str] = []
    places: Places = []
    last = 0
    for match in QUOTED.finditer(layer.text):
        raw = bytes.fromhex(match[0].replace("=", "").strip())
        try:
            meant = raw.decode()
        except UnicodeDecodeError:
            meant = raw.decode("latin-1")
        text += [layer.text[last : match.start()], meant]
        places += layer.places[last : match.start()]
        places += [(layer.places[match.start()][0], layer.places[match.end() - 1][1])] * len(meant)
        last = match.end()
    return Layer("".join([*text, layer.text[last:]]), places + layer.places[last:])
