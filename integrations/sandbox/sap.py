"""A stand-in for SAP's API_SALES_ORDER_SRV (OData V2): logon, client, CSRF with cookie, look-up, deep insert, numbers.

Like the real one it makes a second sales order when it is asked a second time.
"""

import hashlib
import json
import re
import secrets
import threading
from typing import Any

from integrations.sandbox.environment import SAP_PATH, Logins
from integrations.sandbox.exchange import Reply, Request, json_reply, page_reply
from integrations.sandbox.ledger import Ledger
from integrations.sandbox.sap_shapes import objections, partner_objections, rows

COOKIE = "SAP_SESSIONID_BOX_100"
CONDITION = re.compile(r"(\w+)\s+eq\s+'((?:[^']|'')*)'")
SINCE = re.compile(r"CreationDate\s+ge\s+datetime'([\dT:-]+)'")
AFTER = re.compile(r"SalesOrder\s+gt\s+'(\d+)'")
MOST_ROWS = 100  # of a page, whatever is asked for
ITEMS = re.compile(r"A_SalesOrder\('(?P<number>\d{10})'\)/to_Item")
ITEM = re.compile(r"A_SalesOrderItem\(SalesOrder='(?P<number>\d{10})',SalesOrderItem='(?P<item>\d+)'\)")
MANDATORY = ("SalesOrderType", "SalesOrganization", "DistributionChannel", "OrganizationDivision", "SoldToParty")


