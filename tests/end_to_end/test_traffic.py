"""manage.py traffic, against a real web process."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.local_desk import ROOT
from shop.quickstart.ports import free_port
from tests.end_to_end.command import run, start
from tests.end_to_end.desk import TestDesk
from tests.servers import warm

LINE = re.compile(
    r"\d\d:\d\d:\d\d  (?P<number>[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})  (?P<name>.+?): (?P<products>\d+ .+)"
)


@pytest.fixture(scope="module")
def desk(own_folder: Path) -> Iterator[TestDesk]:
    """Its web process alone: nothing here needs a worker."""
    here = TestDesk(own_folder, {})
    try:
        here.environment["SHOP_PUBLIC_URL"] = here.url
        here.start_web(processes=1)
        yield here
    finally:
        here.kill()


def test_each_line_tells_of_an_order_that_the_desk_has(desk: TestDesk) -> None:
    code, (*lines, last) = run(desk, "traffic", "--count", "3", "--rate", "50/s", "--customers", "Ada, 李小龙")
    assert (code, last) == (0, "3 placed, 0 refused")
    for line in lines:
        found = LINE.fullmatch(line)
        assert found, line
        assert found["name"] in ("Ada", "李小龙")
        ordered = [str(row["product_id"]) for row in desk.get(found["number"])["lines"] for _ in range(row["quantity"])]
        assert sorted(ordered) == sorted(re.findall(r"(?:^|; )(\d+) ", found["products"]))


def test_the_same_seed_makes_the_same_orders(desk: TestDesk) -> None:
    runs = [run(desk, "traffic", "--count", "2", "--every", "0", "--seed", seed)[1] for seed in ("7", "7", "8")]
    first, second, third = ([re.sub(r"^.*?  .*?  ", "", line) for line in lines] for lines in runs)
    assert first == second != third


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_the_sum(desk: TestDesk, number: signal.Signals) -> None:
    process = start(desk, "traffic", "--every", "0-0.2")
    assert process.stdout
    assert process.stderr
    seen = [process.stdout.readline() for _ in range(3)]
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    *rest, last = out.splitlines()
    assert last == f"{len(seen) + len(rest)} placed, 0 refused"
    assert (process.returncode, err) == (0, "")


def test_ctrl_c_waits_for_no_desk_that_is_silent(desk: TestDesk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = start(desk, "traffic", "--url", f"http://127.0.0.1:{silent.getsockname()[1]}")
        silent.settimeout(30)
        asked, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        asked.close()
    assert (out, err) == ("0 placed, 0 refused, one without an answer so far\n", "")
    assert process.returncode == 0


def test_a_second_ctrl_c_does_no_harm(desk: TestDesk) -> None:
    process = start(desk, "traffic", "--every", "0")
    assert process.stdout
    process.stdout.readline()
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.001)
    out, err = process.communicate(timeout=20)
    assert err == ""
    # The second may come while it waits for the order under way: it says so, too.
    last = r"\d+ placed, 0 refused(, one without an answer so far)?"
    assert re.fullmatch(last, out.splitlines()[-1])
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["traffic", "queues", "follow"])
def test_ctrl_c_at_any_moment_shows_no_traceback(desk: TestDesk, command: str) -> None:
    """Eight at a time, each interrupted a bit later than the one before it: most of them while they start."""
    running = [start(desk, command) for _ in range(8)]
    for process in running:
        time.sleep(0.4)
        process.send_signal(signal.SIGINT)
    ended = [process.communicate(timeout=60) for process in running]
    # (Before Python has read manage.py, nothing of ours can help.)
    ours = [err for _, err in ended if "manage.py" in err or "Traceback" not in err]
    assert [err for err in ours if "Traceback" in err or "Exception ignored" in err] == []


def test_a_reader_that_has_gone_ends_it_without_a_word(desk: TestDesk) -> None:
    process = start(desk, "traffic", "--every", "0")
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert (process.stderr.read(), process.wait(60)) == ("", 0)


def test_a_desk_that_does_not_run_is_one_line(desk: TestDesk) -> None:
    code, lines = run(desk, "traffic", "--url", f"http://127.0.0.1:{free_port()}")
    assert code == 1
    assert len(lines) == 1
    assert "Nobody answers at http://127.0.0.1:" in lines[0]
    assert "Is the desk running?" in lines[0]


def test_what_is_refused_is_counted_in_the_desks_own_words(desk: TestDesk) -> None:
    code, lines = run(desk, "traffic", "--count", "2", "--every", "0", "--customers", "x" * 201)
    assert code == 1
    assert lines[-1] == "0 placed, 2 refused"
    assert "refused: 400 #/customer_name: " in lines[0]


@pytest.mark.parametrize("encoding", ["ascii"])
def test_a_terminal_that_lacks_a_letter_gets_another(desk: TestDesk, encoding: str) -> None:
    code, lines = run(desk, "traffic", "--count", "1", "--customers", "李小龙", PYTHONIOENCODING=encoding)
    assert code == 0
    assert r"\u674e" in lines[0]


def test_a_full_disk_is_one_line(desk: TestDesk) -> None:
    with Path("/dev/full").open("w") as full:
        done = warm.run(
            [sys.executable, "manage.py", "traffic", "--count", "1"], env=desk.environment, cwd=ROOT, text=True,
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "No space left" in done.stderr
