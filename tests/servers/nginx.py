"""A real nginx with the file that the project ships, in front of a desk: its own folder, 127.0.0.1, and without TLS."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Folder, Process

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"
PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
MAIN = """
daemon off; pid {folder}/nginx.pid; error_log stderr; {user}
events {{}}
http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/desk.conf; }}
"""


def shipped(port: int, desk_port: int) -> str:
    """The shipped file with other ports, by plain HTTP, under any name."""
    text = SHIPPED.read_text()
    _, _, https = text.partition("listen 443 ssl;")
    zone = next(line for line in text.splitlines() if line.startswith("limit_conn_zone"))
    text = f"{zone}\nserver {{\n    listen 127.0.0.1:{port};{https}"
    text = re.sub(r"^ +ssl_.*\n", "", text, flags=re.MULTILINE)
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{desk_port}")


# Where the server at a port keeps what is its own. Other runs of tests have theirs beside it, and take them away.
folders: dict[int, Path] = {}


@contextmanager
def server(desk_port: int) -> Iterator[int]:
    """Yields the port where nginx answers for the desk at `desk_port`."""
    with Folder("order-desk-nginx-") as folder:
        port = free_port()
        folders[port] = folder
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
        (folder / "desk.conf").write_text(shipped(port, desk_port))
        process = Process("nginx", [PROGRAM, "-c", str(folder / "nginx.conf")], log=folder / "nginx.log")
        process.start()
        try:
            process.wait_until(lambda: answers(port), 20)
            yield port
        finally:
            process.kill()
