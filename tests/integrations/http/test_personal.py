"""What tells of a person is found in any form, as whole words, and all else stays."""

import html
import json
import time
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.http.personal import REDACTED, Person, without
from integrations.http.redaction import redact

HELGI = Person(name="Helgi Möller", note="Please leave it with Zoë at number 12345")
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "small": str.lower,
    "NFD": lambda name: unicodedata.normalize("NFD", name),
    "NFD in capitals": lambda name: unicodedata.normalize("NFD", name.upper()),
    "full width": lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" < c < "~" else c for c in name),
    "no accents": lambda name: name.replace("ö", "o"),
    "percent": lambda name: quote(name, safe=""),
    "percent in capitals": lambda name: quote(name.upper()),
    "percent NFD": lambda name: quote(unicodedata.normalize("NFD", name)),
    "percent in Latin-1": lambda name: quote(name, encoding="latin-1"),
    "form": quote_plus,
    "HTML": lambda name: name.replace("ö", "&ouml;"),
    "HTML decimal": lambda name: "".join(f"&#{ord(c)};" for c in name),
    "HTML hex": lambda name: "".join(f"&#x{ord(c):X};" for c in name),
    "JSON": lambda name: json.dumps(name)[1:-1],
    "JSON in capitals": lambda name: json.dumps(name.upper())[1:-1],
    "JavaScript": lambda name: "".join(f"\\x{ord(c):02x}" for c in name),
    "code points": lambda name: "".join(f"\\u{{{ord(c):x}}}" for c in name),
    "UTF-8 read as Latin-1": lambda name: name.encode().decode("latin-1"),
    "other spaces": lambda name: name.replace(" ", "\u00a0 \n"),
    "turned round": lambda name: ", ".join(reversed(name.split())),
    "underscore": lambda name: name.replace(" ", "_"),
    "last alone": lambda name: name.split()[-1],
    "first alone": lambda name: name.split()[0],
}


def left(text: str) -> str:
    return " ".join(text.replace(REDACTED, "").replace(",", "").replace("_", "").split())


@pytest.mark.parametrize("inner", FORMS)
@pytest.mark.parametrize("outer", ["plain", "percent", "form", "JSON", "HTML hex"])
def test_a_name_is_found_in_each_form_and_in_one_within_another(inner: str, outer: str) -> None:
    written = FORMS[outer](FORMS[inner](HELGI.name))
    kept = without(f"Text of <{written}> has an error", HELGI)
    assert REDACTED in kept
    assert set(left(kept)) <= set("Text of <> has an error+%20CA\\n\u00a0&#x;")
    for part in ("elg", "ELG", "ller", "LLER"):
        assert part not in kept


@pytest.mark.parametrize("name", ["e", "E", "é", "1", "x y", "Jo", "o", "Ö"])
def test_a_short_name_spoils_no_other_word(name: str) -> None:
    text = "The text of the order exceeds 100 characters: Joe, eö1xy_y (HTTP 400, V1/042)"
    assert without(text, Person(name=name)) == text


def test_a_name_is_redacted_where_it_stands_as_a_word() -> None:
    assert without("Text of e, 'E' or %65 has", Person(name="e")) == (
        "Text of [redacted], '[redacted]' or [redacted] has"
    )
    assert without("Savannah and Anna", Person(name="Anna")) == "Savannah and [redacted]"
    assert without("\\nJo\\n%20Jo%20 Joe", Person(name="Jo")) == "\\n[redacted]\\n%20[redacted]%20 Joe"


def test_common_words_of_a_name_are_left_alone_but_not_the_name() -> None:
    person = Person(name="The Order of Möller")
    assert without("The order has no text", person) == "The order has no text"
    assert without("the Order of MÖLLER has", person) == "[redacted] has"
    assert without("Ms MÖLLER", person) == "Ms [redacted]"
    assert without("Text The Order.", Person(name="The Order")) == "Text [redacted]."


