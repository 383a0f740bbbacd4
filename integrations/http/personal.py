"""What an order says about a person is redacted from what a remote answers: whole words, in whatever form.

A remote that quotes a name may write it in capitals, in another normal form (NFD, full width), without its accents, or
escaped. So the text is read as a person would read it. Only whole words count: a customer named `e` spoils nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from integrations.http.escapes import Layer, layers

REDACTED = "[redacted]"
# Words of a name that tell of nobody. Else a customer called "Shop of the North" would spoil every answer.
COMMON = frozenset(
    "the and for von und der die das den dem van del des los las les dos inc ltd llc plc gmbh ohg company shop".split()  # noqa: SIM905
    + "mrs herr frau order text name customer sap".split()  # noqa: SIM905
)
SHORT = 3  # letters: a shorter word of a name is redacted beside another one, or as the whole name
IN_A_ROW = 3  # words of a note: so many are a quotation
PLACES = 8  # of one word in a phrase, that are looked at: a note of one word many times would take seconds
NUMBER = re.compile(r"(?=.*\d).{5,}")  # in a note: a telephone number, a house's
# Scripts without spaces between words, or with endings written at a name: each character is a word.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
ACCENTS = re.compile("[\u0300-\u036f]")
JOINERS = "\u200c\u200d\u00ad"

Phrase = tuple[str, ...]
Word = tuple[str, tuple[int, int]]  # and its place in the original


@dataclass(frozen=True)
class Person:
    """What an order says about a person: a name, of which each word tells, and a note, of which a row of words does."""

    name: str = ""
    note: str = ""


NOBODY = Person()


def without(text: str, person: Person) -> str:
    """`text` with each quotation of what the order says about the person replaced."""
    names, notes = _phrases(person.name), _phrases(person.note)
    if not names and not notes:
        return text
    spans: list[tuple[int, int]] = []
    for layer in layers(text):
        words = list(_words(layer))
        for phrase in names | notes:
            telling = _tells_of_a_name if phrase in names else _tells_of_a_note
            spans += [
                (words[at][1][0], words[end - 1][1][1])
                for at, end in _runs([word for word, _ in words], phrase)
                if telling(words[at:end], phrase)
            ]
    return _replaced(text, sorted(spans))


@lru_cache(maxsize=64)
def _phrases(said: str) -> frozenset[Phrase]:
    """The words in each way in which they may be read: with escapes, or in UTF-8 that was read as something else."""
    read = {layer.text for layer in layers(said)}
    for encoding in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            read.add(said.encode().decode(encoding))
    return frozenset(tuple(word for word, _ in _words(layers(text)[0])) for text in read) - {()}


def _words(layer: Layer) -> Iterator[Word]:
    """The words in one case and one normal form, without accents."""
    letters, start, end = "", 0, 0
    for character, place in zip(layer.text, layer.places, strict=True):
        alone = UNSPACED.match(character) is not None
        if letters and (alone or not _in_a_word(character)):
            yield _plain(letters), (start, end)
            letters = ""
        if alone:
            yield character, place
        elif _in_a_word(character):
            start, end = (start if letters else place[0]), place[1]
            letters += character
    if letters:
        yield _plain(letters), (start, end)


def _in_a_word(character: str) -> bool:
    return character.isalnum() or character in JOINERS or unicodedata.category(character)[0] == "M"


def _plain(letters: str) -> str:
    """One case, one normal form; without accents if enough of it is left to tell words apart."""
    same = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letters).casefold())
    same = same.translate(dict.fromkeys(map(ord, JOINERS)))
    bare = ACCENTS.sub("", same)
    return bare if len(bare) >= SHORT else same


def _runs(words: list[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where words stand in a row as they do in the phrase: the longest runs, each with its start and end."""
    where: dict[str, list[int]] = {}
    for place, word in enumerate(phrase):
        if len(places := where.setdefault(word, [])) < PLACES:
            places.append(place)
    at = 0
    while at < len(words):
        length = max((_in_common(words, at, phrase, place) for place in where.get(words[at], [])), default=0)
        if length:
            yield at, at + length
        at += length or 1


def _in_common(words: list[str], at: int, phrase: Phrase, place: int) -> int:
    most = min(len(words) - at, len(phrase) - place)
    return next((length for length in range(most) if words[at + length] != phrase[place + length]), most)


def _tells_of_a_name(run: list[Word], phrase: Phrase) -> bool:
    telling = [word for word, _ in run if word not in COMMON]
    return len(run) == len(phrase) or len(telling) > 1 or any(len(word) >= SHORT for word in telling)


def _tells_of_a_note(run: list[Word], phrase: Phrase) -> bool:
    if any(NUMBER.fullmatch(word) for word, _ in run) or len(run) >= IN_A_ROW:
        return True
    return len(run) == len(phrase) and (len(run) > 1 or len(run[0][0]) > SHORT)


def _replaced(text: str, spans: list[tuple[int, int]]) -> str:
    parts, last = [], 0
    for start, end in spans:
        if start >= last:
            parts += [text[last:start], REDACTED]
        last = max(last, end)
    return "".join([*parts, text[last:]])
