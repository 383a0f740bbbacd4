"""The sandbox as a web server on 127.0.0.1; faults of the answer are made here, on the socket."""

import socket
import struct
import time
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from integrations.sandbox import faults
from integrations.sandbox.environment import Logins
from integrations.sandbox.exchange import Reply, Request, page_reply
from integrations.sandbox.sandbox import Sandbox

LONGEST_HANG = 600.0  # seconds
DRIP = 1.0  # seconds between two bytes


class Handler(BaseHTTPRequestHandler):
    """HTTP in and out. Faults of the answer (cut, dropped, dripping) are done here, on the socket."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: "Server"

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, self.headers, body)
        sandbox = self.server.sandbox
        destination = sandbox.destination(request.path)
        if not destination:
            return self._write(sandbox.answer(request))
        kind = sandbox.faults.take(destination, self.command)
        if kind in ("hang", "refuse"):
            if kind == "hang":
                sandbox.faults.cleared.wait(LONGEST_HANG)
            return self._drop()
        if kind in faults.SESSION:
            sandbox.sap.forget_sessions()
        stand_in = sandbox.stand_ins[destination]
        return self._write(fault_reply(kind) or stand_in.answer(request), kind)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def _write(self, reply: Reply, kind: str = "") -> None:
        if kind in ("hang-after", *faults.SLOW):
            self.server.sandbox.faults.cleared.wait(LONGEST_HANG)
        if kind in ("drop-reply", "hang-after"):
            return self._drop()
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        head = f"HTTP/1.1 {reply.status} {responses.get(reply.status, 'Unknown')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        body = b"" if self.command == "HEAD" else reply.body
        if kind == "slow-drip":
            return self._drip(head.encode() + body)
        self.wfile.write(head.encode() + (body[: len(body) // 2] if kind == "cut-reply" else body))
        if kind == "cut-reply":
            self._drop()
        return None

    def _drip(self, data: bytes) -> None:
        """Sends a byte a second: each piece comes in time, the whole answer never does."""
        for byte in data:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                break
            time.sleep(DRIP)
        self._drop()

    def _drop(self) -> None:
        """Ends the connection with a reset (RST) instead of a proper close."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing: the page shows what arrives."""


def fault_reply(kind: str) -> Reply | None:
    """The answer in place of the stand-in's, or None for faults of another kind."""
    if kind == "html":
        return page_reply(200, "<!DOCTYPE html><html><head><title>Logon</title></head><body>Stand-in</body></html>")
    if kind == "login":
        return Reply(302, headers={"Location": "/login?of=the-stand-in"})
    if kind.isdecimal():
        extra = {"Retry-After": "1"} if kind in ("429", "503") else {}
        title = f"Stand-in: {kind} on demand"
        return page_reply(int(kind), f"<html><head><title>{title}</title></head></html>", **extra)
    return None


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, data_dir: Path, *, port: int = 0, logins: Logins | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.sandbox = Sandbox(data_dir, logins)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing when a desk hangs up: tests make it do so."""
