"""What the floor of the first look stands: damaged files of its broker, a damaged database, a full disk."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
from pathlib import Path

import pytest

from tests.end_to_end.conftest import FILE, OpenDesk
from tests.end_to_end.desk import node, wait_for
from tests.servers import warm

SAID = "the database is away (DatabaseError: SQLITE_CORRUPT)"
PAGE = 4096  # bytes, SQLite's

DAMAGE = {"empty": b"", "cut": b'{"body": "W10=", "pro', "foreign": b"\xff\xfe", "older": b'{"properties": {}}'}
QUEUES = ("sap", "marketing", "printing", "desk")


def damage(broker: Path) -> None:
    for folder in ("messages", "control"):
        (broker / folder).mkdir(parents=True, exist_ok=True)
    for name, content in DAMAGE.items():
        for queue in QUEUES:
            (broker / "messages" / f"0_{name}.{queue}.msg").write_bytes(content)
    for queue in QUEUES:
        os.mkfifo(broker / "messages" / f"0_fifo{time.time_ns()}.{queue}.msg")
        (broker / "messages" / f"0_link{time.time_ns()}.{queue}.msg").symlink_to("/dev/zero")
    for exchange in (*QUEUES, "celery.pidbox"):
        (broker / "control" / f"{exchange}.exchange").write_bytes(b"")


def test_damaged_files_end_no_worker_and_lose_no_order(open_desk: OpenDesk) -> None:
    desk = open_desk({}, workers=1)
    desk.wait_until_processed(desk.post())
    broker = desk.var_dir / "broker"
    damage(broker)
    during = desk.post()
    desk.wait_until_processed(during)
    desk.processes["worker1"].stop()
    damage(broker)
    before = desk.post()
    worker = desk.start_worker("worker2")
    desk.wait_until_processed(before)
    assert worker.running
    assert all(count == 1 for count in desk.sap_orders().values())
    assert len(desk.sap_orders()) == 3


def test_a_database_that_is_damaged_while_the_desk_runs_is_told_and_ends_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk({}, workers=1)
    desk.wait_until_processed(desk.post())
    with (desk.var_dir / FILE).open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(PAGE)
        file.write(b"\xff" * (size - PAGE))
    with pytest.raises(urllib.error.HTTPError) as refused:
        desk.post()
    assert refused.value.code == 503
    assert refused.value.headers["Retry-After"]
    wait_for(lambda: SAID in desk.processes["worker1"].log.read_text(), "the worker says what is wrong")
    assert SAID in desk.processes["web"].log.read_text()
    assert all(process.running for process in desk.processes.values())


def test_operators_see_the_workers_without_rabbitmq(open_desk: OpenDesk) -> None:
    desk = open_desk({}, workers=1)
    desk.wait_until_processed(desk.post())
    command = [sys.executable, "-m", "celery", "-A", "shop", "inspect", "stats", "--json", "--timeout", "30"]
    command += ["-d", node(desk.processes["worker1"])]
    told = warm.run(command, env=desk.environment, capture_output=True, text=True, timeout=60, check=True)
    (worker,) = json.loads(told.stdout).values()
    assert sum(worker["total"].values()) == 3, worker["total"]


def test_a_full_disk_ends_no_process_and_loses_no_order(filled_file: Path, tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    assert unshare, "unshare(1) of util-linux is needed to mount a small disk for a test, without being root"
    script = [sys.executable, "-m", "tests.end_to_end.full_disk", str(filled_file), str(tmp_path / "disk")]
    told = subprocess.run([unshare, "-rm", *script], capture_output=True, text=True, timeout=180, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