class SapStandIn:
    def __init__(self, ledger: Ledger, logins: Logins) -> None:
        self.ledger = ledger
        self.logins = logins
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self.orders: list[dict[str, Any]] = []
        self._by_reference: dict[str, list[dict[str, Any]]] = {}
        for entry in ledger.entries:
            if entry.get("kind") == "order":
                self._remember(entry)
            elif entry.get("kind") == "change":
                self._item(entry["number"], entry["item"]).update(entry["values"])

    def forget_sessions(self) -> None:
        self._tokens.clear()

    def answer(self, request: Request) -> Reply:
        if request.basic != (self.logins.user, self.logins.password):
            return logon_page("Logon failed: user or password is wrong")
        client = request.query.get("sap-client", self.logins.client)
        if client != self.logins.client:
            return logon_page(f"Client {client} is not available in this system")
        resource = request.path.removeprefix(SAP_PATH.rstrip("/")).strip("/")
        if request.method in ("GET", "HEAD"):
            return self._read(request, resource)
        session = cookie(request)
        if not session or self._tokens.get(session) != request.headers.get("x-csrf-token"):
            return Reply(
                403, b"CSRF token validation failed", {"x-csrf-token": "Required", "Content-Type": "text/plain"}
            )
        if (request.method, resource) == ("POST", "A_SalesOrder"):
            return self._create(request)
        if request.method == "PATCH" and (match := ITEM.fullmatch(resource)):
            return self._change(request, match["number"], match["item"])
        return refusal(404, "/IWFND/MED/170", f"No service or resource {resource!r} here.")

    def _read(self, request: Request, resource: str) -> Reply:
        headers = self._session(request) if request.headers.get("x-csrf-token", "").lower() == "fetch" else {}
        if resource == "":
            return json_reply(200, {"d": {"EntitySets": ["A_SalesOrder"]}}, **headers)
        if resource == "A_SalesOrder":
            found = self._find(request.query.get("$filter", ""))
            most = int(request.query.get("$top", len(found)))
            return json_reply(200, {"d": {"results": found[: min(most, MOST_ROWS)]}}, **headers)
        if (match := ITEMS.fullmatch(resource)) and int(match["number"]) <= len(self.orders):
            return json_reply(200, {"d": {"results": self._items(match["number"])}})
        return refusal(404, "/IWFND/MED/170", f"No service or resource {resource!r} here.")

    def _session(self, request: Request) -> dict[str, str]:
        session = cookie(request)
        headers = {}
        if session not in self._tokens:
            session = secrets.token_urlsafe(16)
            headers["Set-Cookie"] = f"{COOKIE}={session}; path=/; HttpOnly"
        token = self._tokens.setdefault(session, secrets.token_urlsafe(16))
        return headers | {"x-csrf-token": token}

    def _find(self, criteria: str) -> list[dict[str, Any]]:
        wanted = {name: value.replace("''", "'") for name, value in CONDITION.findall(criteria)}
        since, after = SINCE.search(criteria), AFTER.search(criteria)
        rows = self.orders
        if "PurchaseOrderByCustomer" in wanted:
            rows = self._by_reference.get(wanted["PurchaseOrderByCustomer"], [])
        return [
            {"SalesOrder": row["number"], "PurchaseOrderByCustomer": row["reference"]}
            for row in rows
            if all(row["payload"].get(name) == value for name, value in wanted.items())
            and row["arrived_at"] >= (since[1] if since else "")
            and row["number"] > (after[1] if after else "")
        ]

    def _items(self, number: str) -> list[dict[str, Any]]:
        """Items as SAP shows them: numbered in tens, each with its ETag."""
        return [
            {
                "__metadata": {"etag": etag(item)},
                "SalesOrder": number,
                "SalesOrderItem": str(position * 10),
                "SalesDocumentRjcnReason": item.get("SalesDocumentRjcnReason", ""),
            }
            for position, item in enumerate(rows(self.orders[int(number) - 1]["payload"].get("to_Item")), start=1)
        ]

    def _item(self, number: str, item: str) -> dict[str, Any]:
        """Raises LookupError if there is none."""
        found: dict[str, Any] = rows(self.orders[int(number) - 1]["payload"].get("to_Item"))[int(item) // 10 - 1]
        return found

    def _change(self, request: Request, number: str, item: str) -> Reply:
        try:
            values, row = request.json(), self._item(number, item)
        except (ValueError, LookupError):
            return refusal(404, "/IWBEP/CM_MGW_RT/020", f"Item {item} of sales order {number} not found.")
        if "If-Match" not in request.headers:
            return refusal(428, "/IWBEP/CM_MGW_RT/009", "An ETag is required.")
        with self._lock:
            if request.headers["If-Match"] not in ("*", etag(row)):
                return refusal(412, "/IWBEP/CM_MGW_RT/011", "The item was changed meanwhile.")
            self.ledger.append(kind="change", number=number, item=item, values=values)
            row.update(values)
        return Reply(204)

    def _create(self, request: Request) -> Reply:
        try:
            payload = request.json()
        except ValueError:
            return refusal(400, "/IWBEP/CM_MGW_RT/004", "Malformed JSON.")
        if fault := objection(payload, self.logins.sold_to):
            return fault
        with self._lock:
            number = f"{len(self.orders) + 1:010d}"
            entry = self.ledger.append(
                kind="order", number=number, reference=payload.get("PurchaseOrderByCustomer", ""), payload=payload
            )
            self._remember(entry)
        return json_reply(201, {"d": payload | {"SalesOrder": number}})

    def _remember(self, entry: dict[str, Any]) -> None:
        self.orders.append(entry)
        self._by_reference.setdefault(entry["reference"], []).append(entry)


def etag(item: dict[str, Any]) -> str:
    """Changes with every change of the item."""
    content = json.dumps(item, sort_keys=True).encode()
    return f"W/\"'{hashlib.sha256(content).hexdigest()[:16]}'\""


def cookie(request: Request) -> str:
    match = re.search(rf"{COOKIE}=([^;]+)", request.headers.get("Cookie", ""))
    return match[1] if match else ""


def objection(payload: Any, sold_to: str) -> Reply | None:
    """What SAP would refuse: properties and lengths, missing fields, unknown partners and countries, and an unknown
    customer or material (those that begin with "NO-")."""
    if not isinstance(payload, dict):
        return refusal(400, "/IWBEP/CM_MGW_RT/004", "An object was expected.")
    if missing := [name for name in MANDATORY if not payload.get(name)]:
        return refusal(400, "V1/320", f"Enter {', '.join(missing)}.")
    for code, message in objections(payload):
        return refusal(400, code, message)
    if payload["SoldToParty"] != sold_to:
        return refusal(400, "VP/199", f"Sold-to party {payload['SoldToParty']} is not maintained for this sales area.")
    for code, message in partner_objections(payload, sold_to):
        return refusal(400, code, message)
    materials = [item.get("Material", "") for item in rows(payload.get("to_Item"))]
    if unknown := [name for name in materials if not name or name.startswith("NO-")]:
        return refusal(400, "V1/302", f"Material {unknown[0]} is not defined for this sales organization.")
    return None


def refusal(status: int, code: str, message: str) -> Reply:
    """SAP's error envelope."""
    inner = {"transactionid": secrets.token_hex(16).upper(), "errordetails": []}
    return json_reply(
        status, {"error": {"code": code, "message": {"lang": "en", "value": message}, "innererror": inner}}
    )


def logon_page(message: str) -> Reply:
    html = f"<html><head><title>Logon Error Message</title></head><body><h1>{message}</h1></body></html>"
    return page_reply(401, html, **{"WWW-Authenticate": 'Basic realm="SAP stand-in"'})
