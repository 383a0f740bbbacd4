"""The first look with a RabbitMQ of its own."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from shop.quickstart.processes import Process
from tests.end_to_end.desk import TestDesk, wait_for
from tests.shop.quickstart.test_quickstart import ROOT, environment, manage, pretend

COMMAND = [sys.executable, "-m", "shop.quickstart", "--rabbitmq"]


def run(command: list[str], var_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    env = environment(var_dir, **settings)
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def rabbitmqctl(var_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(["bin/rabbitmqctl", *arguments], var_dir)


def first_look(var_dir: Path, log: Path) -> Process:
    """A first look that has placed its orders."""
    start = Process("quickstart", COMMAND, log=log, env=environment(var_dir), cwd=ROOT)
    start.start()
    start.wait_until(lambda: "New slips appear below" in start.tail(60), 90)
    return start


def key(var_dir: Path) -> dict[str, str]:
    lines = (var_dir / "rabbitmq.env").read_text().splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}


def listening() -> dict[int, set[str]]:
    """Each port that somebody listens on, with the addresses as /proc writes them."""
    found: dict[int, set[str]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if state == "0A":
                found.setdefault(int(address.split(":")[1], 16), set()).add(address.split(":")[0])
    return found


def test_the_first_look_has_a_rabbitmq_of_its_own_with_a_page_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    var_dir = tmp_path / "var"
    start = first_look(var_dir, tmp_path / "log")
    text, node = start.tail(80), key(var_dir)
    shown = re.search(r"Page +(http://127\.0\.0\.1:(\d+)/) +user (\S+), password (\S+)", text)
    assert shown
    page, user, password = shown[1], shown[3], shown[4]

    loopback = {"0100007F", "00000000000000000000000001000000"}
    ports = [node["RABBITMQ_NODE_PORT"], node["RABBITMQ_DIST_PORT"], node["ERL_EPMD_PORT"], shown[2]]
    assert set().union(*(listening()[int(port)] for port in ports)) <= loopback
    assert (var_dir / "rabbitmq.env").stat().st_mode & 0o777 == 0o600

    who = requests.get(f"{page}api/whoami", auth=(user, password), timeout=10)
    assert (who.status_code, who.json()["tags"]) == (200, ["administrator"])
    assert requests.get(f"{page}api/whoami", auth=("guest", "guest"), timeout=10).status_code == 401

    url = re.search(r"http://127\.0\.0\.1:\d+(?=/order)", text)
    assert url
    number = TestDesk.ask(f"{url[0]}/order", {"customer_name": "X", "products_ids": [1]})[1]["order_num"]
    wait_for(lambda: f"{number}.r1.c1.pdf" in start.tail(60), "its slip is shown")
    queues = rabbitmqctl(var_dir, "list_queues", "--quiet", "name", "consumers")
    assert queues.returncode == 0, queues.stderr
    assert {f"{name}\t1" for name in ("sap", "marketing", "printing", "desk")} <= set(queues.stdout.splitlines())

    shown_by_queues = manage(var_dir, "queues", "--json")
    assert shown_by_queues.returncode == 0, shown_by_queues.stdout + shown_by_queues.stderr
    assert '"management": "ok"' in shown_by_queues.stdout

    start.send(signal.SIGINT)
    wait_for(lambda: not start.running, "it has ended", 40)
    assert start.exit_code == 0
    assert not Path(node["HOME"]).exists()
    assert not {int(port) for port in ports} & listening().keys()
    assert not (var_dir / "rabbitmq.env").exists()
    afterwards = rabbitmqctl(var_dir, "list_queues")
    assert afterwards.returncode == 1
    assert "No RabbitMQ of a first look is running here; start one" in afterwards.stderr


def test_once_goes_with_it_and_a_key_that_a_killed_first_look_left_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "rabbitmq.env").write_text("RABBITMQ_CONFIG_FILE=/nowhere/rabbitmq.conf\nRABBITMQCTL=/bin/true\n")
    assert "No RabbitMQ of a first look" in rabbitmqctl(tmp_path, "status").stderr
    ran = run([*COMMAND, "--once"], tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert re.search(r"RabbitMQ +its own, port \d+", ran.stdout)
    assert re.search(r"Worker .*broker at 127\.0\.0\.1", ran.stdout)
    assert re.findall(r"(sap|marketing|printing) +done", ran.stdout) == ["sap", "marketing", "printing"]
    assert not (tmp_path / "rabbitmq.env").exists()


def test_a_broker_that_ends_by_itself_ends_the_first_look_and_is_named(tmp_path: Path) -> None:
    start = first_look(tmp_path / "var", tmp_path / "log")
    assert rabbitmqctl(tmp_path / "var", "stop").returncode == 0
    wait_for(lambda: not start.running, "it has ended", 60)
    assert start.exit_code == 1
    assert "FAILED  RabbitMQ ended with code 0." in start.tail(80)


def test_two_brokers_are_one_too_many(tmp_path: Path) -> None:
    ran = run([*COMMAND, "--once"], tmp_path, SHOP_BROKER_URL="amqp://desk:secret-word@127.0.0.1:1//")
    assert ran.returncode == 1
    assert "--rabbitmq starts a broker of its own. Leave it out, or leave out SHOP_BROKER_URL." in ran.stdout
    assert "secret-word" not in ran.stdout


# bash reads it before the script: RabbitMQ is nowhere on this machine.
WITHOUT = """[() { if builtin [ "$2" = -x ]; then return 0; else builtin [ "$@"; fi; }\n"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs that are all there are."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("dirname", "tail", "rm", "mktemp", "cat"):
        found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
        (programs / name).symlink_to(found)
    (tmp_path / "without").write_text(WITHOUT)
    return programs


def front(programs: Path) -> subprocess.CompletedProcess[str]:
    """`bin/quickstart --rabbitmq` where RabbitMQ is not installed."""
    env = {"PATH": str(programs), "BASH_ENV": str(programs.parent / "without"), "SHOP_VENV": str(programs / "venv")}
    bash = os.path.realpath("/bin/bash")
    command = [bash, str(ROOT / "bin" / "quickstart"), "--rabbitmq", "--once"]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_where_there_is_no_debian_it_says_what_to_install(bare: Path) -> None:
    ran = front(bare)
    assert ran.returncode == 1
    assert "needs these, named as Debian names them: rabbitmq-server" in ran.stderr
    assert "Install RabbitMQ (macOS: brew install rabbitmq), or name one of yours in SHOP_BROKER_URL" in ran.stderr
    assert len(ran.stderr.splitlines()) == 2


def test_on_debian_without_rights_it_says_what_to_do(bare: Path) -> None:
    pretend(bare / "apt-get", "exit 99")
    pretend(bare / "id", "echo 1000")
    ran = front(bare)
    assert ran.returncode == 1
    assert "    sudo bash tests/servers/install-debian rabbitmq-server" in ran.stderr
    assert len(ran.stderr.splitlines()) == 2


def test_on_debian_with_rights_it_installs_the_package_alone(bare: Path) -> None:
    pretend(bare / "apt-get", "exit 99")
    pretend(bare / "id", "echo 1000")
    pretend(bare / "sudo", f'[ "$2" = true ] || echo "$*" >> {bare}/asked')
    ran = front(bare)
    assert (bare / "asked").read_text() == "-n bash tests/servers/install-debian rabbitmq-server\n"
    assert "Installing rabbitmq-server from Debian's packages (no service is started)" in ran.stderr
