"""Whatever bytes a message has, reading them raises nothing. What py-amqp offers for that is relied on here alone."""

import zlib
from struct import pack
from typing import Any

import amqp
import kombu
import kombu.message
import pytest
from amqp import abstract_channel, spec
from amqp.serialization import GenericContent, dumps
from hypothesis import given
from hypothesis import strategies as st
from kombu.transport import pyamqp

from orders.messaging.worker import wire
from tests import hostile

HEADER = pack(">HxxQ", 60, 0)  # class Basic, no weight, a body of 0 bytes: AMQP 0-9-1, 4.2.6.1


@pytest.fixture(autouse=True)
def read_anything() -> None:
    wire.read_anything()


def read(message: hostile.Hostile) -> dict[str, Any]:
    content = amqp.Message()
    content.inbound_header(HEADER + message.properties)
    return dict(content.properties)


def test_the_client_reads_by_what_was_put_in() -> None:
    assert GenericContent._load_properties is wire.load_properties
    assert abstract_channel.loads is wire.loads
    assert kombu.message.decompress is wire.as_sent
    assert pyamqp.Transport.Connection.Channel is wire.Channel


def test_a_readable_message_is_read_as_ever() -> None:
    found = read(hostile.headed())
    assert found["application_headers"] == {"task": hostile.SAP, "id": "hostile"}
    assert (found["content_type"], found["content_encoding"]) == ("application/json", "utf-8")
    assert "not_utf_8" not in found


@pytest.mark.parametrize("name", ["tables in tables", "the year 584 billion"])
def test_properties_that_no_client_can_read_say_so(name: str) -> None:
    """RecursionError; OSError, by which Celery would connect anew for ever."""
    assert read(hostile.WIRE[name]).keys() == {"unreadable"}


def test_an_unknown_type_of_field_is_unreadable_too() -> None:
    assert read(hostile.Hostile(b"", hostile.with_field(b"Z"))) == {"unreadable": "FrameSyntaxError"}


def test_text_that_is_no_utf_8_is_shown_and_the_rest_is_read() -> None:
    found = read(hostile.WIRE["a content type that is no UTF-8"])
    assert found["content_type"] == "\\xff"
    assert found["not_utf_8"] is True
    assert found["application_headers"]["task"] == hostile.SAP


def test_a_routing_key_that_is_no_utf_8_is_shown() -> None:
    arguments = dumps("sLbss", ["tag", 7, False, "sap", b"\xffkey"])
    assert abstract_channel.loads("sLbss", arguments, 0)[0] == ["tag", 7, False, "sap", "\\xffkey"]
    assert amqp.Channel._METHODS[spec.Basic.Deliver].args == "sLbss"


def test_nothing_is_decompressed() -> None:
    body = zlib.compress(b"0" * 1000)
    for compression in ("zlib", "application/x-gzip", "bzip2", "xz", "rot13", ["zlib"]):
        message = kombu.Message(body, headers={"compression": compression})
        assert (message.body, message.errors) == (body, [])


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise(octets: bytes) -> None:
    amqp.Message().inbound_header(HEADER + octets)
