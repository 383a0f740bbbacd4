import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.printers.ipp.message import JOB_GROUP, Malformed, Operation, Tag, decode, encode


def test_a_request_is_what_rfc_8010_shows() -> None:
    """The example of appendix A.1, as far as we send the same attributes."""
    request = encode(Operation.PRINT_JOB, [(Tag.URI, "printer-uri", "ipp://printer.example.com/ipp/print")], b"%PDF")
    assert request == (
        b"\x02\x00\x00\x02\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x23ipp://printer.example.com/ipp/print"
        b"\x03%PDF"
    )


def test_further_values_of_a_set_have_no_name() -> None:
    request = encode(Operation.GET_JOBS, [(Tag.KEYWORD, "requested-attributes", ["job-id", "job-state"])])
    assert request.endswith(
        b"\x44\x00\x14requested-attributes\x00\x06job-id" + b"\x44\x00\x00\x00\x09job-state" + b"\x03"
    )


def attribute(tag: int, name: str, raw: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name.encode() + struct.pack(">H", len(raw)) + raw


def reply(*parts: bytes, status: int = 0) -> bytes:
    return b"\x02\x00" + struct.pack(">Hi", status, 1) + b"".join(parts) + b"\x03"


def test_a_reply_gives_numbers_truths_and_texts() -> None:
    named = b"\x00\x02de\x00\x03Tee"  # a name with its language
    answer = decode(
        reply(
            b"\x02",
            attribute(Tag.INTEGER, "job-id", b"\x00\x00\x00\x11"),
            attribute(Tag.ENUM, "job-state", b"\x00\x00\x00\x09"),
            attribute(Tag.BOOLEAN, "printer-is-accepting-jobs", b"\x01"),
            attribute(Tag.NAME_WITH_LANGUAGE, "job-name", named),
            attribute(Tag.KEYWORD, "job-state-reasons", b"none"),
            attribute(Tag.KEYWORD, "", b"other"),
        )
    )
    assert answer.ok
    assert answer.first(JOB_GROUP) == {
        "job-id": [17],
        "job-state": [9],
        "printer-is-accepting-jobs": [True],
        "job-name": ["Tee"],
        "job-state-reasons": ["none", "other"],
    }


def test_every_job_is_a_group_of_its_own() -> None:
    one = b"\x02" + attribute(Tag.INTEGER, "job-id", b"\x00\x00\x00\x01")
    assert len(decode(reply(one, one)).every(JOB_GROUP)) == 2


def test_a_collection_counts_as_one_value_and_hides_its_members() -> None:
    collection = (
        attribute(Tag.BEGIN_COLLECTION, "media-col", b"")
        + attribute(0x4A, "", b"media-size")
        + attribute(Tag.BEGIN_COLLECTION, "", b"")
        + attribute(0x4A, "", b"x-dimension")
        + attribute(Tag.INTEGER, "", b"\x00\x00\x00\x01")
        + attribute(Tag.END_COLLECTION, "", b"")
        + attribute(Tag.END_COLLECTION, "", b"")
    )
    state = attribute(Tag.ENUM, "job-state", b"\x00\x00\x00\x09")
    assert decode(reply(b"\x02", collection, state)).first(JOB_GROUP) == {"media-col": [b""], "job-state": [9]}


def test_a_name_in_another_charset_spoils_nothing_but_itself() -> None:
    """Windows programs give such names to printers that pass them on as they came."""
    theirs = b"\x02" + attribute(Tag.NAME, "job-name", b"Angebot f\xfcr M\xfcller")
    ours = b"\x02" + attribute(Tag.NAME_WITH_LANGUAGE, "job-name", b"\x00\x02de\x00\x08Stra\xdfe 1")
    jobs = decode(reply(theirs, ours)).every(JOB_GROUP)
    assert jobs == [{"job-name": ["Angebot f\ufffdr M\ufffdller"]}, {"job-name": ["Stra\ufffde 1"]}]


def test_a_value_that_is_none_spoils_nothing_but_itself() -> None:
    odd = [(Tag.INTEGER, "copies", b"\x00\x01"), (Tag.BOOLEAN, "held", b""), (Tag.NAME_WITH_LANGUAGE, "by", b"\x00")]
    parts = [attribute(*each) for each in odd]
    number = attribute(Tag.INTEGER, "job-id", b"\x00\x00\x00\x07")
    expected = {"copies": [b"\x00\x01"], "held": [b""], "by": [b"\x00"], "job-id": [7]}
    assert decode(reply(b"\x02", *parts, number)).first(JOB_GROUP) == expected


@given(st.binary(max_size=60))
def test_anything_else_is_malformed_and_nothing_worse(data: bytes) -> None:
    try:
        decode(data)
    except Malformed:
        return
    assert b"\x03" in data


def test_a_reply_cut_short_is_malformed() -> None:
    whole = reply(b"\x02", attribute(Tag.INTEGER, "job-id", b"\x00\x00\x00\x01"))
    for length in range(len(whole) - 1):
        with pytest.raises(Malformed):
            decode(whole[:length])
