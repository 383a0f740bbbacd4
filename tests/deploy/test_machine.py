"""deploy/install, on a Debian that systemd has booted: from nothing to an order's slip, and again for an update.

Nothing is fetched: Debian's packages are this machine's, and so are Python's.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.local_desk import ROOT
from tests.end_to_end.desk import wait_for
from tests.servers import debian
from tests.servers.debian import Debian

ASK = "curl -sS --fail --cacert /etc/ssl/certs/desk.pem --resolve desk.example.com:443:127.0.0.1"
ORDER = f"""{ASK} https://desk.example.com/order -H 'Content-Type: application/json' \
    -d '{{"customer_name": "Sigrún Ólafs", "products_ids": [3, 5]}}'"""
MANAGE = "cd /srv/desk/app; runuser -u desk -- /srv/desk/venv/bin/python manage.py"
INSTALL = "order-desk/deploy/install"
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture(scope="module")
def machine() -> Iterator[Debian]:
    with debian.machine() as machine:
        home = machine.files / "root/order-desk"
        home.mkdir(parents=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, home / name)
        packages_of_python(machine)
        yield machine


def packages_of_python(machine: Debian) -> None:
    """What pip would fetch: this machine's, so that pip finds all of it there."""
    machine.run(
        f"{debian.PYTHON} -m venv --without-pip /srv/desk/venv;"
        f" echo /srv/site > /srv/desk/venv/lib/{PYTHON}/site-packages/tests.pth"
    )
    for name in ("celery", "gunicorn"):
        _, _, body = (Path(sys.executable).parent / name).read_text().partition("\n")
        program = machine.files / "srv/desk/venv/bin" / name
        program.write_text(f"#!/srv/desk/venv/bin/python\n{body}")
        program.chmod(0o755)


def place_order(machine: Debian) -> str:
    """Places an order through nginx and waits for its slip; returns its number."""
    number = re.search(r'"order_num": ?"([\w-]+)"', machine.run(ORDER).stdout)
    assert number
    slips = f"ls /srv/desk/slips/{number[1]}*.pdf"
    wait_for(
        lambda: machine.run(slips, check=False).returncode == 0,
        lambda: f"the slip is out\n{machine.run('journalctl -u desk-worker --no-pager -n 40').stdout}",
    )
    return number[1]


def files(machine: Debian) -> str:
    """All files of the installation, with their times; what processes write is left out."""
    find = "find /srv/desk /etc -type f ! -path '/srv/desk/var/*' ! -path '/srv/desk/slips/*' ! -name '*.pyc'"
    return machine.run(f"{find} -printf '%p %m %u %g %s %T@\\n' | sort").stdout


@pytest.mark.timeout(900)
def test_it_makes_a_desk_of_a_fresh_machine_and_brings_it_up_to_date(machine: Debian) -> None:
    # Refused before anything is done: another system, and a port that is taken.
    machine.run("cp -L /etc/os-release /tmp/os && rm /etc/os-release && sed s/12/11/ /tmp/os > /etc/os-release")
    refused = machine.run(f"{INSTALL} --host desk.example.com", check=False)
    assert (refused.returncode, "this is debian 11" in refused.stderr) == (2, True), refused
    machine.run("cp /tmp/os /etc/os-release; systemd-run -q --unit=taken python3 -m http.server 8000")
    wait_for(lambda: ":8000" in machine.run("ss -ltn").stdout, "the port is taken")
    refused = machine.run(f"{INSTALL} --host desk.example.com", check=False)
    assert (refused.returncode, "port 8000 is taken" in refused.stderr) == (2, True), refused
    machine.run("systemctl stop taken; test ! -e /srv/desk/app")

    # Ended in the middle, and run again.
    machine.run(f"timeout -s KILL 8 {INSTALL} --host desk.example.com --try-certificate", check=False)
    said = machine.run(f"{INSTALL} --host desk.example.com --try-certificate").stdout
    assert "the first person" in said
    secrets = re.findall(r"[0-9a-f]{30,}", machine.run("cat /srv/desk/app/.env").stdout)
    assert len(secrets) == 4
    assert not [secret for secret in secrets if secret in said + machine.run("journalctl --no-pager").stdout]
    assert machine.run("stat -c '%U:%G %a' /srv/desk/app/.env /srv/desk/slips").stdout.split("\n")[:2] == [
        "root:desk 640",
        "desk:desk 750",
    ]

    # As the units confine it, and with the broker's narrow rights: orders, answers, remote control.
    machine.run(f"{MANAGE} demo_catalogue")
    first = place_order(machine)
    assert machine.run(f"{MANAGE} worker_alive").stdout.startswith("ok: ")
    assert "1 node online" in machine.run(f"{MANAGE.partition(' manage.py')[0]} -m celery -A shop status").stdout
    machine.run(f"{MANAGE} traffic --amqp --count 2 --rate 5/s")
    assert "desk" not in machine.run("systemctl --failed --no-legend").stdout
    listening = machine.run("ss -ltnH | awk '{print $4}'").stdout.split()
    assert {each.rsplit(":", 1)[1] for each in listening if not each.startswith("127.0.0.1:")} <= {"80", "443", "4369"}

    # Nothing to do.
    before = files(machine)
    assert "Nothing changed." in machine.run(INSTALL).stdout
    assert files(machine) == before

    # A newer version: the web goes on, orders and settings stay.
    machine.run("echo >> order-desk/shop/wsgi.py; echo '# newer' >> order-desk/deploy/desk-worker.service")
    pid = machine.run("systemctl show -P MainPID desk-web").stdout
    said = machine.run(INSTALL).stdout
    assert "code: 2 files new or changed" in said
    assert "start of desk-worker" in said
    assert machine.run("systemctl show -P MainPID desk-web").stdout == pid
    assert re.findall(r"[0-9a-f]{30,}", machine.run("cat /srv/desk/app/.env").stdout) == secrets
    assert first in machine.run(f"{ASK} https://desk.example.com/order/{first}").stdout
    place_order(machine)

    # One that hangs is ended and started anew; here sooner than after a minute.
    for unit, whom in (("desk-web", "all"), ("desk-worker", "main")):
        hang(machine, unit, whom)
    place_order(machine)


def hang(machine: Debian, unit: str, whom: str) -> None:
    folder = f"/run/systemd/system/{unit}.service.d"
    drop_in = "[Service]\\nWatchdogSec=8\\nTimeoutStopSec=3\\n"
    machine.run(f"mkdir -p {folder}; printf '{drop_in}' > {folder}/soon.conf; systemctl daemon-reload")
    machine.run(f"systemctl restart {unit}")  # It returns when the unit has said that it is ready.
    assert machine.run(f"systemctl show -P ActiveState {unit}").stdout.strip() == "active"
    before = machine.run(f"systemctl show -P NRestarts {unit}").stdout
    machine.run(f"systemctl kill --kill-whom={whom} --signal=STOP {unit}")
    wait_for(
        lambda: (
            machine.run(f"systemctl show -P NRestarts {unit}").stdout != before
            and machine.run(f"systemctl show -P ActiveState {unit}").stdout.strip() == "active"
        ),
        lambda: f"{unit} was started anew\n{machine.run(f'journalctl -u {unit} --no-pager -n 40').stdout}",
        90,
    )
