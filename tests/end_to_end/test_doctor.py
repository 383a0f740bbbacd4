"""manage.py doctor: beside a desk that is well, and with everything broken at once."""

import json
import signal
import sqlite3
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shop.quickstart.ports import free_port
from tests.end_to_end.command import start
from tests.end_to_end.conftest import FILE, OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.printing.silent_printer import SilentPrinter
from tests.servers import pgbouncer, postgres, proxy, rabbitmq

MOST = 20  # seconds


def findings(out: str) -> dict[str, list[dict[str, str]]]:
    """What was found, by check."""
    found: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(out)["findings"]:
        found.setdefault(finding["check"], []).append(finding)
    return found


def look(desk: TestDesk, **environment: str) -> tuple[int, dict[str, list[dict[str, str]]], float]:
    began = time.monotonic()
    process = start(desk, "doctor", "--json", **environment)
    out, err = process.communicate(timeout=60)
    assert err == ""
    return process.returncode, findings(out), time.monotonic() - began


def said(found: list[dict[str, str]], level: str = "") -> str:
    return " ".join(finding["said"] for finding in found if finding["level"] == level or not level)


def test_a_desk_that_is_well_has_nothing_broken(
    open_desk: OpenDesk, database_url: str, own_broker: rabbitmq.RabbitMQ
) -> None:
    desk = open_desk({"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url})
    desk.wait_until_processed(desk.post())
    _, found, _ = look(desk)
    assert {name: text for name, rows in found.items() if (text := said(rows, "broken"))} == {}
    assert "RabbitMQ 3." in said(found["broker"], "ok")
    assert "All migrations are applied." in said(found["database"], "ok")
    assert "sap: " in said(found["integrations"], "ok")
    assert "The last sweep was" in said(found["sweep"], "ok")
    assert "It has no mark" in said(found["database"], "warning")
    one_process = "may be needed: the web 8, the workers "
    assert one_process in said(found["database"]), "each of the web's eight threads may open a connection"


def test_behind_a_pooler_it_adds_nothing_up(tmp_path: Path) -> None:
    with postgres.server() as database, pgbouncer.pooler(database, connections=9) as pooler:
        _, found, _ = look(TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": pooler.url}))
    text = said(found["database"], "ok")
    assert "connections are open, and a pooler (PgBouncer) decides how many it opens." in text
    assert "may be needed" not in text


class Broken:
    """Proxies and printers in which everything that the doctor asks gets lost."""

    def __init__(self, ending: ExitStack) -> None:
        self.ending = ending

    def hole(self, url: str) -> str:
        parts = urlsplit(url)
        way = self.ending.enter_context(proxy.to(parts.port or 0))
        way.black_hole()
        return parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{way.port}")).geturl()

    def server(self, kind: str) -> SilentPrinter:
        server = SilentPrinter(kind)
        self.ending.callback(server.close)
        server.start()
        return server


def dripping(broken: Broken) -> dict[str, str]:
    """SAP answers a byte now and then, for ever."""
    port = urlsplit(broken.server("drips").url).port
    return {"SHOP_SAP_URL": f"http://127.0.0.1:{port}/sap/opu/odata/sap/API_SALES_ORDER_SRV/"}


def test_with_database_broker_and_sap_silent_it_ends_in_time_and_says_so(
    tmp_path: Path, database_url: str, own_broker: rabbitmq.RabbitMQ
) -> None:
    with ExitStack() as ending:
        broken = Broken(ending)
        urls = {"SHOP_DATABASE_URL": broken.hole(database_url), "SHOP_BROKER_URL": broken.hole(own_broker.url)}
        desk = TestDesk(tmp_path / "var", urls | dripping(broken))
        code, found, seconds = look(desk)
    assert code == 2
    assert seconds < MOST
    assert "does not answer" in said(found["database"], "broken")
    assert "does not answer" in said(found["broker"], "broken")
    assert "sap" in said(found["integrations"], "broken")
    assert said(found["disk"], "ok")


def test_printers_that_hang_and_a_sap_that_drips_end_in_time_too(tmp_path: Path, filled_file: Path) -> None:
    with ExitStack() as ending:
        broken = Broken(ending)
        desk = TestDesk(tmp_path / "var", dripping(broken))
        desk.var_dir.mkdir(exist_ok=True)
        (desk.var_dir / FILE).write_bytes(filled_file.read_bytes())
        kinds = ["says_nothing", "drips", "black_hole"]
        add_printers(desk.var_dir / FILE, {kind: broken.server(kind).url for kind in kinds})
        code, found, seconds = look(desk)
    assert (code, seconds < MOST) == (2, True)
    told = said(found["printers"], "broken")
    assert all(kind in told for kind in kinds)
    assert "sap did not answer in time." in said(found["integrations"], "broken")


def add_printers(file: Path, urls: dict[str, str]) -> None:
    columns = {"paper": "a4", "active": 1, "takes_slips": 1, "keeps_history": 0, "state": "unknown", "reasons": "",
               "holding": 0, "check_paper": 0, "station": "", "folder_id": ""}  # fmt: skip
    with sqlite3.connect(file) as database:
        for name, url in urls.items():
            row: dict[str, Any] = {"name": name, "url": url, **columns}
            into, marks = ", ".join(row), ", ".join("?" * len(row))
            statement = f"INSERT INTO printing_printer ({into}) VALUES ({marks})"  # noqa: S608
            database.execute(statement, list(row.values()))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_one_ends_at_once_and_its_json_is_whole(
    tmp_path: Path, database_url: str, number: signal.Signals
) -> None:
    with ExitStack() as ending:
        broken = Broken(ending)
        hole = {"SHOP_DATABASE_URL": broken.hole(database_url)}
        desk = TestDesk(tmp_path / "var", hole | dripping(broken))
        process = start(desk, "doctor", "--json")
        port = int(urlsplit(hole["SHOP_DATABASE_URL"]).port or 0)
        wait_for(lambda: connected(process.pid, port), "it asks the database")
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (err, process.returncode) == ("", 2)
    assert "interrupted" in said(findings(out)["doctor"])
    assert time.monotonic() - began < 10  # On a busy machine, too; by itself it would take longer.


def connected(pid: int, port: int) -> bool:
    """The process has a connection to this port."""
    wanted = f":{port:04X}"
    rows = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[2].endswith(wanted)}
    targets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # It was closed meanwhile.
            targets.add(str(link.readlink()))
    return any(f"socket:[{inode}]" in targets for inode in inodes)


REFUSED = [
    {"SHOP_ORDER_STEPS": "sap,fax"},
    {"SHOP_DATABASE_URL": "postgresql//nobody"},
    {"SHOP_STEP_LEASE_SECONDS": "soon"},
    {"SHOP_INSTANCE": "Two Words"},
    {"SHOP_VAR_DIR": "/proc/no"},
]


@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: next(iter(wrong)))
@pytest.mark.parametrize("options", [["--json"], []])
def test_settings_that_refuse_to_start_are_a_line_of_the_doctors(
    tmp_path: Path, wrong: dict[str, str], options: list[str]
) -> None:
    desk = TestDesk(tmp_path / "var", {})
    process = start(desk, "doctor", *options, **wrong)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    line = said(findings(out)["settings"], "broken") if options else out
    assert next(iter(wrong)) in line
    assert len(out.splitlines()) == 1


def test_a_broker_or_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    nowhere = free_port()
    urls = {
        "SHOP_DATABASE_URL": f"postgresql://desk:s3cr3t-word@127.0.0.1:{nowhere}/desk",
        "SHOP_BROKER_URL": f"amqp://desk:s3cr3t-word@127.0.0.1:{nowhere}/",
    }
    process = start(TestDesk(tmp_path / "var", urls), "doctor")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    assert "s3cr3t-word" not in out
    assert "broken   broker       It does not answer" in out


@pytest.mark.parametrize("options", [["--json"], []])
def test_one_that_did_not_even_get_to_start_ends_in_time_and_says_so(tmp_path: Path, options: list[str]) -> None:
    """A module that takes for ever to import is what a machine without a free core looks like."""
    slow = tmp_path / "slow"
    slow.mkdir()
    (slow / "environs.py").write_text("import time\ntime.sleep(120)\n")
    began = time.monotonic()
    process = start(TestDesk(tmp_path / "var", {}), "doctor", *options, PYTHONPATH=str(slow))
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - began < MOST
    assert (process.returncode, err) == (2, "")
    assert "too busy" in (said(findings(out)["doctor"], "broken") if options else out)
    assert len(out.splitlines()) == 1
