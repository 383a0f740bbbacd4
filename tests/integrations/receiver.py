"""A small web server of a test: keeps what arrives, answers as it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from integrations.sandbox.exchange import Reply, Request


class Receiver:
    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.reply = Reply(200, b"{}")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.requests.append(Request(self.command, self.path, self.headers, body))
                self.send_response(receiver.reply.status)
                for name, value in receiver.reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(receiver.reply.body)

            do_GET = do_HEAD = do_POST = handle_any

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
