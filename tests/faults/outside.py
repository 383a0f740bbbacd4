"""What the outside world got, and how it is made to go wrong: stand-ins for SAP and marketing, and the spool folder."""

import json
import re
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any


class Outside:
    """Asks the sandbox at `sandbox_port`, and looks into the folder `spool`."""

    def __init__(self, sandbox_port: int, spool: Path) -> None:
        self.sandbox_port, self.spool = sandbox_port, spool

    def sandbox_asks(self, path: str, **body: Any) -> Any:
        data = json.dumps(body).encode() if body else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.sandbox_port}/sandbox/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def break_sap(self, kind: str, count: int | None = None, method: str = "") -> None:
        """The next `count` requests (all, if None; of one method, if given) go wrong in the sandbox's way `kind`."""
        self.sandbox_asks("fail", destination="sap", kind=kind, count=count, method=method)

    def sap_faults(self) -> list[str]:
        """What SAP is still told to do wrong; shorter, or with another count, once it did."""
        faults: list[str] = self.sandbox_asks("faults.json")["sap"]
        return faults

    def heal_sap(self) -> None:
        self.sandbox_asks("fail", destination="", kind="clear")

    def sap_orders(self) -> Counter[str]:
        """How many sales orders were created, by order number."""
        return Counter(self.sandbox_asks("orders.json")["by_reference"])

    def events(self) -> Counter[str]:
        """How many purchase events count, by order number: a repeated message id is dropped by every receiver."""
        ids = self.sandbox_asks("events.json")["by_message_id"]
        return Counter(message_id.removeprefix("order-completed-") for message_id in ids)

    def sheets(self) -> Counter[str]:
        """How many slips lie in the spool folder, by order number."""
        return Counter(re.sub(r"\.r\d+\.c\d+\.pdf$", "", path.name) for path in self.spool.glob("*.pdf"))
