"""The first start, as somebody new meets it."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytest_django import Settings

from shop.quickstart import first_data
from shop.quickstart.__main__ import tell
from shop.quickstart.first_look import broker_place
from shop.quickstart.processes import Process, StartFailed
from tests.end_to_end.desk import TestDesk, wait_for
from tests.factories import make_order

ROOT = Path(__file__).resolve().parents[3]


def environment(var_dir: Path, **settings: str) -> dict[str, str]:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))}
    return outside | {"SHOP_VAR_DIR": str(var_dir), "SHOP_ENV_FILE": ""} | settings


def once(var_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shop.quickstart", "--once"]
    env = environment(var_dir, **settings)
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def manage(var_dir: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shop.quickstart.manage", *arguments]
    env = environment(var_dir, **settings)
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def had(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A first look that was had with a file of settings: its folder, to be copied, and what it said."""
    folder = tmp_path_factory.mktemp("had")
    file = folder / "env"
    file.write_text("SHOP_NAME=Little shop\nSHOP_SAP_URL=https://sap.example.com\nSHOP_ORDER_STEPS=sap,ga4\n")
    ran = once(folder / "var", SHOP_ENV_FILE=str(file), SHOP_GA4_URL="https://ga4.example.com")
    assert ran.returncode == 0, ran.stdout
    return folder / "var", ran


@pytest.fixture
def used(had: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> Path:
    return shutil.copytree(had[0], tmp_path / "used")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_once_follows_the_tutorials_order_to_its_slip_and_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    for name in ("log", "sandbox", "spool", "broker"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)  # As an earlier release made them.
    for count in (1, 2):
        ran = once(tmp_path, SHOP_SAP_URL="https://sap.example.com")  # Never a real one: it would fail here.
        assert ran.returncode == 0, ran.stdout
        assert re.search(r"Order +([0-9A-Z]{4}-){2}[0-9A-Z]{4}, POST took \d+ ms", ran.stdout)
        assert re.findall(r"(sap|marketing|printing) +done", ran.stdout) == ["sap", "marketing", "printing"]
        slip = re.search(r"\S+\.pdf", ran.stdout)
        assert slip
        assert Path(slip[0]).read_bytes().startswith(b"%PDF")
        assert len(list((tmp_path / "spool").glob("*.pdf"))) == count
    password = tmp_path / "admin_password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert password.read_text().strip() not in ran.stdout
    assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077] == []


def test_the_first_start_shows_addresses_login_and_slips_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shop.quickstart"]
    start = Process("quickstart", command, log=tmp_path / "log", env=environment(tmp_path / "var"), cwd=ROOT)
    start.start()
    start.wait_until(lambda: "New slips appear below" in start.tail(60), 90)
    text = start.tail(60)
    assert (tmp_path / "var" / "admin_password").read_text().strip() in text
    assert len(re.findall(r"SAP \d{10} +\S+\.pdf", text)) == 6
    url = re.search(r"http://127\.0\.0\.1:\d+(?=/order)", text)
    assert url
    number = TestDesk.ask(f"{url[0]}/order", {"customer_name": "X", "products_ids": [1]})[1]["order_num"]
    wait_for(lambda: f"{number}.r1.c1.pdf" in start.tail(60), "its slip is shown")

    ran = manage(tmp_path / "var", "check")
    assert (ran.returncode, ran.stdout) == (0, "System check identified no issues (1 silenced).\n"), ran.stderr
    ran = manage(tmp_path / "var", "shell", "-v", "0", "-c", f"print(Order.objects.get(number='{number}').pk)")
    assert (ran.returncode, ran.stdout) == (0, "7\n"), ran.stderr

    ran = manage(tmp_path / "var", "traffic", "--count", "1")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    made_up = ran.stdout.split()[1]
    assert ran.stdout.endswith("1 placed, 0 refused\n")
    wait_for(lambda: f"{made_up}.r1.c1.pdf" in start.tail(60), "the made-up order's slip is shown")

    second = once(tmp_path / "var")
    assert second.returncode == 1
    assert "Another bin/quickstart is running" in second.stdout

    start.send(signal.SIGINT)
    wait_for(lambda: not start.running, "it has ended", 40)
    assert start.exit_code == 0
    listed = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in listed
    with pytest.raises(OSError, match="refused"):
        TestDesk.ask(f"{url[0]}/health")


