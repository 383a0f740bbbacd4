"""deploy/install puts the project's files into a folder, keeps what is there, and refuses with a line that helps."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from orders.messaging.queues import DEAD_LETTERS, DESK, EVENTS, INTAKE
from shop.env_file import values_in
from shop.quickstart.local_desk import ROOT
from tests.lacking import lacks

SCRIPT = (ROOT / "deploy/install").read_text()
FILES = ["manage.py", "gunicorn.conf.py", "requirements.txt", ".env.example", "shop/wsgi.py", "docs/index.md"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small copy of the project, which a test may change."""
    source = tmp_path / "source"
    shutil.copytree(ROOT / "deploy", source / "deploy")
    for name in FILES:
        (source / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / ".env").write_text("SHOP_SECRET_KEY=of-the-developer\n")
    return source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def install(source: Path, *options: object, path: str = "", code: int = 0) -> str:
    """What it said, on both streams. Raises AssertionError if it ends with another code."""
    environment = os.environ | {"PATH": f"{path}:{os.environ['PATH']}"} if path else None
    command = ["bash", str(source / "deploy/install"), *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    return said


def first(source: Path, root: Path) -> str:
    return install(source, "--root", root, "--host", "shop.example.org")


def content(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Each file with its bytes, rights and time."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    stats = ((path, path.stat()) for path in paths)
    return {str(path.relative_to(folder)): (path.read_bytes(), at.st_mode, at.st_mtime_ns) for path, at in stats}


def test_it_puts_code_settings_units_and_servers_files(source: Path, root: Path) -> None:
    first(source, root)
    found = content(root)
    assert {f"srv/desk/app/{name}" for name in FILES} < set(found)
    assert (root / "srv/desk/slips").stat().st_mode & 0o777 == 0o750
    secrets, mode, _ = found["srv/desk/app/.env"]
    assert mode & 0o777 == 0o640
    assert b"SHOP_ALLOWED_HOSTS=shop.example.org\n" in secrets
    assert b"of-the-developer" not in secrets
    assert b"server_name shop.example.org;" in found["etc/nginx/sites-available/desk"][0]
    assert b"desk.example.com" not in found["etc/nginx/sites-available/desk"][0]
    assert {"etc/systemd/system/desk-web.service", "etc/systemd/system/desk-worker.service"} < set(found)


def test_each_way_to_deploy_names_the_desk_and_lets_it_be_watched(source: Path, root: Path) -> None:
    """Without a name nobody would know a copy of its database."""
    first(source, root)
    made = content(root)["srv/desk/app/.env"][0].decode()
    watched = {"SHOP_INSTANCE", "SHOP_METRICS_TOKEN", "SHOP_WORKER_ALIVE_FILE", "SHOP_LOG_FORMAT"}
    for text in (made, (ROOT / "docs/deploy.md").read_text()):
        assert watched <= {line.partition("=")[0] for line in text.splitlines()}
    assert "SHOP_INSTANCE=production" in (ROOT / "deploy/compose.env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in made.splitlines() if not line.startswith("#"))
    assert len(values["SHOP_METRICS_TOKEN"]) >= 32
    unit = (root / "etc/systemd/system/desk-worker.service").read_text()
    assert f"RuntimeDirectory={Path(values['SHOP_WORKER_ALIVE_FILE']).parent.name}" in unit.splitlines()


def test_a_second_run_changes_nothing_and_says_so(source: Path, root: Path) -> None:
    first(source, root)
    before = content(root)
    assert "Nothing changed." in install(source, "--root", root)
    assert content(root) == before


def test_no_secret_is_said_and_each_installation_has_its_own(source: Path, root: Path, tmp_path: Path) -> None:
    said = first(source, root)
    secrets = re.findall(r"[0-9a-f]{30,}", (root / "srv/desk/app/.env").read_text())
    assert len(set(secrets)) == 4
    assert not [secret for secret in secrets if secret in said]
    (tmp_path / "other").mkdir()
    first(source, tmp_path / "other")
    assert not set(secrets) & set(re.findall(r"[0-9a-f]{30,}", (tmp_path / "other/srv/desk/app/.env").read_text()))


def test_an_update_brings_new_code_and_keeps_settings_and_data(source: Path, root: Path) -> None:
    first(source, root)
    kept = [root / "srv/desk/app/.env", root / "srv/desk/var/products.json", root / "srv/desk/slips/one.pdf"]
    with kept[0].open("a") as settings_file:
        settings_file.write("SHOP_NAME=Strandgut\n")
    for path in kept[1:]:
        path.write_text("data")
    before = [path.read_bytes() for path in kept]
    (source / "shop/wsgi.py").write_text("new = True\n")
    (source / "docs/index.md").unlink()

    said = install(source, "--root", root)
    assert "code: 1 files new or changed, 1 removed" in said
    assert (root / "srv/desk/app/shop/wsgi.py").read_text() == "new = True\n"
    assert not (root / "srv/desk/app/docs/index.md").exists()
    assert [path.read_bytes() for path in kept] == before


def explain(source: Path, *names: str) -> None:
    with (source / ".env.example").open("a") as example:
        example.writelines(f"# What it is for.\n#{name}=5\n" for name in names)


def test_settings_that_an_update_brings_are_told_once_it_came_to_its_end(
    source: Path, root: Path, tmp_path: Path
) -> None:
    assert "settings that" not in first(source, root)
    explain(source, "SHOP_TEA_MINUTES", "SHOP_CAKE", "SHOP_SPOON")
    with (root / "srv/desk/app/.env").open("a") as settings_file:
        settings_file.write("SHOP_CAKE=yes\n# SHOP_SPOON=\n")  # Decided, the one so and the other so.
    assert "settings that this version brings" in install(source, "--root", root, "--dry-run")

    # Killed after the new code is there: the next run still knows what is new.
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/sed"
    program.write_text('#!/bin/bash\ncase "$*" in *desk*example*nginx*) kill -KILL $PPID ;; esac\n/bin/sed "$@"\n')
    program.chmod(0o755)
    install(source, "--root", root, path=str(tmp_path / "bin"), code=-9)
    assert "SHOP_CAKE" in (root / "srv/desk/app/.env.example").read_text()

    said = install(source, "--root", root)
    (line,) = [line for line in said.splitlines() if "settings that this version brings" in line]
    assert line.endswith(": SHOP_TEA_MINUTES")
    again = install(source, "--root", root)
    assert "settings that" not in again
    assert "Nothing changed." in again


def test_an_installation_from_before_this_was_told_is_told_too(source: Path, root: Path) -> None:
    first(source, root)
    (root / "srv/desk/shipped/env.example").unlink()
    settings_file = root / "srv/desk/app/.env"
    kept = [line for line in settings_file.read_text().splitlines() if not re.match("SHOP_(METRICS|WORKER)", line)]
    settings_file.write_text("\n".join([*kept, "#SHOP_WORKER_ALIVE_FILE=\n"]))
    explain(source, "SHOP_TEA_MINUTES")
    said = install(source, "--root", root)
    assert re.search("settings that this version brings.*: SHOP_TEA_MINUTES$", said, re.M)
    assert re.search("settings that each new installation has.*: SHOP_METRICS_TOKEN$", said, re.M)
    assert "SHOP_TEA_MINUTES" not in settings_file.read_text()


def test_a_file_of_nginx_that_somebody_changed_is_kept(source: Path, root: Path) -> None:
    first(source, root)
    site = root / "etc/nginx/sites-available/desk"
    site.write_text(site.read_text() + "# ours\n")
    with (source / "deploy/nginx.conf").open("a") as shipped:
        shipped.write("# new\n")
    said = install(source, "--root", root)
    assert f"{site} was changed here and is kept" in said
    assert site.read_text().endswith("# ours\n")


@pytest.mark.parametrize("call", [1, 2, 4, 9])
def test_a_run_that_was_killed_can_be_repeated(source: Path, root: Path, tmp_path: Path, call: int) -> None:
    """Killed at its first, second, … rename: before the code is there, within it, before the settings are."""
    (tmp_path / "bin").mkdir()
    count, mv = tmp_path / "count", tmp_path / "bin/mv"
    mv.write_text(
        f'#!/bin/bash\necho x >> {count}\nif [ $(wc -l < {count}) = {call} ]; then kill -KILL $PPID; fi\n/bin/mv "$@"\n'
    )
    mv.chmod(0o755)
    install(source, "--root", root, "--host", "shop.example.org", path=str(tmp_path / "bin"), code=-9)
    first(source, root)
    names = set(content(root))
    assert {f"srv/desk/app/{name}" for name in FILES} < names
    assert not [name for name in names if name.endswith((".new", ".installing"))]
    assert "Nothing changed." in install(source, "--root", root)


def test_a_dry_run_writes_nothing(source: Path, root: Path) -> None:
    said = install(source, "--dry-run", "--root", root, "--host", "shop.example.org")
    assert "would: settings with new passwords" in said
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "say under which name customers reach the desk"),
        (["--host", "https://shop.example.org"], "--host is a name like desk.example.com, without https://"),
        (["--host"], "--host needs a value"),
        (["--host", "a.example", "--steps", "sap, printing"], "--steps is a list like sap,printing"),
        (["--colour"], "there is no option --colour"),
        (["--root", "/nowhere/at/all"], "/nowhere/at/all is no folder"),
    ],
)
def test_wrong_options_are_refused_by_name(source: Path, root: Path, options: list[str], reason: str) -> None:
    assert reason in install(source, "--root", root, *options, code=2)
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    ("written", "lacking"),
    [
        ("SHOP_SECRET_KEY=x\n", "SHOP_DATABASE_URL SHOP_BROKER_URL SHOP_ALLOWED_HOSTS"),
        ("SHOP_DATABASE_URL=\nSHOP_BROKER_URL=''\nSHOP_SECRET_KEY=x\nSHOP_ALLOWED_HOSTS=a\n", "_URL SHOP_BROKER_URL. "),
        (
            "#SHOP_SECRET_KEY=x\nSHOP_DATABASE_URL=x\nSHOP_BROKER_URL=x\nSHOP_ALLOWED_HOSTS=a\n",
            "lacks: SHOP_SECRET_KEY.",
        ),
    ],
)
def test_half_filled_settings_are_refused_by_name(source: Path, root: Path, written: str, lacking: str) -> None:
    settings_file = root / "srv/desk/app/.env"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(written)
    assert lacking in install(source, "--root", root, code=2)
    assert list(content(root)) == ["srv/desk/app/.env"]


