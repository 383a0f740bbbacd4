"""The OData V2 service API_SALES_ORDER_SRV: find sales orders, create one. Plain HTTP; a session is kept per thread.

CSRF: a read with `x-csrf-token: Fetch` gives a token that is valid with the session's cookies; a write without it is
answered 403 with `x-csrf-token: Required`.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import requests
from django.conf import settings

from integrations.http.kept import kept
from integrations.http.remote import Remote
from integrations.sap.errors import failure, unreadable
from integrations.sap.logon import session_for
from integrations.sap.settings import SapSettings
from orders.steps import Temporary, UnknownOutcome

TOKEN = "x-csrf-token"  # noqa: S105 - the header's name

# A gateway's answer in SAP's place: SAP may still be working on the request.
GAVE_UP = {408, 502, 504}

Assure = Callable[[], None]  # a claim's: called right before a request that changes something


class SalesOrders:
    """SAP's sales orders. Keeps cookies and CSRF token, and renews the token when SAP asks for it."""

    def __init__(self, config: SapSettings) -> None:
        self.config = config
        secrets = [f"{config.user}:{config.password}", config.password, config.oauth_client_secret]
        self.remote = Remote("SAP", session=session_for(config), secrets=secrets, ca_file=config.ca_file)
        self.remote.session.headers["Accept"] = "application/json"
        self.remote.session.headers["Accept-Language"] = "en"
        if config.client:
            self.remote.session.params = {"sap-client": config.client}
        self._token = ""

    def find(self, reference: str, *, failures: int = 0) -> list[str]:
        """The numbers of the sales orders that were made for an order number, the oldest first."""
        conditions = {
            "PurchaseOrderByCustomer": reference,
            "SoldToParty": self.config.sold_to,
            "SalesOrderType": self.config.order_type,
        }
        criteria = " and ".join(f"{name} eq {literal(value)}" for name, value in conditions.items())
        response = self._send(
            "GET", "A_SalesOrder", {"$filter": criteria, "$select": "SalesOrder", "$orderby": "SalesOrder"}
        )
        rows = self._data(response, failures)
        try:
            return [row["SalesOrder"] for row in rows["results"]]
        except (KeyError, TypeError) as error:
            raise unreadable(self.remote, response) from error

    def create(self, payload: dict[str, Any], *, assure: Assure, failures: int = 0) -> str:
        """Creates a sales order by deep insert and returns its number. Never call it without `find` before."""
        response = self._write("POST", "A_SalesOrder", payload, assure)
        if response.status_code in GAVE_UP:
            reason = (
                "Something between us and SAP gave up waiting; whether it arrived is looked up before the next try."
            )
            raise UnknownOutcome(reason, code=f"HTTP {response.status_code}")
        try:
            return str(self._data(response, failures)["SalesOrder"])
        except (KeyError, TypeError, Temporary) as error:
            if response.status_code >= 300:
                raise
            reason = "SAP took the order, but its answer could not be read; it is looked up before the next try."
            raise UnknownOutcome(reason, code="unreadable") from error

    def items(self, sales_order: str, *, failures: int = 0) -> list[dict[str, Any]]:
        """A sales order's items, each with its number, its reason of rejection ("" for none) and its ETag."""
        query = {"$select": "SalesOrder,SalesOrderItem,SalesDocumentRjcnReason"}
        response = self._send("GET", f"A_SalesOrder({literal(sales_order)})/to_Item", query)
        rows = self._data(response, failures)
        try:
            return list(rows["results"])
        except (KeyError, TypeError) as error:
            raise unreadable(self.remote, response) from error

    def reject_item(self, sales_order: str, item: dict[str, Any], *, assure: Assure, failures: int = 0) -> None:
        """Gives an item the configured reason of rejection, unless somebody changed it meanwhile (Temporary)."""
        number = item["SalesOrderItem"]
        path = f"A_SalesOrderItem(SalesOrder={literal(sales_order)},SalesOrderItem={literal(number)})"
        etag = item.get("__metadata", {}).get("etag") or "*"
        change = {"SalesDocumentRjcnReason": self.config.rejection_reason}
        response = self._write("PATCH", path, change, assure, **{"If-Match": etag})
        if response.status_code == 412:
            raise Temporary("Somebody changes the sales order in SAP just now; it is tried again.", code="HTTP 412")
        if response.status_code >= 300:
            raise self._failure(response, failures)

    def fetch_token(self, *, failures: int = 0) -> None:
        """Asks for a CSRF token; it is also the cheapest way to see whether address and logon are right."""
        response = self._send("GET", "", headers={TOKEN: "Fetch"})
        if response.status_code >= 300:
            raise self._failure(response, failures)
        self._token = response.headers.get(TOKEN, "")
        if not self._token:
            raise unreadable(self.remote, response)

    def _write(
        self, method: str, path: str, payload: dict[str, Any], assure: Assure, **headers: str
    ) -> requests.Response:
        for _ in range(2):
            if not self._token:
                self.fetch_token()
            response = self._send(method, path, json=payload, headers={TOKEN: self._token, **headers}, assure=assure)
            if response.status_code != 403 or response.headers.get(TOKEN, "").lower() != "required":
                return response
            self._token = ""
        raise Temporary("SAP forgets our session as soon as it is opened; it is tried again.", code="CSRF")

    def _send(self, method: str, path: str, query: dict[str, str] | None = None, **options: Any) -> requests.Response:
        return self.remote.send(method, urljoin(self.config.service, path), params=query, **options)

    def _data(self, response: requests.Response, failures: int) -> Any:
        """The JSON behind `d`; raises what the status or an unreadable body means."""
        if response.status_code >= 300:
            raise self._failure(response, failures)
        try:
            return response.json()["d"]
        except (ValueError, KeyError, TypeError) as error:
            raise unreadable(self.remote, response) from error

    def _failure(self, response: requests.Response, failures: int) -> Exception:
        return failure(self.remote, response, temporary=self.config.temporary_codes, failures=failures)


def literal(text: str) -> str:
    """A string in an OData filter: in quotes, those inside doubled."""
    return "'" + text.replace("'", "''") + "'"


def sales_orders() -> SalesOrders:
    """This thread's client, with its session; a new one when the settings have changed."""
    return kept(SalesOrders, settings.SAP)


def try_connection() -> str:
    """Logs on and looks for an order that can't exist: address, logon and the right to read are tried."""
    sap = sales_orders()
    sap.fetch_token()
    sap.find("connection check")
    return f"lets us in and lets us look up sales orders (client {sap.config.client or 'of the server'})"