def test_what_the_show_can_not_show_it_says_and_the_desk_stays_up_to_mend_it(used: Path, tmp_path: Path) -> None:
    var_dir = used
    with closing(sqlite3.connect(var_dir / "desk.sqlite3")) as database, database:
        database.execute("UPDATE orders_product SET active = 0 WHERE id IN (2, 4, 42)")
        database.execute("UPDATE orders_destination SET paused = 1, paused_by = 'admin' WHERE name = 'sap'")
        database.execute(
            "INSERT OR IGNORE INTO orders_destination (name, paused, paused_by, failures, reason, trips)"
            " VALUES ('sap', 1, 'admin', 0, '', 0)"
        )
    command = [sys.executable, "-m", "shop.quickstart"]
    start = Process("quickstart", command, log=tmp_path / "log", env=environment(var_dir), cwd=ROOT)
    start.start()
    start.wait_until(lambda: "New slips appear below" in start.tail(60), 90)
    waiting = re.search(r"(\S+) waits for a person: sap is held: paused by admin", start.tail(60))
    assert waiting, start.tail(60)
    assert '"products_ids": [1]' in start.tail(60)
    with closing(sqlite3.connect(var_dir / "desk.sqlite3", timeout=20)) as database, database:
        database.execute("UPDATE orders_destination SET paused = 0")
    wait_for(lambda: f"{waiting[1]}.r1.c1.pdf" in start.tail(60), "its slip is shown")
    assert start.stop(number=signal.SIGINT) == 0


def test_the_reason_of_a_failed_once_is_its_last_line(used: Path) -> None:
    with closing(sqlite3.connect(used / "desk.sqlite3")) as database, database:
        database.execute("UPDATE orders_product SET active = 0")
    ran = once(used)
    assert ran.returncode == 1
    last = "FAILED  Order: No product is on sale. Tick “active” at one in the admin, or add one."
    assert ran.stdout.splitlines()[-1] == last


def test_a_log_that_tells_more_stands_above_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    tell(StartFailed("web ended with code 1.", "Traceback\nImportError"))
    assert capsys.readouterr().out.splitlines()[-1] == "FAILED  web ended with code 1."


def test_the_file_of_settings_is_used_where_it_leads_nowhere(
    had: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    said = had[1].stdout
    assert "Little shop: a first look" in said
    assert f"{had[0].parent}/env: SHOP_NAME, SHOP_ORDER_STEPS used; left out: SHOP_SAP_*" in said
    assert "SHOP_ORDER_STEPS: left out: ga4" in said
    assert "all 1 are done" in said


def test_a_port_that_is_taken_is_named(tmp_path: Path, taken_port: int) -> None:
    ran = once(tmp_path, SHOP_PORT=str(taken_port))
    assert ran.returncode == 1
    assert f"Port {taken_port} (SHOP_PORT) is taken by another program" in ran.stdout


@pytest.mark.parametrize("place", ["", "log", "quickstart.lock", "desk.sqlite3"])
def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path, place: str) -> None:
    var_dir = tmp_path / "var"
    if place in ("", "log"):
        (var_dir / place).parent.mkdir(exist_ok=True)
        (var_dir / place).touch()
    else:
        (var_dir / place).mkdir(parents=True)
    ran = once(var_dir)
    assert ran.returncode == 1
    assert "FAILED  " in ran.stdout.splitlines()[-1]
    assert "Traceback" not in ran.stdout + ran.stderr
    assert ("Database: " if "sqlite" in place else str(var_dir / place)) in ran.stdout.splitlines()[-1]


