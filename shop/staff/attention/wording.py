"""What operators read. Pure: of the message that a webhook gets, the mail is made."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

KINDS = ("new", "again", "mended")
TEST = "attention.test"  # the message's type
HEADINGS = {"new": "Needs somebody", "again": "Still needs somebody", "mended": "Mended"}
MOST = 50  # causes of a kind in a mail
FOOT = "The desk tells of each cause once, again every four hours while it lasts, and when it is mended."


def subject(message: dict[str, Any]) -> str:
    """ "Order desk: 2 causes need somebody: SAP: 500 steps are parked…" """
    data = message["data"]
    if message["type"] == TEST:
        return _line(f"{data['desk']}: a test message")
    open_, mended = data["new"] + data["again"], data["mended"]
    if not open_:
        words = _first(mended) if len(mended) == 1 else f"{len(mended)} causes"
        return _line(f"{data['desk']}: mended: {words}")
    count = f"{len(open_)} causes need somebody: " if len(open_) > 1 else ""
    return _line(f"{data['desk']}: {count}{_first(open_)}")


def text(message: dict[str, Any]) -> str:
    return "\n".join(_lines(message)) + "\n"


def test_message(desk: str, now: datetime, by: str) -> dict[str, Any]:
    """As the others, with nothing in it that needs anybody."""
    return {"type": TEST, "timestamp": now.isoformat(), "data": {"desk": desk, "by": by} | {kind: [] for kind in KINDS}}


def _lines(message: dict[str, Any]) -> Iterator[str]:
    if message["type"] == TEST:
        yield f"{_line(message['data']['by'])} has sent this to see whether it arrives. Nothing needs you."
        yield ""
    for kind in KINDS:
        said = message["data"][kind]
        if said:
            yield f"{HEADINGS[kind]}:"
            yield ""
        for one in said[:MOST]:
            yield f"- {_line(one['sentence'])}"
            yield f"  {_times(kind, one)}"
            if one["url"] and kind != "mended":
                yield f"  {one['url']}"
        if len(said) > MOST:
            yield f"- … and {len(said) - MOST} more"
        if said:
            yield ""
    yield FOOT


def _times(kind: str, said: dict[str, Any]) -> str:
    since = f"since {_local(said['since'])}"
    return f"{since}, gone since {_local(said['gone'])}" if kind == "mended" and said["gone"] else since


def _local(time: str) -> str:
    """In the shop's time zone, which is named."""
    local = timezone.localtime(datetime.fromisoformat(time))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def _first(said: list[dict[str, Any]]) -> str:
    sentence = _line(said[0]["sentence"])
    return sentence if len(sentence) <= 100 else f"{sentence[:99]}…"


def _line(text: str) -> str:
    """One line of what can be seen: a header has no other."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
