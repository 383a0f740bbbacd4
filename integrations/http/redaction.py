"""What the outside world answers is kept for staff, without secrets and without customers' names and
addresses.

A remote that quotes what it was sent rarely does so letter by letter: it comes back percent-encoded, escaped for HTML
or JSON, one within the other, or in base64 (the header of Basic auth). Each character may come in any of its forms.
What tells of a person is redacted as whole words: `integrations.http.personal`.
"""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html.entities import html5

from integrations.http.encodings import readings
from integrations.http.personal import NOBODY, REDACTED, Person, replaced, spans

LONGEST = 4000  # characters: what an attempt keeps
MOST_READ = 16 * LONGEST  # characters; only the end of a text that is nearly all secrets would show where it was cut
LONG_NAME = 6  # characters: in base64 a shorter one might be found by chance
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # PostgreSQL takes no zero byte, and no half of a character.
SHORT = 4  # characters: a shorter word is redacted where it stands alone, else half of every answer would be

# What begins an escape may be escaped itself, and more than once: %2540, &amp;#64;, \\u0040, \u0026#64;, %26%2364%3B.
PERCENT = r"(?:%|\\{1,4}+u0025|&(?:\#37|\#x25|percnt);)(?:25){0,3}"
BACKSLASH = r"(?:\\{1,4}(?:u005c)?|%(?:25){0,3}5c|&(?:\#92|\#x5c|bsol);){1,2}"
ESCAPE = f"(?>{BACKSLASH})"  # What follows is no backslash: there is one way to read it.
AMPERSAND = r"(?:&|%(?:25){0,3}26|\\{1,4}+u0026)(?:amp;){0,3}"
HASH, END = r"(?:\#|%(?:25){0,3}23)", r"(?:;|%(?:25){0,3}3b)?"
CONTROLS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
ALONE = r"(?:(?<!\w)|(?<=%[0-9a-f]{2})|(?<=\\[bfnrt]))"
NEW_LINE = r"(?:\r?\n|\\{1,4}r\\{1,4}n|\\{1,4}n)?"  # Base64 may be broken into lines.


def redact(text: str, secrets: Iterable[str], person: Person = NOBODY) -> str:
    """`text` with each of the secrets replaced in whatever form, and what tells of the person as whole words.

    It is cut to what an attempt keeps, and has no characters that a database would refuse.
    """
    text = text[:MOST_READ]
    known = sorted({secret for secret in secrets if secret.strip()}, key=len, reverse=True)
    for secret in known:
        text = _pattern(secret).sub(REDACTED, text)
    for said in person.said:
        if len(said) >= LONG_NAME:
            text = _without_base64(text, said.encode(errors="replace"))
    return UNSTORABLE.sub("\ufffd", _without_encoded(text, known, person)[:LONGEST])


def _without_encoded(text: str, secrets: list[str], person: Person) -> str:
    """What an expression of all forms can't have: a secret in an escape within base64, or in letters taken apart."""
    patterns = [_as_read(secret) for secret in secrets if len(secret) >= SHORT]
    found: list[tuple[int, int]] = []
    for layer in readings(text) if patterns or person.said else ():
        for pattern in patterns:
            matches = pattern.finditer(layer.text)
            found += [(layer.places[one.start()][0], layer.places[one.end() - 1][1]) for one in matches]
        found += spans(layer, person)
    return replaced(text, found)


@lru_cache(maxsize=256)
def _as_read(secret: str) -> re.Pattern[str]:
    """The secret in each normal form, and in UTF-8 that was read as something else."""
    forms = {secret} | {unicodedata.normalize(form, secret) for form in ("NFC", "NFD")}
    for encoding in ("latin-1", "cp1252"):
        forms.add(secret.encode(errors="replace").decode(encoding, errors="replace"))
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)


def _without_base64(text: str, name: bytes) -> str:
    """A name is not worth an expression that knows all forms of base64 and takes 10 ms to build: its plain form."""
    for offset in range(3):
        known = _known_in_base64(name, offset)
        for core in {known, known.translate(str.maketrans("+/", "-_"))}:
            if core in text:
                text = re.sub(rf"[\w+/-]?{re.escape(core)}[\w+/-]?=*", REDACTED, text)
    return text


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    plain = "".join(_forms(character) for character in word)
    if len(word) < SHORT:
        return re.compile(rf"{ALONE}{plain}(?!\w)", re.IGNORECASE)
    return re.compile("|".join([plain, *_in_base64(word.encode(errors="replace"))]), re.IGNORECASE)


@cache
def _forms(character: str) -> str:
    """Every way in which a character is written; some marks have a backslash before them."""
    escaped = f"(?:{ESCAPE})?" if character in "\"'/" else ""
    return f"{escaped}(?:{'|'.join(_written(character))})"


def _written(character: str) -> Iterator[str]:
    yield BACKSLASH if character == "\\" else re.escape(character)
    if character == " ":
        yield _forms("+")
    for encoding in ("utf-8", "latin-1"):
        yield "".join(f"{PERCENT}{byte:02x}" for byte in character.encode(encoding, errors="replace"))
    yield f"{AMPERSAND}{HASH}(?:0*{ord(character)}|x0*{ord(character):x})(?![0-9a-f]){END}"
    for name in _names(character):
        yield f"{AMPERSAND}{name}{END}"
    units = character.encode("utf-16-be", errors="replace")
    yield "".join(f"{ESCAPE}u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
    yield f"{ESCAPE}(?:u\\{{0*{ord(character):x}\\}}|U{ord(character):08x}|x{ord(character):02x}(?![0-9a-f]))"
    if character in CONTROLS:
        yield ESCAPE + CONTROLS[character]


@cache
def _names(character: str) -> list[str]:
    return sorted({name.rstrip(";") for name, meant in html5.items() if meant == character}, key=len, reverse=True)


def _in_base64(secret: bytes) -> Iterator[str]:
    """The secret within anything longer: it begins at the first, second or third byte of a group of three.

    Six bits a character (RFC 4648): those at the edges belong to the neighbours too, and may be anything.
    """
    for offset in range(3):
        core = NEW_LINE.join(_in_alphabet(character) for character in _known_in_base64(secret, offset))
        before, after = (EDGE if 8 * place % 6 else "" for place in (offset, offset + len(secret)))
        yield f"{before}{core}{after}{_forms('=')}{{0,2}}"


def _known_in_base64(secret: bytes, offset: int) -> str:
    """The characters that belong to the secret alone, if it begins at this byte of a group of three."""
    end = offset + len(secret)
    return b64encode(bytes(offset) + secret + bytes(3)).decode()[-(-8 * offset // 6) : 8 * end // 6]


@cache
def _in_alphabet(character: str) -> str:
    """A character of base64, in either of its alphabets. Here capital letters are others than small ones."""
    if character in "+/":
        return f"(?:{_forms(character)}|{'-' if character == '+' else '_'})"
    return f"(?-i:{character})"


EDGE = f"(?:[a-z0-9_-]|{_forms('+')}|{_forms('/')})?"
