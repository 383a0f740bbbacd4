"""docs/deploy.md, followed word by word, ends in a running desk.

Not run: `apt-get`, `adduser`, `systemctl`, and the making of the virtual environment: `bin/test` has just done the same
for its own. `git clone` copies the files that are here. Units are started by their ExecStart lines; systemd judges them
in tests/deploy/test_units.py.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.ports import speaks_http
from tests.docs.machine import NOT_RUN, ROOT, Machine, blocks
from tests.end_to_end.desk import wait_for
from tests.servers import postgres, rabbitmq

PAGE = ROOT / "docs" / "deploy.md"
UNITS = ["desk-web", "desk-worker"]

# From another address than nginx's own, and with a lie about it.
WRONG_PASSWORD = """
from_there() { ask --interface 127.0.0.2 -H 'X-Forwarded-For: 203.0.113.9' "$@" https://desk.example.com/admin/login/; }
cookies=$(mktemp)
token=$(from_there -c "$cookies" | grep -o 'csrfmiddlewaretoken" value="[^"]*' | cut -d '"' -f 3)
from_there -b "$cookies" -e "https:""//desk.example.com/" -d "csrfmiddlewaretoken=$token&username=boss&password=wrong"
rm "$cookies"
"""


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with postgres.server() as database, rabbitmq.server() as broker:
        database.query(f"DROP DATABASE {postgres.NAME}")
        database.query(f"DROP ROLE {postgres.USER}")
        broker.ctl("delete_user", rabbitmq.USER)
        machine = Machine(tmp_path, database, broker)
        try:
            yield machine
        finally:
            machine.close()


def holding(commands: list[str], word: str) -> int:
    """The place of the block with that word in it."""
    (place,) = [number for number, block in enumerate(commands) if word in block]
    return place


@pytest.mark.timeout(300)
def test_followed_word_by_word_it_ends_in_a_running_desk(machine: Machine) -> None:
    commands = blocks(PAGE)
    processes, https = holding(commands, "enable --now"), holding(commands, "nginx -t")

    machine.run([*commands[: processes + 1]])
    secrets = machine.folder / "srv/desk/app/.env"
    assert secrets.stat().st_mode & 0o777 == 0o640
    machine.rewrite("etc/systemd/system")
    web, worker = (machine.start_unit(name) for name in UNITS)
    web.wait_until(lambda: speaks_http(f"http://127.0.0.1:{machine.ports['8000']}/health/ready"), 60)
    worker.wait_until(lambda: " ready." in worker.tail(100), 60)

    nginx = [block.replace("nginx -t", "true") for block in commands[https : https + 1]]
    machine.run(["cd /srv/desk/app\n", *nginx])
    machine.rewrite("etc/nginx/sites-available")
    machine.run(["nginx -t\n"])
    machine.start_nginx()

    said = machine.run(commands[https + 1 : https + 2])
    number = re.search(r'"order_num": ?"([\w-]+)"', said)
    assert number, said
    ask = commands[https + 1].splitlines()[0]
    assert ".desk-badge" in machine.run([ask, "ask https://desk.example.com/static/staff/desk.css"])
    assert "id_username" in machine.run([ask, "ask https://desk.example.com/admin/login/"])
    machine.run([ask, WRONG_PASSWORD])
    assert "logon failed for boss from 127.0.0.2" in web.tail(100)
    slips = machine.folder / "srv/desk/slips"
    wait_for(lambda: list(slips.glob(f"{number[1]}*.pdf")), lambda: f"the slip is out\n{worker.tail()}")


def test_what_is_not_run_is_said_on_the_page() -> None:
    page = PAGE.read_text()
    assert all(f"`{name}`" in page for name in NOT_RUN)
