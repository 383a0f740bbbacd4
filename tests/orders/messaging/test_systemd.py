"""What systemd hears, at an address with a file and at one without."""

import os
from pathlib import Path

import pytest

from orders.messaging import systemd
from tests.servers.systemd import listening


@pytest.mark.parametrize("abstract", [False, True])
@pytest.mark.parametrize("variable", ["NOTIFY_SOCKET", "DESK_NOTIFY_SOCKET"])
def test_what_is_told_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool, variable: str) -> None:
    with listening(None if abstract else tmp_path) as heard:
        monkeypatch.setenv(variable, heard.address)
        assert systemd.tell(systemd.READY)
        assert heard.listen() == ["READY=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-is-here-7f3a", "vsock:2:1", "/" + "x" * 300])
def test_that_nobody_listens_harms_nothing(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not systemd.tell(systemd.ALIVE)


def test_a_listener_that_does_not_read_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(tmp_path) as heard:
        monkeypatch.setenv("NOTIFY_SOCKET", heard.address)
        told = [systemd.tell(systemd.ALIVE) for _ in range(3000)]
    assert told[0]
    assert not told[-1]


@pytest.mark.parametrize(
    ("microseconds", "pid", "seconds"),
    [
        ("30000000", None, 30),
        ("1500000", "ours", 1.5),
        ("30000000", "1", 0),
        ("", None, 0),
        ("soon", None, 0),
        ("٣", None, 0),
    ],
)
def test_the_watchdog_watches_the_process_that_it_names(
    monkeypatch: pytest.MonkeyPatch, microseconds: str, pid: str | None, seconds: float
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "ours" else pid)
    assert systemd.watchdog_seconds() == seconds
