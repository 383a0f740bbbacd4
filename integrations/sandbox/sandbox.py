"""The stand-ins, what they kept, and the switches that make them fail."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from integrations.sandbox import page
from integrations.sandbox.environment import SAP_PATH, Logins
from integrations.sandbox.exchange import Reply, Request, file_reply, json_reply, page_reply
from integrations.sandbox.faults import Fault, Faults
from integrations.sandbox.ledger import Ledger
from integrations.sandbox.printer import PATH, PrinterStandIn
from integrations.sandbox.sap import SapStandIn
from integrations.sandbox.segment import SegmentStandIn


class Sandbox:
    """The stand-ins, what they kept, and how they are to fail."""

    def __init__(self, data_dir: Path, logins: Logins | None = None) -> None:
        self.logins = logins or Logins()
        self.ledger = Ledger(data_dir / "ledger.jsonl")
        self.faults = Faults()
        self.sap = SapStandIn(self.ledger, self.logins)
        self.segment = SegmentStandIn(self.ledger, self.logins)
        self.printer = PrinterStandIn(self.ledger, data_dir / "printed")
        self.stand_ins: dict[str, SapStandIn | SegmentStandIn] = {"sap": self.sap, "marketing": self.segment}

    def destination(self, path: str) -> str:
        if path.startswith(SAP_PATH.rstrip("/")):
            return "sap"
        return "marketing" if path.startswith("/v1/") else ""

    def answer(self, request: Request) -> Reply:
        """What is not a destination's: the page, the JSON, and the switches."""
        shown = {"orders": self.orders, "events": self.events, "jobs": self.paper, "faults": self.faults.shown}
        match request.method, request.path:
            case "GET", "/":
                return page_reply(200, page.render(self))
            case "GET", path if (name := path.removeprefix("/sandbox/").removesuffix(".json")) in shown:
                return json_reply(200, shown[name]())
            case "POST", "/sandbox/paper":
                self.printer.put_paper(parse_qs(request.body.decode(errors="replace")).get("present") == ["yes"])
                return Reply(303, headers={"Location": "/"})
            case "POST", path if path == PATH:
                return self.printer.answer(request)
            case "POST", "/sandbox/fail":
                return self._switch(request)
        if request.path in page.FILES:
            return file_reply(*page.FILES[request.path])
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

    def paper(self) -> dict[str, Any]:
        """The printer's jobs, and which of them are on paper."""
        rows = [job | {"printed": job["number"] in self.printer.printed} for job in list(self.printer.jobs)]
        return {"has_paper": self.printer.has_paper, "count": len(rows), "jobs": rows}

    def _switch(self, request: Request) -> Reply:
        """JSON, or a form of the page: `{"destination", "kind"}`; `kind: "clear"` ends all faults of a destination.

        `count` is how often (default 1; 0 or null: until cleared). `"method": "POST"` spares the look-ups. At random:
        `{"destination", "kinds": […], "rate": 0.3, "seed": 1}`.
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
    count = int(wanted.get("count", 1 if rate >= 1 else None) or 0)  # A form's 0 is a text.
    return Fault(kinds, count or None, rate, int(wanted.get("seed") or 0), str(wanted.get("method", "")))


def tally(keys: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts
