"""The OData V2 service API_SALES_ORDER_SRV: find sales orders, create one, reject its items."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import requests
from django.conf import settings

from integrations.http.body import text_of
from integrations.http.kept import kept
from integrations.http.personal import NOBODY, Person
from integrations.sap import answer
from integrations.sap.connection import Assure, Connection
from integrations.sap.messages import warnings
from integrations.sap.refusal import read_refusal
from orders.steps import Temporary, UnknownOutcome

# A gateway's answer in SAP's place: SAP may still be working on the request. 52x and 59x are proxies' own.
GAVE_UP = {408, 502, 504, 520, 522, 524, 598, 599}
# A proxy's words (Envoy's, nginx's) for a connection that SAP closed, with a 503.
HUNG_UP = re.compile("reset before headers|connection termination|prematurely closed", re.IGNORECASE)


Warn = Callable[[str], None]


class SalesOrders(Connection):
    """SAP's sales orders."""

    def find(self, reference: str, *, failures: int = 0, private: Person = NOBODY) -> list[str]:
        """The numbers of the sales orders that were made for an order number, the oldest first.

        An empty list only if SAP says so: raises Temporary for an empty answer, and for others' sales orders.
        """
        conditions = {
            "PurchaseOrderByCustomer": reference,
            "SoldToParty": self.config.sold_to,
            "SalesOrderType": self.config.order_type,
        }
        criteria = " and ".join(f"{name} eq {literal(value)}" for name, value in conditions.items())
        query = {"$filter": criteria, "$select": "SalesOrder,PurchaseOrderByCustomer", "$orderby": "SalesOrder"}
        rows = self._rows("A_SalesOrder", query, failures, private, key="SalesOrder")
        ours = [row["SalesOrder"] for row in rows if answer.is_for(row, reference) and not answer.is_nobodys(row)]
        if rows and not ours:
            reason = "SAP's look-up ignores what it is asked for (a proxy that drops the query?)."
            raise Temporary(reason, code="look-up")
        return list(dict.fromkeys(ours))

    def page(self, since: date, after: str, most: int) -> list[tuple[str, str]]:
        """Sales orders of ours that were created since a day, in the sequence of their numbers: number and reference.

        Those after the number `after` ("": from the first on), `most` at most; SAP may give fewer. None: that is all.
        Raises as `find`. https://www.odata.org/documentation/odata-version-2-0/uri-conventions/ (4.5 and 4.3)
        """
        conditions = [
            f"SoldToParty eq {literal(self.config.sold_to)}",
            f"SalesOrderType eq {literal(self.config.order_type)}",
            f"CreationDate ge datetime'{since.isoformat()}T00:00:00'",
            *([f"SalesOrder gt {literal(after)}"] if after else []),
        ]
        query = {
            "$filter": " and ".join(conditions),
            "$select": "SalesOrder,PurchaseOrderByCustomer",
            "$orderby": "SalesOrder",
            "$top": str(most),
        }
        rows = self._rows("A_SalesOrder", query, 0, NOBODY, key="SalesOrder")
        return [(row["SalesOrder"], answer.text(row, "PurchaseOrderByCustomer")) for row in rows]

    def create(
        self,
        payload: dict[str, Any],
        *,
        assure: Assure,
        failures: int = 0,
        private: Person = NOBODY,
        warn: Warn = lambda said: None,
    ) -> str:
        """Creates a sales order by deep insert and returns its number. Never call it without `find` before.

        `warn` gets what SAP says beside a success (the order is incomplete, its delivery is blocked).
        """
        response = self.write("POST", "A_SalesOrder", payload, assure=assure, failures=failures, private=private)
        if gave_up(response):
            raise self.gave_up(response, private)
        if not 200 <= response.status_code < 300:
            raise self.failure(response, failures, private)
        try:
            number = answer.created_number(response, payload.get("PurchaseOrderByCustomer", ""))
        except ValueError as error:
            raise self.not_data(response, failures, private) from error
        self.tell_warnings(response, private, warn)
        return number

    def gave_up(self, response: requests.Response, private: Person) -> UnknownOutcome:
        reason = "Something between us and SAP gave up waiting; whether it arrived is looked up before the next try."
        said = self.remote.redacted(str(read_refusal(response)), private)
        return UnknownOutcome(reason, code=f"HTTP {response.status_code}", answer=said)

    def items(self, sales_order: str, *, failures: int = 0, private: Person = NOBODY) -> list[dict[str, Any]]:
        """A sales order's items, each with its number, its reason of rejection ("" for none) and its ETag."""
        query = {"$select": "SalesOrder,SalesOrderItem,SalesDocumentRjcnReason"}
        path = f"A_SalesOrder({literal(sales_order)})/to_Item"
        return self._rows(path, query, failures, private, key="SalesOrderItem", whole=True)

    def reject_item(
        self,
        sales_order: str,
        item: dict[str, Any],
        *,
        assure: Assure,
        failures: int = 0,
        private: Person = NOBODY,
        warn: Warn = lambda said: None,
    ) -> None:
        """Gives an item the configured reason of rejection, unless somebody changed it meanwhile (Temporary)."""
        number = answer.text(item, "SalesOrderItem")
        path = f"A_SalesOrderItem(SalesOrder={literal(sales_order)},SalesOrderItem={literal(number)})"
        change = {"SalesDocumentRjcnReason": self.config.rejection_reason}
        etag = {"If-Match": answer.etag(item)}
        response = self.write("PATCH", path, change, assure=assure, failures=failures, private=private, headers=etag)
        if response.status_code == 412:
            raise Temporary("Somebody changes the sales order in SAP just now; it is tried again.", code="HTTP 412")
        if response.status_code >= 300:
            raise self.failure(response, failures, private)
        if not answer.changed(response):
            raise self.not_data(response, failures, private)
        self.tell_warnings(response, private, warn)

    def tell_warnings(self, response: requests.Response, private: Person, warn: Warn) -> None:
        for said in warnings(response):
            warn(self.remote.redacted(said, private))

    def _rows(
        self, path: str, query: dict[str, str], failures: int, private: Person, *, key: str, whole: bool = False
    ) -> list[dict[str, Any]]:
        """What SAP answers to a look-up: rows that each have their `key`."""
        response = self.send("GET", path, query, private=private)
        if not 200 <= response.status_code < 300:
            raise self.failure(response, failures, private)
        try:
            return answer.rows(response, key=key, whole=whole)
        except ValueError as error:
            raise self.not_data(response, failures, private) from error


def gave_up(response: requests.Response) -> bool:
    """Whether something between us and SAP answered in its place, when SAP may have got the request."""
    hung_up = response.status_code == 503 and HUNG_UP.search(text_of(response)[:4000]) is not None
    return hung_up or response.status_code in GAVE_UP


def literal(text: str) -> str:
    """A string in an OData filter: in quotes, those inside doubled."""
    return "'" + text.replace("'", "''") + "'"


def sales_orders() -> SalesOrders:
    """This thread's client, with its session; a new one when the settings have changed."""
    return kept(SalesOrders, settings.SAP)


def try_connection() -> str:
    """Logs on and looks for an order that can't exist: address, logon and the right to read are tried."""
    sap = sales_orders()
    lacking = sap.fetch_token()
    sap.find("connection check")
    let_in = f"lets us in and lets us look up sales orders (client {sap.config.client or 'of the server'})"
    return let_in + (f", but its service root gives no CSRF token ({lacking.reason})" if lacking else "")
