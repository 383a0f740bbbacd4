"""The embedded broker reads files that are damaged, and writes none that are."""

import errno
import logging
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection
from kombu.exceptions import ChannelError

from orders.messaging import odd_files
from orders.messaging.broker_folder import FOLDERS, make_folders
from orders.messaging.embedded import Channel, Transport, write
from orders.messaging.odd_files import MOST_ASIDE, MOST_BYTES
from tests.lacking import lacks

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


def fifo(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_a_message(path: Path) -> None:
    path.symlink_to(path.parent.parent / "elsewhere.json")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # Such a path has 107 bytes at most.


def device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        lacks("who runs the tests may make no device")


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def folder_with_something_in_it(path: Path) -> None:
    path.mkdir()
    (path / "something").touch()


ODD = [fifo, endless, link_to_a_message, listening, device, huge, folder_with_something_in_it]


@pytest.fixture(autouse=True)
def a_bound() -> Iterator[None]:
    """What waits for ever ends the test."""
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waited for ever"))
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("make", ODD)
def test_what_is_no_plain_file_is_put_aside_and_told_once(
    channel: Channel, messages: Path, caplog: pytest.LogCaptureFixture, make: Callable[[Path], None]
) -> None:
    messages.mkdir()
    (messages.parent / "elsewhere.json").write_text("{}")
    make(messages / "1_a.desk.msg")
    kind = stat.S_IFMT((messages / "1_a.desk.msg").lstat().st_mode)
    for _ in range(3):
        publish(channel)
        assert channel.basic_get("desk") is not None
        assert channel.basic_get("desk") is None
    assert stat.S_IFMT((messages / "unreadable" / "1_a.desk.msg").lstat().st_mode) == kind
    (line,) = lines(caplog)
    assert "'1_a.desk.msg' is none of its files" in line


@pytest.mark.parametrize("make", ODD)
def test_what_can_not_lie_where_the_like_of_it_lies_is_put_beside_it(
    channel: Channel, messages: Path, caplog: pytest.LogCaptureFixture, make: Callable[[Path], None]
) -> None:
    (messages / "unreadable").mkdir(parents=True)
    folder_with_something_in_it(messages / "unreadable" / "1_a.desk.msg")
    make(messages / "1_a.desk.msg")
    for _ in range(3):
        assert channel.basic_get("desk") is None
    assert len(list((messages / "unreadable").iterdir())) == 2
    assert len(lines(caplog)) == 1


@pytest.mark.parametrize("make", [fifo, endless, Path.touch])
def test_a_folder_for_the_unreadable_that_is_none_is_made_anew(
    channel: Channel, messages: Path, make: Callable[[Path], None]
) -> None:
    messages.mkdir()
    make(messages / "unreadable")
    fifo(messages / "1_a.desk.msg")
    assert channel.basic_get("desk") is None
    assert [path.name for path in (messages / "unreadable").iterdir()] == ["1_a.desk.msg"]


def test_old_folders_among_the_unreadable_end_no_tidying(channel: Channel, messages: Path) -> None:
    messages.mkdir()
    (messages / "0_empty.desk.msg").mkdir()
    folder_with_something_in_it(messages / "0_full.desk.msg")
    for number in range(MOST_ASIDE + 5):
        (messages / f"{number + 1}_bad.desk.msg").touch()
    assert channel.basic_get("desk") is None
    left = {path.name for path in (messages / "unreadable").iterdir()}
    assert "0_full.desk.msg" in left  # Nobody asked for what is in it to be deleted.
    assert "0_empty.desk.msg" not in left
    assert len(left) == MOST_ASIDE + 1


@pytest.mark.parametrize("error", [errno.EACCES, errno.EPERM, errno.ENXIO])
def test_a_file_that_nobody_may_open_is_put_aside(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    messages.mkdir()
    (messages / "1_a.desk.msg").touch()
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", failing(error))
        assert channel.basic_get("desk") is None
    assert (messages / "unreadable" / "1_a.desk.msg").exists()


def test_a_lack_of_descriptors_puts_no_message_aside_and_is_told_once(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(channel)
    publish(channel)
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", failing(errno.EMFILE))
        for _ in range(3):
            assert channel.basic_get("desk") is None
    assert len(lines(caplog)) == 1
    assert channel.basic_get("desk") is not None
    assert channel.basic_get("desk") is not None


def test_what_can_not_be_put_aside_is_told_once_whatever_comes_and_goes(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    messages.mkdir()
    for number in range(3):
        fifo(messages / f"0_{number}.desk.msg")
    monkeypatch.setattr(Path, "rename", failing(errno.EBUSY))
    for _ in range(3):
        publish(channel)
        assert channel.basic_get("desk") is not None
        assert channel.basic_get("desk") is None
    assert len(lines(caplog)) == 1


def failing(error: int) -> Callable[..., int]:
    def fail(*_: object, **__: object) -> int:
        raise OSError(error, os.strerror(error))

    return fail


def test_what_others_take_at_the_same_moment_is_no_trouble(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    messages.mkdir()
    fifo(messages / "1_a.desk.msg")
    rename = Path.rename
    monkeypatch.setattr(Path, "rename", lambda path, target: (path.unlink(), rename(path, target)))
    assert channel.basic_get("desk") is None
    assert lines(caplog) == []


def test_a_name_that_is_no_text_forges_no_line(
    channel: Channel, messages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (messages / "unreadable").mkdir(parents=True)
    for name in (b"1_\xff.desk.msg", b"2_\nforged.desk.msg", b"3_" + b"x" * 240 + b".desk.msg"):
        (messages / os.fsdecode(name)).touch()
        folder_with_something_in_it(messages / "unreadable" / os.fsdecode(name))
    assert channel.basic_get("desk") is None
    assert len(lines(caplog)) == 3
    assert all(line.isprintable() for line in lines(caplog))


def test_nothing_is_written_that_nobody_would_read(channel: Channel, messages: Path) -> None:
    with pytest.raises(ChannelError, match="no message of more than"):
        publish(channel, "x" * MOST_BYTES)
    publish(channel, "x" * (MOST_BYTES // 2))
    assert channel.basic_get("desk") is not None


@pytest.mark.parametrize(
    ("ending", "make"),
    [("exchange", make) for make in ODD] + [("lock", make) for make in ODD if make is not huge],  # Nobody reads a lock.
)
def test_odd_files_among_the_bindings_are_put_aside(
    channel: Channel, messages: Path, caplog: pytest.LogCaptureFixture, ending: str, make: Callable[[Path], None]
) -> None:
    control = messages.parent / "control"
    control.mkdir()
    (messages.parent / "elsewhere.json").write_text("[]")
    make(control / f"celery.pidbox.{ending}")
    if ending == "exchange":
        assert channel.get_table("celery.pidbox") == []
    channel._queue_bind("celery.pidbox", "", "", "worker1")
    assert [row.queue for row in channel.get_table("celery.pidbox")] == ["worker1"]
    assert [path.name for path in (control / "unreadable").iterdir()] == [f"celery.pidbox.{ending}"]
    assert (messages.parent / "elsewhere.json").read_text() == "[]"
    assert len(lines(caplog)) == (ending == "exchange")


def test_a_lock_that_somebody_keeps_is_told_and_not_waited_for(
    channel: Channel, messages: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(odd_files, "LOCK_SECONDS", 0.1)
    with odd_files.locked(messages.parent / "control" / "celery.pidbox.lock"):
        channel._queue_bind("celery.pidbox", "", "", "worker1")
    assert "the bindings of celery.pidbox can't be written" in lines(caplog)[0]
