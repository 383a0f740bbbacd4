"""A sandbox in a thread, and what a test wants to know of it."""

import json
import threading
import urllib.request
from pathlib import Path
from typing import Any

from integrations.sandbox.server import Server


class RunningSandbox:
    def __init__(self, data_dir: Path) -> None:
        self.server = Server(data_dir)
        self.url = self.server.url
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def fail(self, destination: str, kind: str = "", **more: Any) -> Any:
        body = json.dumps({"destination": destination, "kind": kind, **more}).encode()
        request = urllib.request.Request(self.url + "/sandbox/fail", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def sales_orders(self) -> list[dict[str, Any]]:
        orders: list[dict[str, Any]] = self.json("/sandbox/orders.json")["orders"]
        return orders

    def close(self) -> None:
        self.server.sandbox.faults.clear()
        self.server.shutdown()
        self.server.server_close()
        self.server.sandbox.ledger.close()
