"""What an order says about a person is redacted from what a remote answers: whole words, in whatever form.

A remote that quotes a name may write it in capitals, in another normal form (NFD, full width), without its accents or
with letters instead (`Moeller`), cut, or escaped. So the text is read as a person would read it. Only whole words
count: a customer named `e` spoils nothing, nor does one who lives in E.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass

from integrations.http.encodings import readings
from integrations.http.escapes import Layer
from integrations.http.words import (
    Phrase,
    Word,
    as_compared,
    phrases,
    runs,
    same_number,
    with_lost_letters,
    words,
    written_otherwise,
)

REDACTED = "[redacted]"
# Words of a name that tell of nobody. Else a customer called "Shop of the North" would spoil every answer.
COMMON = as_compared(
    "the and for von und der die das den dem van del des los las les dos inc ltd llc plc gmbh ohg company shop "
    "mrs herr frau order text name customer sap"
)
# Those of an address: "Street is too long" stays, and so does "contact your administrator".
EVERYBODYS = (
    "main street strasse road avenue lane drive court square place platz allee house haus floor apartment building "
    "number city town state region country postal code post north south east west upper lower bad new old saint sankt "
    "san item sales party partner address phone email mail info office service contact admin support error invalid "
    "value data length field property message"
)
COMMON_PLACES = COMMON | as_compared(EVERYBODYS)
SHORT = 3  # letters: a shorter word of a name is redacted beside another one, or as the whole name
TELLING = 4  # letters: the same for an address and an e-mail
IN_A_ROW = 3  # words of a note: so many are a quotation
NUMBER = re.compile(r"(?=.*\d).{5,}")  # in a note: a telephone number, a house's

Tells = Callable[[list[Word], Phrase], bool]
Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True)
class Person:
    """What an order says about a person.

    Of a name and a place each word tells; of a note a row of words does; an e-mail, a telephone number, a postal code
    and a reference are found however they are divided.
    """

    name: str = ""
    note: str = ""
    recipient: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    street_2: str = ""
    postal_code: str = ""
    city: str = ""
    reference: str = ""

    @property
    def said(self) -> list[str]:
        """Everything that is known, as it was given."""
        return [value for value in astuple(self) if value]


NOBODY = Person()


def without(text: str, person: Person) -> str:
    """`text` with each quotation of what the order says about the person replaced."""
    return replaced(text, [span for layer in readings(text) for span in spans(layer, person)])


def spans(layer: Layer, person: Person) -> Spans:
    """Where the original quotes what the order says about the person."""
    if not person.said:
        return
    found = list(words(layer))
    yield from ((found[at][1][0], found[end - 1][1][1]) for at, end in _quotations(found, person))
    for value in (person.name, person.recipient):
        for phrase in phrases(value):
            yield from with_lost_letters(layer, phrase)


def _quotations(found: list[Word], person: Person) -> Spans:
    """From which word to which something of the person is quoted."""
    plain = [word for word, _ in found]
    for value, tells in _told_by_words(person):
        for phrase in phrases(value):
            yield from ((at, end) for at, end in runs(plain, phrase) if tells(found[at:end], phrase))
    for value in (person.postal_code, person.reference):
        for phrase in phrases(value):
            yield from written_otherwise(plain, phrase)
    for phrase in phrases(person.phone):
        yield from same_number(plain, phrase)
        yield from written_otherwise(plain, phrase)


def _told_by_words(person: Person) -> Iterator[tuple[str, Tells]]:
    yield from ((name, _tells_of_a_name) for name in (person.name, person.recipient))
    yield person.note, _tells_of_a_note
    yield from ((place, _tells_of_a_place) for place in (person.street, person.street_2, person.city))
    yield person.email, _tells_of_an_email
    yield person.email.rpartition("@")[0], _tells_of_a_mailbox


def _tells_of_a_name(run: list[Word], phrase: Phrase) -> bool:
    telling = [word for word, _ in run if word not in COMMON]
    return len(run) == len(phrase) or len(telling) > 1 or any(len(word) >= SHORT for word in telling)


def _tells_of_a_note(run: list[Word], phrase: Phrase) -> bool:
    if any(NUMBER.fullmatch(word) for word, _ in run) or len(run) >= IN_A_ROW:
        return True
    return len(run) == len(phrase) and (len(run) > 1 or len(run[0][0]) > SHORT)


def _tells_of_a_place(run: list[Word], phrase: Phrase) -> bool:
    return len(run) == len(phrase) or _tells_of_a_mailbox(run, phrase)


def _tells_of_a_mailbox(run: list[Word], phrase: Phrase) -> bool:
    """Two words in a row or a long one, if they are not everybody's: `info` is."""
    telling = [word for word, _ in run if word not in COMMON_PLACES]
    return bool(telling) and (len(run) > 1 or len(telling[0]) >= TELLING)


def _tells_of_an_email(run: list[Word], phrase: Phrase) -> bool:
    """Its domain tells too, if it is all there; `com` alone does not."""
    return len(run) > 1


def replaced(text: str, found: list[tuple[int, int]]) -> str:
    """The text with `REDACTED` in the places that were found."""
    parts, last = [], 0
    for start, end in sorted(found):
        if start >= last:
            parts += [text[last:start], REDACTED]
        last = max(last, end)
    return "".join([*parts, text[last:]])
