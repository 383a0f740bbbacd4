"""A body is read whatever its sender says of its encoding."""

import gzip
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.http.body import json_of, text_of

WORDS = '{"a": "Möller – ok"}'


def answered(body: bytes, encoding: str | None = None) -> requests.Response:
    response = requests.Response()
    response.status_code = 200
    response._content = body
    response.encoding = encoding
    return response


@pytest.mark.parametrize("declared", [None, "utf-8", "ISO-8859-1", "utf-16", "no-such-thing", "\0"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_body_is_read_in_any_encoding_whatever_is_declared(encoding: str, declared: str | None) -> None:
    assert json_of(answered(WORDS.encode(encoding), declared)) == {"a": "Möller – ok"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_that_nobody_declared_are_known_by_their_zeros(encoding: str) -> None:
    assert json_of(answered(WORDS.encode(encoding))) == {"a": "Möller – ok"}


def test_a_line_that_ends_within_a_text_spoils_nothing() -> None:
    assert json_of(answered(b'{"a": "b\n\tc"}')) == {"a": "b\n\tc"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "iso-8859-2", "cp1251"])
def test_a_body_without_a_mark_is_read_as_declared(encoding: str) -> None:
    text = "<a>Дом</a>" if encoding == "cp1251" else "<a>Žofie</a>"
    assert text_of(answered(text.encode(encoding), encoding)) == text


def test_an_xml_prolog_says_the_encoding() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-2"?><a>Žofie</a>'
    assert text_of(answered(text.encode("iso-8859-2"))) == text


def test_a_second_mark_is_no_text() -> None:
    assert json_of(answered(b"\xef\xbb\xbf\xef\xbb\xbf{}")) == {}


def test_a_packed_body_is_unpacked_though_no_header_says_so() -> None:
    assert text_of(answered(gzip.compress(WORDS.encode()))) == WORDS


def test_a_body_that_unpacks_without_end_is_cut() -> None:
    assert len(text_of(answered(gzip.compress(b"x" * 30_000_000)))) == 10_000_000


@pytest.mark.parametrize("body", [b"", b"{", b"<a/>", b"[" * 100_000, b"9" * 5000])
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each parser has words of its own
        json_of(answered(body))


def test_no_body_is_an_empty_text() -> None:
    assert text_of(requests.Response()) == ""


@settings(deadline=None)
@given(body=st.binary(max_size=200), declared=st.sampled_from([None, "utf-8", "utf-16", "ascii", "rot13", "base64"]))
def test_any_bytes_are_text(body: Any, declared: str | None) -> None:
    assert isinstance(text_of(answered(body, declared)), str)
