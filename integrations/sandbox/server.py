"""The sandbox's front: routes, faults, JSON, on 127.0.0.1 only."""

import socket
import struct
import time
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from integrations.sandbox import faults, page
from integrations.sandbox.environment import SAP_PATH, Logins
from integrations.sandbox.exchange import Reply, Request, json_reply, page_reply
from integrations.sandbox.faults import Fault, Faults
from integrations.sandbox.ledger import Ledger
from integrations.sandbox.sap import SapStandIn
from integrations.sandbox.segment import SegmentStandIn

LONGEST_HANG = 600.0  # seconds
DRIP = 1.0  # seconds between two bytes


class Sandbox:
    """Both stand-ins, what they kept, and how they are to fail."""

    def __init__(self, data_dir: Path, logins: Logins | None = None) -> None:
        self.logins = logins or Logins()
        self.ledger = Ledger(data_dir / "ledger.jsonl")
        self.faults = Faults()
        self.sap = SapStandIn(self.ledger, self.logins)
        self.segment = SegmentStandIn(self.ledger, self.logins)
        self.stand_ins: dict[str, SapStandIn | SegmentStandIn] = {"sap": self.sap, "marketing": self.segment}

    def destination(self, path: str) -> str:
        if path.startswith(SAP_PATH.rstrip("/")):
            return "sap"
        return "marketing" if path.startswith("/v1/") else ""

    def answer(self, request: Request) -> Reply:
        """What is not a destination's: the page, the JSON, and the switches."""
        match request.method, request.path:
            case "GET", "/":
                return page_reply(200, page.render(self))
            case "GET", "/sandbox/orders.json":
                return json_reply(200, self.orders())
            case "GET", "/sandbox/events.json":
                return json_reply(200, self.events())
            case "GET", "/sandbox/faults.json":
                return json_reply(200, self.faults.shown())
            case "POST", "/sandbox/fail":
                return self._switch(request)
        return json_reply(404, {"error": "This is a sandbox: see /"})

    def orders(self) -> dict[str, Any]:
        """Every sales order, duplicates included; `by_reference` counts them for each order number."""
        rows = list(self.sap.orders)
        return {"count": len(rows), "by_reference": tally(row["reference"] for row in rows), "orders": rows}

    def events(self) -> dict[str, Any]:
        """Every delivery, repeats included; `count` are the distinct ones, as the statistics would count."""
        rows = list(self.segment.deliveries)
        by_message_id = tally(row["message_id"] for row in rows)
        return {
            "count": len(by_message_id),
            "deliveries": len(rows),
            "by_message_id": by_message_id,
            "events": rows,
        }

    def _switch(self, request: Request) -> Reply:
        """Takes `{"destination", "kind"}` and `count` (default 1; 0 or null: until cleared), or `kind: "clear"`;

        `"method": "POST"` spares the look-ups;

        at random: `{"destination", "kinds": […], "rate": 0.3, "seed": 1}`. JSON, or a form of the page.
        """
        try:
            wanted, form = read_switch(request)
            destination, kind = str(wanted.get("destination", "")), str(wanted.get("kind", ""))
            if kind == "clear":
                self.faults.clear(destination)
            else:
                self.faults.add(destination, read_fault(wanted, kind))
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return json_reply(400, {"error": str(error)})
        return Reply(303, headers={"Location": "/"}) if form else json_reply(200, self.faults.shown())


def read_switch(request: Request) -> tuple[dict[str, Any], bool]:
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}, True
    return request.json(), False


def read_fault(wanted: dict[str, Any], kind: str) -> Fault:
    kinds = tuple(str(one) for one in wanted.get("kinds", ())) or (kind,)
    rate = float(wanted.get("rate", 1))
    count = wanted.get("count", 1 if rate >= 1 else None)
    return Fault(kinds, int(count) if count else None, rate, int(wanted.get("seed", 0)), str(wanted.get("method", "")))


def tally(keys: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


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
        if kind == "hang-after":
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
        """A byte a second: each comes in time, all of them never."""
        for byte in data:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                break
            time.sleep(DRIP)
        self._drop()

    def _drop(self) -> None:
        """Ends the connection the rude way."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the page shows what arrives."""


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
        """A desk that hangs up is what a sandbox is for."""