def test_another_name_than_that_in_the_settings_is_refused(source: Path, root: Path) -> None:
    first(source, root)
    assert "SHOP_ALLOWED_HOSTS=shop.example.org" in install(source, "--root", root, "--host", "b.example", code=2)


def asked(settings: Path, question: str) -> str:
    """What the script's own functions answer to it: all of them are there, and nothing of them is run."""
    functions = SCRIPT[SCRIPT.index("root='' ") : SCRIPT.index("# --- All of it ---")]
    program = f"set -euo pipefail\n{functions}\nsettings={settings}\n{question}\n"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "SHOP_X=a", "SHOP_X=a # main", "SHOP_X = a", "export  SHOP_X = 'a b' # c", 'SHOP_X="a # b"', "SHOP_X='a'",
        "SHOP_X=a#b", "SHOP_X=a\r", "SHOP_X=", "SHOP_X=# none", "SHOP_X= # none", "SHOP_X=a=b", "SHOP_X=''",
        "  SHOP_X=a\nSHOP_X=b  ", "SHOP_X=a, b", "SHOP_X=it's", "SHOP_X=a\t# x", "SHOP_XY=no\nSHOP_X=yes",
    ],
)  # fmt: skip
def test_it_reads_settings_as_the_desk_does(tmp_path: Path, line: str) -> None:
    """A remark behind a name went into nginx's file with it."""
    (tmp_path / ".env").write_bytes(f"{line}\n".encode())
    assert asked(tmp_path / ".env", "setting SHOP_X") == values_in(tmp_path / ".env")["SHOP_X"]


