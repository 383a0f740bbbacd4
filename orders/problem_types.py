"""The kinds of problem that programs are told, each with a page: `type` in problem details (RFC 9457), stable for good.

The addresses are paths: the same whoever asks, and each desk has the page. docs/problems.md is made of this table.
"""

from dataclasses import dataclass
from http import HTTPStatus

PLACE = "/problems/"


@dataclass(frozen=True)
class ProblemType:
    """`name` never changes. `when` and `cure` are sentences for whoever writes a client."""

    name: str
    status: int
    title: str
    when: str
    cure: str

    @property
    def uri(self) -> str:
        return f"{PLACE}{self.name}" if self.name else "about:blank"


_ROWS = [
    ProblemType(
        "unreadable", 400, "The body can't be read",
        "The body is empty, no JSON object, not UTF-8, has a key twice, or is not as long as it says.",
        "Send one JSON object in UTF-8; `detail` says where reading ended.",
    ),
    ProblemType(
        "not-accepted", 400, "The order was not accepted",
        "A field is missing or wrong, or names a product that is not on sale.",
        "Correct what `errors` names: each entry has a JSON pointer to the field. Nothing was saved.",
    ),
    ProblemType(
        "bad-idempotency-key", 400, "The Idempotency-Key is none",
        "The key has other characters than visible ASCII, none at all, or more than 255.",
        "Make one key per order, for example a UUID, and send it again with each repeat.",
    ),
    ProblemType(
        "unknown-host", 400, "The desk has no such name",
        "The request's Host header names none of the hosts that the desk is reached by.",
        "Ask for the shop's own address. Operators: SHOP_ALLOWED_HOSTS names the hosts.",
    ),
    ProblemType(
        "bad-request", 400, "The request can't be understood",
        "Something about the request itself is malformed.", "Correct what `detail` names.",
    ),
    ProblemType(
        "not-authenticated", 401, "Who asks is not known",
        "The address needs a key, and the request has none or one that is not valid.",
        "Send `Authorization: Bearer …` with a key of the shop's that has not expired.",
    ),
    ProblemType(
        "not-allowed", 403, "This is not allowed",
        "The request's key may not do this.", "Use a key that may; `detail` says what is missing.",
    ),
    ProblemType(
        "no-such-order", 404, "There is no such order",
        "No order has this number, or it is not yours to see: the answer is the same.",
        "Check the number; dashes, capitals and O for 0 don't matter.",
    ),
    ProblemType(
        "no-such-product", 404, "There is no such product", "No product on sale has this id.",
        "List what is on sale: `GET /product`.",
    ),
    ProblemType(
        "not-found", 404, "There is nothing here", "The desk has no such address.",
        "Check the path; there is no slash at its end.",
    ),
    ProblemType(
        "method-not-allowed", 405, "The address does not know this method",
        "The address exists, and takes other methods.", "Use one of those that the header `Allow` names.",
    ),
    ProblemType(
        "conflict", 409, "It can't be done as things are",
        "What was asked for contradicts what has happened meanwhile.",
        "`detail` says what; ask again for how it is now.",
    ),
    ProblemType(
        "still-running", 409, "The first request is still running",
        "Another request with the same Idempotency-Key has not ended yet.",
        "Wait as long as `Retry-After` says, and send the same again.",
    ),
    ProblemType(
        "already-packed", 409, "The order is already packed", "An order that is packed or shipped can't be cancelled.",
        "Talk to the shop about sending it back.",
    ),
    ProblemType(
        "price-changed", 409, "The price has changed",
        "The order's `total` or `currency` is not what it costs today; the problem has today's.",
        "Show the customer today's price, and order anew.",
    ),
    ProblemType(
        "reference-used", 409, "The reference was used before",
        "Your `reference` stands on another order of yours already; the problem names it.",
        "Look at that order: it may be this one. A new order needs a new reference.",
    ),
    ProblemType(
        "precondition-failed", 412, "It is not as you expected",
        "The request's If-Match does not fit what is there now.",
        "Ask again without it, and decide anew.",
    ),
    ProblemType(
        "too-large", 413, "The body is too large", "The body has more than 1 MB (1,048,576 bytes).",
        "Send less: an order has at most 200 different products.",
    ),
    ProblemType(
        "wrong-type", 415, "The body is of the wrong type",
        "The body is not `application/json`, or is compressed (Content-Encoding).",
        "Send JSON as it is, with `Content-Type: application/json` and no Content-Encoding.",
    ),
    ProblemType(
        "idempotency-key-reused", 422, "The Idempotency-Key belongs to another order",
        "The key came before, with another body.",
        "Take a new key for a new order; repeat an order with its very body.",
    ),
    ProblemType(
        "too-many-requests", 429, "Too many requests", "More came from you than the shop allows in this time.",
        "Wait as long as `Retry-After` says.",
    ),
    ProblemType(
        "internal-error", 500, "Something went wrong on our side", "A fault of the desk; it is logged.",
        "Send the same again later, with the same Idempotency-Key.",
    ),
    ProblemType(
        "bad-gateway", 502, "The desk can't be reached", "The proxy in front of the desk got no answer from it.",
        "Send the same again in a few seconds, with the same Idempotency-Key.",
    ),
    ProblemType(
        "unavailable", 503, "The desk can't answer just now", "The database does not answer, is locked or read-only.",
        "Wait as long as `Retry-After` says, and send the same again with the same Idempotency-Key.",
    ),
    ProblemType(
        "gateway-timeout", 504, "The desk takes too long", "The proxy in front of the desk gave up waiting for it.",
        "Send the same again in a few seconds, with the same Idempotency-Key: it may have been done.",
    ),
]  # fmt: skip
TYPES = {row.name: row for row in _ROWS}
# What a status means where nothing more is known.
BY_STATUS = {row.status: row for row in reversed(_ROWS)} | {
    400: TYPES["bad-request"],
    404: TYPES["not-found"],
    409: TYPES["conflict"],
}


def type_of(status: int, name: str = "") -> ProblemType:
    """The row of this name, or else the one for the status alone; RFC 9457's "about:blank" where there is none."""
    return TYPES.get(name) or BY_STATUS.get(status) or ProblemType("", status, HTTPStatus(status).phrase, "", "")
