"""An SAP that answers as a test says: each kind of request has its replies, and the last of them stays."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from integrations.sandbox.exchange import Reply, Request, json_reply

NAMESPACES = (
    'xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" '
    'xmlns:d="http://schemas.microsoft.com/ado/2007/08/dataservices"'
)


NONE_FOUND = json_reply(200, {"d": {"results": []}})
ROOT = json_reply(200, {"d": {"EntitySets": ["A_SalesOrder"]}}, **{"x-csrf-token": "token"})
CREATED = json_reply(201, {"d": {"SalesOrder": "4711"}})
LOGIN_PAGE = Reply(
    200,
    b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- portal -->\n<html><head><title>Log on</title></head></html>",
    {"Content-Type": "text/plain"},
)


def csrf_refused(**headers: str) -> Reply:
    return Reply(403, b"CSRF token validation failed", {"Content-Type": "text/plain", **headers})


def error_reply(status: int, error: Any, **headers: str) -> Reply:
    return json_reply(status, {"error": error}, **headers)


def atom(properties: str = "<d:SalesOrder>4711</d:SalesOrder>", address: str = "") -> str:
    content = f'<content type="application/xml"><m:properties>{properties}</m:properties></content>'
    return f'<?xml version="1.0"?><entry {NAMESPACES}><id>{address}</id><title/>{content}</entry>'


def feed(*entries: str) -> Reply:
    inside = "".join(entry.partition("?>")[2] for entry in entries)
    return Reply(200, f'<?xml version="1.0"?><feed {NAMESPACES}><id>x</id>{inside}</feed>'.encode())


def created(body: Any, status: int = 201, **headers: str) -> Reply:
    sent = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Reply(status, sent, headers)


@dataclass
class OddSap:
    """`root`, `look_up`, `create`, `items` and `change` are replies, taken one after the other."""

    root: list[Reply] = field(default_factory=lambda: [ROOT])
    look_up: list[Reply] = field(default_factory=lambda: [NONE_FOUND])
    create: list[Reply] = field(default_factory=lambda: [CREATED])
    items: list[Reply] = field(default_factory=list)
    change: list[Reply] = field(default_factory=lambda: [Reply(204)])
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        odd = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                request = Request(self.command, self.path, self.headers, body)
                odd.requests.append(request)
                reply = odd.reply_to(request)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_PATCH = handle_any

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/API_SALES_ORDER_SRV/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def reply_to(self, request: Request) -> Reply:
        replies = self.replies_to(request)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def replies_to(self, request: Request) -> list[Reply]:
        if request.method != "GET":
            return self.create if request.method == "POST" else self.change
        if request.path.endswith("to_Item"):
            return self.items
        return self.look_up if request.path.endswith("A_SalesOrder") else self.root

    def asked(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]

    def created(self) -> list[Any]:
        """The bodies of all requests that create a sales order."""
        return [json.loads(request.body) for request in self.asked("POST")]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