WRITTEN = (
    "SHOP_DATABASE_URL={}\nSHOP_BROKER_URL=amqp://d:x@127.0.0.1:5672/desk\nSHOP_SECRET_KEY=x\nSHOP_ALLOWED_HOSTS = {}\n"
)


@pytest.mark.parametrize(
    ("hosts", "options", "name"),
    [
        ("127.0.0.1,shop.example.org", [], "shop.example.org"),
        ("localhost, shop.example.org # for people", [], "shop.example.org"),
        (".example.org, shop.example.org", [], "shop.example.org"),
        ("'b.example.org, shop.example.org'", ["--host", "shop.example.org"], "shop.example.org"),
        (".example.org", ["--host", "shop.example.org"], "shop.example.org"),
        ("*", ["--host", "shop.example.org"], "shop.example.org"),
        ("127.0.0.1", [], "127.0.0.1"),
    ],
)
def test_nginx_gets_a_name_that_people_use(source: Path, root: Path, hosts: str, options: list[str], name: str) -> None:
    settings_file = root / "srv/desk/app/.env"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(WRITTEN.format("postgresql://d:x@127.0.0.1/desk", hosts))
    install(source, "--root", root, *options)
    site = (root / "etc/nginx/sites-available/desk").read_text()
    assert set(re.findall("server_name (.*)$", site, re.MULTILINE)) == {f"{name};"}