def test_what_is_no_database_is_put_aside(tmp_path: Path, settings: Settings) -> None:
    settings.VAR_DIR, settings.DATABASE_EMBEDDED = tmp_path, True
    file = tmp_path / "desk.sqlite3"
    assert first_data.put_aside_what_is_no_database() == ""
    for content in (b"", b"SQLite format 3\0 and so on"):
        file.write_bytes(content)
        assert first_data.put_aside_what_is_no_database() == ""
        assert file.read_bytes() == content
    for name in ("desk.sqlite3", "desk.sqlite3-wal", "desk.sqlite3-shm"):
        (tmp_path / name).write_bytes(b"half of someth")
    assert first_data.put_aside_what_is_no_database() == f"{file}.unreadable"
    assert [path.name for path in tmp_path.iterdir()] == ["desk.sqlite3.unreadable"]


def test_a_broken_setting_is_named(tmp_path: Path) -> None:
    ran = once(tmp_path, SHOP_STEP_LEASE_SECONDS="soon")
    assert ran.returncode == 1
    assert "FAILED  SHOP_STEP_LEASE_SECONDS" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_a_database_that_is_down_is_named_as_the_part_that_failed(tmp_path: Path) -> None:
    ran = once(tmp_path, SHOP_DATABASE_URL="postgresql://desk:secret-word@127.0.0.1:1/desk")
    assert ran.returncode == 1
    assert "FAILED  Database: " in ran.stdout
    assert "secret-word" not in ran.stdout


def test_a_database_with_orders_of_a_real_shop_is_left_alone(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.DATABASE_EMBEDDED = tmp_path, False
    first_data.refuse_real_orders()
    make_order()
    with pytest.raises(StartFailed, match=r"SHOP_DATABASE_URL .* holds orders that no first look with .* has placed"):
        first_data.refuse_real_orders()
    (tmp_path / "admin_password").touch()
    first_data.refuse_real_orders()


def test_a_broker_that_is_down_is_named_as_the_part_that_failed(tmp_path: Path) -> None:
    ran = once(tmp_path, SHOP_BROKER_URL="amqp://desk:secret-word@127.0.0.1:1//")
    assert ran.returncode == 1
    assert "FAILED  Worker: nothing listens at 127.0.0.1:1 (SHOP_BROKER_URL)." in ran.stdout
    assert "secret-word" not in ran.stdout


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("amqps://desk:x@mq.example.com/desk", ("mq.example.com", 5671)),
        ("amqp://desk:x@mq.example.com/desk", ("mq.example.com", 5672)),
        ("amqps://desk:x@mq.example.com:5700/desk", ("mq.example.com", 5700)),
        ("amqp://", ("localhost", 5672)),
    ],
)
def test_a_broker_without_a_port_is_looked_for_at_the_port_of_its_kind(url: str, place: tuple[str, int]) -> None:
    assert broker_place(url) == place


def front(python: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """`bin/quickstart` with another Python and no virtual environment yet."""
    env = environment(tmp_path / "var", PYTHON=str(python), SHOP_VENV=str(tmp_path / "venv"))
    command = ["bash", str(ROOT / "bin" / "quickstart"), "--once"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def pretend(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path: Path) -> None:
    old = pretend(tmp_path / "python3", '[ "$1" = --version ] && echo "Python 3.9.2" && exit; exit 1')
    ran = front(old, tmp_path)
    assert ran.returncode == 1
    assert f"Python 3.11 or newer is needed; {old} is Python 3.9.2." in ran.stderr


def test_a_python_without_venv_is_named_with_what_to_do(tmp_path: Path) -> None:
    bare = pretend(tmp_path / "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"')
    ran = front(bare, tmp_path)
    assert ran.returncode == 1
    assert "venv module is missing" in ran.stderr
    assert "apt install python3." in ran.stderr
