"""IPP messages as bytes (RFC 8010, section 3). Pure: nothing here talks to anybody."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

IPP_2_0, IPP_1_1 = b"\x02\x00", b"\x01\x01"  # CUPS and printers since 2010 speak 2.0, and all 1.1
OPERATION_GROUP, JOB_GROUP, END, PRINTER_GROUP = 0x01, 0x02, 0x03, 0x04


class Operation(IntEnum):
    """RFC 8011, section 5.4.15."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class Tag(IntEnum):
    """Value tags (RFC 8010, section 3.5.2) that we send or read as more than bytes."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    BEGIN_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


class Malformed(ValueError):
    """What came back is no IPP message."""


Attribute = tuple[Tag, str, Any]  # a sequence of values makes a 1setOf


@dataclass(frozen=True)
class Reply:
    """`status` as in RFC 8011, appendix B; `groups` in order, each with its delimiter tag and values by name."""

    status: int
    groups: list[tuple[int, dict[str, list[Any]]]]

    @property
    def ok(self) -> bool:
        return self.status < 0x0100

    def every(self, tag: int) -> list[dict[str, list[Any]]]:
        """The groups of one kind: one a job, for Get-Jobs."""
        return [attributes for group, attributes in self.groups if group == tag]

    def first(self, tag: int) -> dict[str, list[Any]]:
        return next(iter(self.every(tag)), {})


def encode(
    operation: Operation,
    attributes: Iterable[Attribute],
    document: bytes = b"",
    *,
    job: Sequence[Attribute] = (),
    version: bytes = IPP_2_0,
) -> bytes:
    """A request: the charset and language every one begins with, then `attributes` (target first), what is wanted of
    the `job`, then data.
    """
    begin: list[Attribute] = [
        (Tag.CHARSET, "attributes-charset", "utf-8"),
        (Tag.LANGUAGE, "attributes-natural-language", "en"),
    ]
    encoded = b"".join(_encode_attribute(*attribute) for attribute in [*begin, *attributes])
    if job:
        encoded += bytes([JOB_GROUP]) + b"".join(_encode_attribute(*attribute) for attribute in job)
    header = version + struct.pack(">HiB", operation, 1, OPERATION_GROUP)
    return header + encoded + bytes([END]) + document


def _encode_attribute(tag: Tag, name: str, value: Any) -> bytes:
    values: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    encoded = b""
    for position, each in enumerate(values):
        raw_name = b"" if position else name.encode()  # Further values of a set have no name.
        raw = _encode_value(tag, each)
        encoded += struct.pack(">BH", tag, len(raw_name)) + raw_name + struct.pack(">H", len(raw)) + raw
    return encoded


def _encode_value(tag: Tag, value: Any) -> bytes:
    if tag in (Tag.INTEGER, Tag.ENUM):
        return struct.pack(">i", value)
    if tag == Tag.BOOLEAN:
        return bytes([bool(value)])
    return str(value).encode()


def decode(data: bytes) -> Reply:
    """Raises Malformed if `data` is no complete message."""
    try:
        status = struct.unpack_from(">H", data, 2)[0]
        return Reply(status, list(_groups(data)))
    except (struct.error, IndexError) as error:
        raise Malformed(f"no IPP message ({type(error).__name__}, {len(data)} bytes)") from error


def _groups(data: bytes) -> Iterable[tuple[int, dict[str, list[Any]]]]:
    """Walks over the attributes. A collection (a value with members, e.g. media) counts as one value: nothing here
    needs its members.
    """
    at, name, depth, group = 8, "", 0, (0, dict[str, list[Any]]())
    while (tag := data[at]) != END:
        at += 1
        if tag < 0x10:  # a delimiter: the next group begins
            group = (tag, {})
            yield group
            continue
        raw_name, at = _take(data, at)
        raw, at = _take(data, at)
        depth -= tag == Tag.END_COLLECTION
        if depth == 0 and tag != Tag.END_COLLECTION:
            name = raw_name.decode(errors="replace") or name
            group[1].setdefault(name, []).append(_read_value(tag, raw))
        depth += tag == Tag.BEGIN_COLLECTION


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    """A value with its length before it, and where the next thing begins."""
    (length,) = struct.unpack_from(">H", data, at)
    end = at + 2 + length
    if end > len(data):
        raise IndexError(end)
    return data[at + 2 : end], end


def _read_value(tag: int, raw: bytes) -> Any:
    """One that is none (a number of three bytes) stays as it came, and spoils nothing but itself."""
    try:
        return _decode_value(tag, raw)
    except (struct.error, IndexError):
        return raw


def _decode_value(tag: int, raw: bytes) -> Any:
    """Text is UTF-8, as was asked for; a name that another program gave in Latin-1 spoils nothing but itself."""
    if tag in (Tag.INTEGER, Tag.ENUM):
        return struct.unpack(">i", raw)[0]
    if tag == Tag.BOOLEAN:
        return bool(raw[0])
    if tag in (Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE):  # language, then text, each with its length
        return _take(raw, _take(raw, 0)[1])[0].decode(errors="replace")
    return raw.decode(errors="replace") if 0x40 <= tag <= 0x5F else raw
