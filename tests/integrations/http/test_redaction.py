"""That no form of a secret is kept, and that all else is."""

import html
import json
import quopri
import re
import time
import unicodedata
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.http.redaction import SHORT, redact

SECRET = "p@ß/w%rd #?;x\"'\\Z<é&😀>+1"
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
SECRETS = st.text(PLAIN, min_size=SHORT, max_size=20).filter(str.strip)


def in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "small percent": lambda text: re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text)),
    "form": quote_plus,
    "HTML": html.escape,
    "HTML decimal": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML hex": lambda text: "".join(f"&#X{ord(character):04X};" for character in text),
    "HTML some": lambda text: "".join(
        f"&#x{ord(character):x};" if place % 2 else html.escape(character) for place, character in enumerate(text)
    ),
    "JSON": in_json,
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with slashes": lambda text: in_json(text).replace("/", "\\/"),
    "JSON for HTML": lambda text: re.sub("[&<>']", lambda found: f"\\u{ord(found[0]):04X}", in_json(text)),
}


@pytest.mark.parametrize("inner", FORMS)
@pytest.mark.parametrize("outer", ["plain", "percent", "form", "HTML", "JSON", "JSON with slashes", "JSON for HTML"])
def test_a_secret_is_found_in_each_form_and_in_one_within_another(inner: str, outer: str) -> None:
    written = FORMS[outer](FORMS[inner](SECRET))
    assert redact(f"<{written}>", [SECRET]) == "<[redacted]>"


@settings(deadline=None)
@given(secret=SECRETS, inner=st.sampled_from(sorted(FORMS)), outer=st.sampled_from(["plain", "percent", "JSON"]))
def test_any_secret_is_found_in_any_form(secret: str, inner: str, outer: str) -> None:
    written = FORMS[outer](FORMS[inner](secret))
    assert written not in redact(f"( {written} )", [secret]).replace("[redacted]", "")


@settings(deadline=None)
@given(secret=SECRETS, before=st.binary(max_size=7), after=st.binary(max_size=7), url=st.booleans(), form=st.booleans())
def test_any_secret_is_found_in_base64_whatever_stands_around_it(
    secret: str, before: bytes, after: bytes, url: bool, form: bool
) -> None:
    whole = before + secret.encode() + after
    written = urlsafe_b64encode(whole).decode().rstrip("=") if url else b64encode(whole).decode()
    kept = redact(f"Basic {quote(written, safe='') if form else written}.", [secret])
    assert "[redacted]" in kept
    for run in re.findall(r"[\w+/-]+", unquote(kept)):
        for start in range(4):
            cut = run[start:].replace("+", "-").replace("/", "_")
            cut = cut[: len(cut) - len(cut) % 4]
            assert secret.encode() not in urlsafe_b64decode(cut)


def test_base64_broken_into_lines_is_found() -> None:
    written = b64encode(b"user:" + SECRET.encode()).decode()
    for newline in ("\n", "\r\n", "\\n"):
        broken = newline.join(re.findall("..{0,9}", written))
        assert "[redacted]" in redact(broken, [SECRET])


def test_base64_of_another_case_is_another_word() -> None:
    written = b64encode(b"sesame open").decode()
    assert redact(written.swapcase(), ["sesame open"]) == written.swapcase()


def test_a_short_word_is_found_where_it_stands_alone() -> None:
    text = "Jo asked John: 100 % of 'jo' %20jo%20 is jolly, said A to Ada."
    assert redact(text, ["Jo", "A"]) == (
        "[redacted] asked John: 100 % of '[redacted]' %20[redacted]%20 is jolly, said [redacted] to Ada."
    )


NORDIC = "pä$s/w+rd &%\"q'x"
JSON_OF_IT = json.dumps({"password": NORDIC}).encode()
READINGS = {
    "JSON in base64": b64encode(JSON_OF_IT).decode(),
    "JSON in base64 of a URL, escaped": quote(urlsafe_b64encode(JSON_OF_IT).decode()),
    "percent in base64": b64encode(b"x=" + quote(NORDIC).encode()).decode(),
    "HTML in base64": b64encode(html.escape(NORDIC).encode()).decode(),
    "base64 of base64": b64encode(b64encode(b"shop:" + NORDIC.encode())).decode(),
    "JSON in base64 of base64": b64encode(b64encode(JSON_OF_IT)).decode(),
    "Latin-1 in base64": b64encode(f"shop:{NORDIC}".encode("latin-1")).decode(),
    "UTF-16 in base64": b64encode(NORDIC.encode("utf-16-le")).decode(),
    "UTF-16 of the other end": b64encode(NORDIC.encode("utf-16-be")).decode(),
    "hexadecimal": NORDIC.encode().hex(),
    "quoted-printable": quopri.encodestring(NORDIC.encode()).decode(),
    "%u0070": "".join(f"%u{ord(character):04x}" for character in NORDIC),
    "Python's bytes": repr(NORDIC.encode()),
    "octal": "".join(f"\\{byte:03o}" for byte in NORDIC.encode()),
    "NFD": unicodedata.normalize("NFD", NORDIC),
    "UTF-8 read as Latin-1": NORDIC.encode().decode("latin-1"),
}


@pytest.mark.parametrize("name", READINGS)
def test_a_secret_is_found_in_an_escape_within_an_encoding(name: str) -> None:
    kept = redact(f"x {READINGS[name]} y", [NORDIC])
    assert kept.replace("b'", "").replace("'", "") == "x [redacted] y"


def test_what_is_no_encoding_of_a_secret_stays() -> None:
    text = f"{b64encode(b'nothing of it').decode()} =C3=BC {b'nothing'.hex()} \\101 %u0041 name=ADA"
    assert redact(text, [NORDIC]) == text


@pytest.mark.parametrize("nothing", ["", " ", "\t"])
def test_a_blank_secret_redacts_nothing(nothing: str) -> None:
    assert redact("all of it", [nothing]) == "all of it"


@settings(deadline=None)
@given(text=st.text(max_size=200), secret=st.text(max_size=5))
def test_any_text_is_answered(text: str, secret: str) -> None:
    kept = redact(text, [secret])
    assert secret.lower() not in kept.replace("[redacted]", "\0").lower() or len(secret) < SHORT or not secret.strip()


def test_an_answer_as_long_as_it_may_be_is_redacted_in_time() -> None:
    for hostile in ("\\", "&amp;", "%25", "\\u005c", "p%40", "cEA", "=C3", "cEFBQUFB "):
        started = time.monotonic()
        redact(hostile * 200_000, [SECRET, "k" * 64])
        assert time.monotonic() - started < 10