@pytest.mark.parametrize("hosts", ["*", ".example.org", ".example.org,localhost"])
def test_names_that_stand_for_several_ask_for_one(source: Path, root: Path, hosts: str) -> None:
    settings_file = root / "srv/desk/app/.env"
    settings_file.parent.mkdir(parents=True)
    settings_file.write_text(WRITTEN.format("postgresql://d:x@127.0.0.1/desk", hosts))
    assert "say which one customers use, with --host." in install(source, "--root", root, code=2)
    assert list(content(root)) == ["srv/desk/app/.env"]


HERE = "pg_lsclusters() { echo '15 main 5432 online postgres /var/lib/postgresql/15/main x.log'; }\n"
TAKEN = "listener() { echo 999; }\n"


@pytest.mark.parametrize(
    ("there", "url", "own"),
    [
        (f"{HERE}have() {{ true; }}", "127.0.0.1:5432", True),
        (f"{HERE}have() {{ true; }}", "localhost", True),
        (f"{HERE}have() {{ true; }}", "127.0.0.1:6432", False),  # PgBouncer's, as docs/scaling.md has it
        ("have() { false; }\nlistener() { true; }", "127.0.0.1:5432", True),  # to be installed
        (f"have() {{ false; }}\n{TAKEN}", "127.0.0.1:5432", False),  # a container's
        (f"{HERE}have() {{ true; }}", "pg1.example.com", False),
    ],
)
def test_a_database_of_another_program_s_here_is_left_to_it(tmp_path: Path, there: str, url: str, own: bool) -> None:
    """With PgBouncer on a web machine it looked for PostgreSQL at PgBouncer's port, and stopped."""
    (tmp_path / ".env").write_text(WRITTEN.format(f"postgresql://d:x@{url}/desk", "a.example"))
    assert asked(tmp_path / ".env", f"{there}\nif own_database; then echo own; fi") == ("own\n" if own else "")


@pytest.mark.parametrize(
    ("there", "own"),
    [
        ("have() { true; }", True),
        ("have() { false; }\nlistener() { true; }", True),
        (f"have() {{ false; }}\n{TAKEN}", False),
    ],
)
def test_a_broker_of_another_program_s_here_is_left_to_it(tmp_path: Path, there: str, own: bool) -> None:
    (tmp_path / ".env").write_text(WRITTEN.format("postgresql://d:x@127.0.0.1/desk", "a.example"))
    assert asked(tmp_path / ".env", f"{there}\nif own_broker; then echo own; fi") == ("own\n" if own else "")


def test_a_server_that_the_settings_name_is_no_stranger_at_its_port(tmp_path: Path) -> None:
    """It said: write an .env that names yours. And said it again when that was written."""
    strange = 'have() { false; }\nid() { echo 999; }\npidof() { true; }\nlistener() { [ "$1" = 8000 ] || echo 999; }\n'
    question = f'{strange}refuse() {{ echo "$@"; }}\ncheck_ports'
    assert "Write an .env that names yours" in asked(tmp_path / ".env", question)
    (tmp_path / ".env").write_text(WRITTEN.format("postgresql://d:x@127.0.0.1/desk", "a.example"))
    assert asked(tmp_path / ".env", question) == ""


def test_who_is_not_root_is_told_so(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert "must run as root" in install(ROOT, "--host", "a.example", code=2)
        return
    if not shutil.which("setpriv"):
        lacks("setpriv is not here: apt-get install util-linux")
    tmp_path.parent.chmod(0o755)
    script = ["setpriv", "--reuid=65534", "--clear-groups", "bash", "-s", "--", "--host", "a.example"]
    text = SCRIPT.replace('$(dirname "${BASH_SOURCE[0]}")/..', str(ROOT)).replace('[ -f "$source/manage.py" ]', "true")
    done = subprocess.run(script, input=text, capture_output=True, text=True, check=False, cwd="/")
    assert "must run as root" in done.stderr, done.stderr


def test_its_help_is_the_head_of_the_file(source: Path) -> None:
    said = install(source, "--help")
    assert all(name in said for name in ("--dry-run", "--root DIR", "--steps", "--try-certificate"))
    assert "set -euo" not in said


def test_the_broker_rights_name_all_queues_and_no_others() -> None:
    (names,) = re.findall(r"^OWN='(.*)'$", SCRIPT, re.MULTILINE)
    own = {name.replace("\\.", ".") for name in names.split("|")}
    assert own == {*settings.ORDER_STEPS, DESK, DEAD_LETTERS, INTAKE, EVENTS}
