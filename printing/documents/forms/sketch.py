"""HTML taken apart: the form that pages have in common, and what stands in it on this page.

A hole is a text, with the words in it that are drawn as pictures, or another picture. Rows of a table that differ only
in what stands in them are in the form once. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

# A text node's text, or the attributes of an <img>.
Part = str | dict[str, str]
# What stands in each hole, by its number.
Values = dict[int, list[Part]]


class NoForm(Exception):
    """This page is drawn without a form: something in it depends on what stands around it, or is not known here."""


@dataclass(frozen=True)
class Run:
    """Rows that follow one another: `kinds` has the holes of each kind in the form, `rows` the kind of each row."""

    kinds: list[list[int]]
    rows: list[tuple[int, Values]]


@dataclass
class Sketch:
    """`form` is HTML, and the same for all pages of the form: each hole has its number and a picture of one pixel."""

    form: str = ""
    values: Values = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
)
_TAG = r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>"""
_TAGS = re.compile(f"({_TAG})")
_IMAGE = re.compile(r'<img((?: [a-z]+="[^"]*")+) ?/?>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_SOURCE = re.compile(r' src="[^"]*"')
# As `pictures.markup` makes it: a word in a text.
_WORD = re.compile(r'<img alt="[^"]*" width="[\d.]+pt" height="[\d.]+pt" align="middle" src="data:[^"]*" />')
_ROWS = re.compile(r"(?:<tr\b[^<]*(?:<(?!/?t(?:able|r)\b)[^<]*)*</tr>\s*){2,}")
_ROW = re.compile(r"<tr\b.*?</tr>\s*", re.DOTALL)
# html5lib's tokens: spaces, a character reference, and text up to the next one. Each becomes a text node.
_NODES = re.compile(r"[ \t\n\f]+|&(?:lt|gt|amp|quot|nbsp|#x27|#39);|[^&]+")
_KNOWN = re.compile(r"(?:[^&\0-\x08\x0b\r\x0e-\x1f\x7f\ud800-\udfff]|&(?:lt|gt|amp|quot|nbsp|#x27|#39);)*")
_ELEMENT = re.compile(r"""<(/?)([a-z:0-9]+)(?:[^<>"']|"[^"]*"|'[^']*')*?(/?)>""")
_SPACE = " \t\n\f\r"
# Between these a text is moved out of the table; in those it is none.
_TABLE_TAG = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|colgroup|col)\b|</(?:td|th)\b", re.IGNORECASE)
_BODY = re.compile("<body[^<>]*>")
_STRANGE = re.compile(r"<[!?]|<(?:style|script|textarea|pre|title|select|svg|math|template)\b", re.IGNORECASE)


def sketch(html: str) -> Sketch:
    """Raises NoForm for a page whose parts can't be told apart with certainty."""
    body = _BODY.search(html)
    if not body or _STRANGE.search(html, body.end()):
        raise NoForm("no <body>, or an element whose text is read in another way")
    found, place, forms, rest = Sketch(), 0, [html[: body.end()]], html[body.end() :]
    for rows in _ROWS.finditer(rest):
        forms += _fill(rest[place : rows.start()], found.values, len(found.values))
        forms += _run(rows[0], found)
        place = rows.end()
    forms += _fill(rest[place:], found.values, len(found.values))
    found.form = "".join(forms)
    return found


def _whole(row: str) -> bool:
    """Whether all its elements end in it. One that does not would go on in the next row."""
    open_: list[str] = []
    for end, name, alone in _ELEMENT.findall(row):
        if end and (not open_ or open_.pop() != name):
            return False
        if not end and not alone and name not in ("img", "br"):
            open_.append(name)
    return not open_


def _run(rows: str, found: Sketch) -> Iterator[str]:
    """The form of the rows, each kind once. The first is a kind of its own: what is above a table is drawn with it."""
    kinds: dict[str, int] = {}
    run = Run([], [])
    for place, row in enumerate(_ROW.findall(rows)):
        values: Values = {}
        form = "".join(_fill(row, values, 0))
        known = kinds.get(form) if values and _whole(form) else None
        if known is None:
            first = len(found.values)
            known = len(run.kinds)
            if place:
                kinds[form] = known
            found.values |= (renumbered := {first + number: value for number, value in values.items()})
            run.kinds.append(list(renumbered))
            yield "".join(_fill(row, {}, first))
        holes = run.kinds[known]
        run.rows.append((known, dict(zip(holes, values.values(), strict=True))))
    found.runs.append(run)


def _fill(html: str, values: Values, first: int) -> Iterator[str]:
    """The form of `html`, whose holes have the numbers from `first` on. Puts what stands in them into `values`."""
    number, tag, hole = first, "", None
    for token in filter(None, _TAGS.split(html)):
        word, text = _WORD.fullmatch(token), token[0] != "<"
        if word or (text and (hole is not None or token.strip(_SPACE))):
            if hole is None:
                hole, number = number, number + 1
                yield f"{marker(hole)}{_image(hole)}"
            values.setdefault(hole, []).extend(_parts(token, tag))
        elif token.startswith("<img"):
            values[number], hole = _parts(token, tag), None
            yield _image(number, _SOURCE.sub("", token.removeprefix("<img")))
            number += 1
        else:
            yield token
            tag, hole = token, None


def marker(number: int) -> str:
    """What stands in a form's hole. No letters: it is not joined with what stands beside it."""
    return f"[{number}]"


def _image(number: int, rest: str = " />") -> str:
    """Of attributes that are there twice the first counts."""
    return f'<img alt="{marker(number)}" src="{PIXEL}"{rest}'


def _parts(token: str, tag: str) -> list[Part]:
    """An <img>, or the text nodes that html5lib makes of a text. `tag` is the one before it."""
    if _TABLE_TAG.match(tag):
        raise NoForm("what the renderer moves out of a table")
    if token[0] == "<":
        return [_attributes(token)]
    if "<" in token or not _KNOWN.fullmatch(token):
        raise NoForm("a text that may be read in another way")
    return [unescape(node) for node in _NODES.findall(token)]


def _attributes(tag: str) -> dict[str, str]:
    found = _IMAGE.fullmatch(tag)
    if not found:
        raise NoForm("a picture with unknown attributes")
    attributes = dict(reversed(_ATTRIBUTE.findall(found[1])))
    if any("&" in value for name, value in attributes.items() if name != "alt"):
        raise NoForm("a picture with unknown attributes")
    return attributes