def test_a_row_of_a_notes_words_is_a_quotation_and_one_word_is_none() -> None:
    assert without("Please enter a text: PLEASE LEAVE IT with Zo", HELGI) == "Please enter a text: [redacted]"
    assert without("at number 17, at 12345", HELGI) == "at number 17, at [redacted]"
    assert without("no", Person(note="no")) == "no"
    assert without("Note: Beware!", Person(note="beware")) == "Note: [redacted]!"
    assert without("Line 2: leave\nit with", HELGI) == "Line 2: [redacted]"


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("文本山田太郎无效", "山田太郎", "文本[redacted]无效"),
        ("文本Helgi无效", "Helgi", "文本[redacted]无效"),
        ("김철수는 없습니다", "김철수", "[redacted]는 없습니다"),
        ("STRASSE, Straße, strasse", "Straße", "[redacted], [redacted], [redacted]"),
        ("Дом ИВАНОВА", "Иванова", "Дом [redacted]"),
        ("ΣΊΣΥΦΟΣ", "Σίσυφος", "[redacted]"),
        ("दीपक का पाठ", "दीपक", "[redacted] का पाठ"),
        ("𝐇𝐞𝐥𝐠𝐢 x", "Helgi", "[redacted] x"),
        ("O'NEILL and O&#39;Neill", "O'Neill", "[redacted] and [redacted]"),
        ("Hel\u00adgi", "Helgi", "[redacted]"),
        ("😀 was here", "😀", "😀 was here"),
    ],
)
def test_names_of_every_script_are_found(text: str, name: str, kept: str) -> None:
    assert without(text, Person(name=name)) == kept


def test_a_name_in_base64_is_found() -> None:
    written = b64encode(b"text=Helgi M\xc3\xb6ller;").decode()
    assert REDACTED in redact(f"Body: {written}", [], HELGI)


def test_a_secret_with_the_name_in_it_is_found_before_the_name() -> None:
    assert redact("Helgi-s3cret is wrong", ["helgi-s3cret"], HELGI) == "[redacted] is wrong"


def test_what_no_database_takes_is_not_kept() -> None:
    assert redact("a\0b\ud800c", []) == "a\ufffdb\ufffdc"


@settings(deadline=None)
@given(name=st.text(max_size=20), note=st.text(max_size=40), text=st.text(max_size=200))
def test_any_text_is_answered(name: str, note: str, text: str) -> None:
    assert isinstance(without(text, Person(name, note)), str)


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_nothing_is_redacted_of_nobody(text: str) -> None:
    assert without(text, Person()) == text


WORDS = st.text("bcdfghjkäöüß", min_size=4, max_size=12)


@settings(deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=3), form=st.sampled_from(sorted(FORMS)))
def test_any_name_is_found_in_any_form(words: list[str], form: str) -> None:
    name = " ".join(words)
    assert REDACTED in without(f"Text of {FORMS[form](name)} has", Person(name=name))


def test_an_answer_as_long_as_it_may_be_is_redacted_in_time() -> None:
    long = Person(name="a " * 100, note="b a " * 125)
    started = time.process_time()
    for hostile in ("\\", "&amp;", "%25", "\\u005c", "a ", "a b ", "é", "&#x26;", html.escape("&&")):
        redact(hostile * 200_000, ["k" * 64], long)
    assert time.process_time() - started < 30  # What looks again at each letter takes minutes.


SPELLINGS = [  # As the order says it, and as a remote does.
    ("Müller", "Mueller"),
    ("Mueller", "Müller"),
    ("Jürgen Weiß", "Juergen Weiss"),
    ("Helgi Möller", "HELGI MOELLER"),
    ("Åse", "Aase"),
    ("Bö", "Boe"),
    ("Åsa Bø", "Aasa Boe"),
    ("Þór Guðmundsson", "Thor Gudmundsson"),
    ("Łukasz Peña", "Lukasz Pena"),
    ("Zoë", "Zoe"),
    ("Helgi Möller", "Helgi Möl"),
    ("Helgi Mueller", "Helgi Mü"),
    ("Möller", "M\ufffdller"),
    ("Möller", "M\ufffd\ufffdller"),
    ("Möller", "M?LLER"),
    ("Möller", "M#ller"),
]


@pytest.mark.parametrize(("name", "written"), SPELLINGS)
def test_a_name_is_found_however_a_remote_spells_it(name: str, written: str) -> None:
    assert without(f"Name {written} is wrong", Person(name=name)) == f"Name {REDACTED} is wrong"


def test_words_that_are_alike_stay() -> None:
    text = "Is the value 5? The avenue of M?nch, the mole, phone and queue #7 were due."
    assert without(text, Person(name="Helgi Möller", street="Value Avenue Phone 9")) == text


@pytest.mark.parametrize("form", ["JSON", "percent", "HTML decimal", "NFD", "percent in Latin-1"])
def test_a_name_is_found_in_an_escape_within_base64(form: str) -> None:
    written = b64encode(f"name={FORMS[form](HELGI.name)}".encode()).decode()
    assert redact(f"SAP said {written}.", [], HELGI) == f"SAP said {REDACTED}."
