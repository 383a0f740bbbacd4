"""The file, and how often the watchdog is told."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from orders.messaging.worker.pulse import Pulse
from tests.servers.systemd import listening


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    file = tmp_path / "alive"
    settings.WATCHING = dataclasses.replace(settings.WATCHING, alive_file=str(file))
    return file


def test_the_file_names_the_worker_and_gets_younger_with_each_beat(file: Path) -> None:
    pulse = Pulse()
    pulse.begin("night@packing")
    assert file.read_text() == "night@packing\n"
    os.utime(file, (1000, 1000))
    pulse.beat()
    assert file.stat().st_mtime > 1000
    os.utime(file, (1000, 1000))
    pulse.beat()  # Too soon.
    assert file.stat().st_mtime == 1000


def test_a_file_that_somebody_deleted_comes_again_and_one_left_over_gets_the_new_name(file: Path) -> None:
    file.write_text("another@h\n")
    pulse = Pulse()
    pulse.begin("night@packing")
    assert file.read_text() == "night@packing\n"
    file.unlink()
    pulse.beat()
    assert file.read_text() == "night@packing\n"
    pulse.end()
    assert not file.exists()
    pulse.end()


def test_a_file_that_cant_be_written_is_one_line_of_the_log(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.mkdir()
    (file / "inside").touch()
    pulse = Pulse()
    pulse.begin("night@packing")
    for _ in range(3):
        pulse.beaten_at = float("-inf")
        pulse.beat()
    pulse.end()
    assert caplog.text.count("can't be written") <= 1


def test_a_quick_watchdog_is_told_three_times_as_often_as_it_looks(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse()
    assert pulse.every == 2
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    assert pulse.every == 2
    monkeypatch.setenv("WATCHDOG_USEC", "1500000")
    assert pulse.every == 0.5
    with listening(tmp_path) as systemd:
        monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)
        pulse.beat()
        assert systemd.listen() == []  # It has not begun.
        pulse.begin("night@packing")
        pulse.beat()
        pulse.is_ready()
        pulse.is_ready()
        assert systemd.listen() == ["WATCHDOG=1", "READY=1"]
