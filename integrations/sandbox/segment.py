"""A stand-in for Segment's (and RudderStack's) `POST /v1/batch`: write key, and each message id counted once."""

import gzip
import json
import threading
from typing import Any

from integrations.sandbox.environment import Logins
from integrations.sandbox.exchange import Reply, Request, json_reply
from integrations.sandbox.ledger import Ledger


class SegmentStandIn:
    def __init__(self, ledger: Ledger, logins: Logins) -> None:
        self.ledger = ledger
        self.logins = logins
        self._lock = threading.Lock()
        self.deliveries = [entry for entry in ledger.entries if entry.get("kind") == "event"]
        self._seen = {entry["message_id"] for entry in self.deliveries}

    def answer(self, request: Request) -> Reply:
        if request.method != "POST":
            return json_reply(404, {"code": "not_found", "message": "POST /v1/batch"})
        if request.basic[0] != self.logins.write_key:
            return json_reply(401, {"code": "unauthorized", "message": "invalid write key"})
        try:
            events = read_batch(request)
        except (ValueError, OSError, EOFError):
            return json_reply(400, {"code": "invalid_request", "message": "malformed JSON"})
        for event in events:
            self._keep(event)
        return json_reply(200, {"success": True})

    def _keep(self, event: dict[str, Any]) -> None:
        message_id = str(event.get("messageId", ""))
        with self._lock:
            duplicate = message_id in self._seen
            self._seen.add(message_id)
            self.deliveries.append(
                self.ledger.append(kind="event", message_id=message_id, duplicate=duplicate, event=event)
            )


def read_batch(request: Request) -> list[dict[str, Any]]:
    """The batch's events; raises ValueError, OSError or EOFError."""
    body = request.body
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    batch = json.loads(body)
    events = batch.get("batch") if isinstance(batch, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise ValueError("a batch was expected")
    return events
