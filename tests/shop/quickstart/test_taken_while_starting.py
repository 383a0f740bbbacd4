"""Another desk, started at the same moment, may take the ports this one has found free; and odd places to print to."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from integrations.sandbox.environment import environment as sandbox_environment
from shop.quickstart.environment import take
from shop.quickstart.local_desk import ROOT, Desk
from shop.quickstart.processes import StartFailed


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@contextmanager
def somebody_else() -> Iterator[int]:
    """The port of a server that is well."""
    with HTTPServer(("127.0.0.1", 0), Well) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("part", ["sandbox", "web"])
def test_another_desks_answer_is_not_taken_for_its_own(tmp_path: Path, part: str) -> None:
    with somebody_else() as taken:
        given = {"PATH": os.environ["PATH"], "SHOP_ENV_FILE": "", **sandbox_environment("http://127.0.0.1:9")}
        desk = Desk(tmp_path, given, port=taken, sandbox_port=taken)
        try:
            with pytest.raises(StartFailed, match=f"{part} ended with code") as failure:
                desk.start_sandbox() if part == "sandbox" else desk.start_web(processes=1)
        finally:
            desk.kill()
    assert "in use" in failure.value.log


def started(**settings: str) -> tuple[list[str], dict[str, str]]:
    code = "import sys; from shop.quickstart.__main__ import main; sys.argv = ['x', '--once']; sys.exit(main())"
    return [sys.executable, "-c", code], {"PATH": os.environ["PATH"], "SHOP_ENV_FILE": "", **settings}


def test_a_terminal_without_our_letters_and_a_closed_one_end_nothing(tmp_path: Path) -> None:
    command, env = started(SHOP_VAR_DIR=str(tmp_path), SHOP_DATABASE_URL="postgresql://a:b@127.0.0.1:1/x")
    plain = subprocess.run(
        command, env=env | {"PYTHONIOENCODING": "ascii"}, cwd=ROOT, capture_output=True, text=True, check=False
    )
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )
    assert "FAILED  Database" in plain.stdout
    assert plain.stderr + closed.stderr == ""
    assert (plain.returncode, closed.returncode) == (1, 1)


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_number_that_is_no_port_is_not_called_taken(tmp_path: Path, port: str) -> None:
    command, env = started(SHOP_VAR_DIR=str(tmp_path), SHOP_PORT=port)
    answer = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert f"SHOP_PORT: {port} is no port" in answer.stdout


def test_what_was_used_to_start_it_is_not_called_left_out() -> None:
    assert take({"SHOP_VENV": "/somewhere", "SHOP_ENV_FILE": ""}, {}).notes == []
