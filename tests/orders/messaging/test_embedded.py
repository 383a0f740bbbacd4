"""The embedded broker reads files that are damaged, and writes none that are."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection
from kombu.exceptions import ChannelError

from orders.messaging.broker_folder import FOLDERS, make_folders
from orders.messaging.embedded import MOST_ASIDE, Channel, Transport, write

DAMAGED = [
    b"",
    b'{"body": "W10=", "prop',
    b"[]",
    b"null",
    b"7",
    b"\xff\xfe\x00",
    b"{}",
    b'{"properties": {}}',
    b"[" * 9999,
]


@pytest.fixture
def messages(tmp_path: Path) -> Path:
    return tmp_path / "messages"


@pytest.fixture
def channel(messages: Path) -> Iterator[Channel]:
    options = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(messages.parent / "control"),
    }
    with Connection(transport=Transport, transport_options=options) as connection:
        yield connection.channel()


def publish(channel: Channel, body: str = "[]") -> None:
    channel.basic_publish(channel.prepare_message(body, content_type="application/json"), "desk", "desk")


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_put_aside_and_the_next_message_is_taken(
    channel: Channel, messages: Path, damage: bytes
) -> None:
    messages.mkdir()
    (messages / "0_bad.desk.msg").write_bytes(damage)
    publish(channel, "[7]")
    message: Any = channel.basic_get("desk")
    assert message.body == "[7]" or message.body == b"[7]"
    assert [file.name for file in (messages / "unreadable").iterdir()] == ["0_bad.desk.msg"]
    assert channel.basic_get("desk") is None


def test_a_folder_in_a_messages_place_is_put_aside(channel: Channel, messages: Path) -> None:
    (messages / "0_bad.desk.msg").mkdir(parents=True)
    publish(channel)
    assert channel.basic_get("desk") is not None
    assert (messages / "unreadable" / "0_bad.desk.msg").is_dir()


def test_of_the_unreadable_a_few_are_kept(channel: Channel, messages: Path) -> None:
    messages.mkdir()
    for number in range(MOST_ASIDE + 5):
        (messages / f"{number}_bad.desk.msg").touch()
    with pytest.raises(Empty):
        channel._get("desk")
    assert len(list((messages / "unreadable").iterdir())) == MOST_ASIDE


def test_no_reader_ever_sees_half_a_message(channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the folder in the very moment between writing and naming."""
    replace = Path.replace

    def look_first(new: Path, path: Path) -> Path:
        assert channel.basic_get("desk") is None
        return replace(new, path)

    monkeypatch.setattr(Path, "replace", look_first)
    publish(channel)
    assert channel.basic_get("desk") is not None


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_text", full)
        with pytest.raises(ChannelError, match="No space left"):
            publish(channel)
    assert not any(messages.iterdir())
    publish(channel)
    assert channel.basic_get("desk") is not None


def test_a_removed_folder_is_made_again(channel: Channel, messages: Path) -> None:
    assert channel.basic_get("desk") is None
    publish(channel)
    assert channel.basic_get("desk") is not None


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_bindings_are_written_anew(channel: Channel, messages: Path, damage: bytes) -> None:
    control = messages.parent / "control"
    control.mkdir()
    for exchange in ("desk", "celery.pidbox"):
        (control / f"{exchange}.exchange").write_bytes(damage)
    channel._queue_bind("celery.pidbox", "", "", "worker1")
    assert [row.queue for row in channel.get_table("celery.pidbox")] == ["worker1"]
    publish(channel)
    assert channel.basic_get("desk") is not None


def test_a_broker_folder_that_is_half_made_is_made_anew(tmp_path: Path) -> None:
    broker = tmp_path / "broker"
    broker.mkdir()
    (broker / "messages").touch()
    (broker / "control").symlink_to(tmp_path / "nowhere")
    make_folders(broker)
    make_folders(broker)
    assert [(broker / name).is_dir() for name in FOLDERS] == [True, True]
    assert (broker / "messages").stat().st_mode & 0o777 == 0o700


def test_a_broker_folder_elsewhere_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "broker").symlink_to(tmp_path / "elsewhere")
    make_folders(tmp_path / "broker")
    assert (tmp_path / "elsewhere" / "messages").is_dir()


def test_a_broker_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"the embedded broker's folder {tmp_path}/no/broker: "):
        make_folders(tmp_path / "no" / "broker")


def test_messages_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    write(tmp_path / "messages" / "x.msg", "{}")
    os.umask(before)
    assert (tmp_path / "messages").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "messages" / "x.msg").stat().st_mode & 0o777 == 0o600
