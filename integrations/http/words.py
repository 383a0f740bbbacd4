"""A text's words as a person would read them: in one case and one normal form, without accents and escapes.

Each word keeps its place in the original, so that what is found can be replaced there.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice

from integrations.http.escapes import Layer, layers

BARE = 3  # letters: a shorter word keeps its accents
PLACES = 8  # of one word in a phrase, that are looked at: a note of one word many times would take seconds
GROUPS = 100  # words: into so many a number may be divided; in letters that were misread each is two
# Scripts without spaces between words, or with endings written at a name: each character is a word.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]"
)
ACCENTS = re.compile("[\u0300-\u036f]")
# Letters that no normal form takes apart, as they are written where they can't be typed.
STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"}
)
# Written with a second letter where the mark can't be typed, or without either: Müller, Mueller, Muller.
DIGRAPHS = re.compile("a[ae]+|[ou]e|sz")
MARKED = str.maketrans({"\u0308": "e", "\u030a": "a", "ø": "oe"})
CUT = 2  # letters of a word that was cut: fewer may be any word
LONGEST_WORD = 40  # letters
WORD_BEFORE, WORD_BEHIND = re.compile(r"[^\W\d_]+\Z"), re.compile(r"[^\W\d_]+")
LOST = re.compile(r"(?<=[^\W\d_])(?:\ufffd{1,3}|[?#]{1,2})(?=[^\W\d_])")
MOST_LOST = 200  # places where a letter was lost, that are looked at
JOINERS = "\u200c\u200d\u00ad"

Phrase = tuple[str, ...]
Word = tuple[str, tuple[int, int]]  # and its place in the original


@lru_cache(maxsize=256)
def phrases(said: str) -> frozenset[Phrase]:
    """The words in each way in which they may be read: with escapes, or in UTF-8 that was read as something else."""
    read = {layer.text for layer in layers(said)}
    for encoding in ("latin-1", "cp1252"):
        with suppress(UnicodeError):
            read.add(said.encode().decode(encoding))
    return frozenset(tuple(word for word, _ in words(layers(text)[0])) for text in read) - {()}


def words(layer: Layer) -> Iterator[Word]:
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
    """One case, one normal form; without accents and what stands for them if enough is left to tell words apart."""
    same = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letters).casefold())
    same = same.translate(dict.fromkeys(map(ord, JOINERS)))
    bare = ACCENTS.sub("", same.translate(STROKES))
    if len(folded := _folded(bare)) >= BARE:
        return folded
    return bare if len(bare) >= BARE else same.translate(MARKED)


def _folded(bare: str) -> str:
    return DIGRAPHS.sub(lambda match: "ss" if match[0] == "sz" else match[0][0], bare)


def as_compared(said: str) -> frozenset[str]:
    """A list of words, as they are compared."""
    return frozenset(map(_plain, said.split()))


def whole_words(text: str, most: int) -> str:
    """As much of a text as may be kept: up to a space, so that no half of a name is left that nobody would know."""
    return text if len(text) <= most else text[:most].rpartition(" ")[0] or text[:most]


def runs(words: list[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
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
    """How many words are the same; one behind them that was cut (`Helgi Möl`) counts too."""
    most = min(len(words) - at, len(phrase) - place)
    same = next((length for length in range(most) if words[at + length] != phrase[place + length]), most)
    return same + (0 < same < most and _is_cut(words[at + same], phrase[place + same]))


def _is_cut(word: str, whole: str) -> bool:
    return len(word) >= CUT and whole.startswith(_folded(word))


def with_lost_letters(layer: Layer, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where in the original a word stands with letters that a remote could not write: `M?ller`, `M#ller`."""
    for match in islice(LOST.finditer(layer.text), MOST_LOST):
        before = layer.text[max(0, match.start() - LONGEST_WORD) : match.start()]
        head, tail = WORD_BEFORE.search(before), WORD_BEHIND.match(layer.text, match.end(), match.end() + LONGEST_WORD)
        if head and tail and any(_fits(word, _folds(head[0]), _folds(tail[0])) for word in phrase):
            yield layer.places[match.start() - len(head[0])][0], layer.places[tail.end() - 1][1]


def _folds(letters: str) -> str:
    return _folded(ACCENTS.sub("", unicodedata.normalize("NFKD", letters).casefold().translate(STROKES)))


def _fits(word: str, head: str, tail: str) -> bool:
    known = len(head) + len(tail)
    return BARE <= known <= len(word) <= known + BARE and word.startswith(head) and word.endswith(tail)


def written_otherwise(words: list[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where the phrase stands with its groups divided otherwise: `SW1A1AA` for `SW1A 1AA`."""
    value = _folded("".join(phrase))  # Of a short group all is kept, and of a longer one not: both are as the longer.
    for at in range(len(words)):
        joined = ""
        for end, word in enumerate(words[at : at + GROUPS], at + 1):
            joined += word
            if (folded := _folded(joined)) == value:
                yield at, end
            if not value.startswith(folded):
                break


def same_number(words: list[str], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where a telephone number stands, however it is divided, with the country's code or without."""
    number = "".join(filter(str.isdecimal, "".join(phrase))).lstrip("0")
    for at in range(len(words)):
        joined = ""
        for end, word in enumerate(words[at : at + GROUPS], at + 1):
            if not word.isdecimal():
                break
            joined += word
            if _ends_alike(joined.lstrip("0"), number):
                yield at, end


def _ends_alike(one: str, other: str) -> bool:
    """Whether the shorter is the other's end; so few digits that they may be any number must be all of it."""
    short, long = sorted((one, other), key=len)
    return short == long != "" or (len(short) >= 6 and long.endswith(short))
