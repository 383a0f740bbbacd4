"""What SAP's refusals mean: its error format (OData V2) in both shapes, its HTML pages, and who must act.

`{"error": {"code", "message": {"lang", "value"} or "…", "innererror": {"transactionid", "errordetails": [{"code",
"message", "severity"}]}}}`. SAP's staff search by `transactionid`, so it is kept.
"""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import requests

from integrations.http.failures import AGAIN_LATER, looks_like_a_page, retry_after, status_failure
from integrations.http.remote import Remote
from orders.steps import LogonRefused, Permanent, StepError, Temporary

# A 500 may be a short dump that passes or a fault that stays: after so many tries a person must look.
SERVER_ERROR_TRIES = 5


@dataclass(frozen=True)
class Refusal:
    """What SAP said. `codes` are all its message codes, the first the main one; `messages` likewise."""

    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    transaction: str = ""

    def __str__(self) -> str:
        return " · ".join([*self.messages, *([f"transaction {self.transaction}"] if self.transaction else [])])


def read_refusal(response: requests.Response) -> Refusal:
    """The error in a response, however it is wrapped; an HTML page's title; else the text as it is."""
    if looks_like_a_page(response):
        return Refusal(messages=(page_title(response.text),))
    try:
        error = response.json()["error"]
        return _from_envelope(error)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Refusal(messages=(" ".join(response.text.split())[:300],) if response.text.strip() else ())


def _from_envelope(error: dict[str, Any]) -> Refusal:
    inner = error.get("innererror") or {}
    details = [detail for detail in inner.get("errordetails") or [] if detail.get("severity") != "info"]
    entries = [error, *details]
    return Refusal(
        codes=tuple(dict.fromkeys(str(entry.get("code") or "") for entry in entries)),
        messages=tuple(dict.fromkeys(filter(None, (message_text(entry.get("message")) for entry in entries)))),
        transaction=str(inner.get("transactionid") or ""),
    )


def message_text(message: Any) -> str:
    """A message comes as an object with `value`, or as a plain string."""
    if isinstance(message, dict):
        message = message.get("value")
    return str(message or "").strip()


class _Title(HTMLParser):
    title = ""
    _open = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._open = tag in ("title", "h1") and not self.title

    def handle_data(self, data: str) -> None:
        if self._open:
            self.title = " ".join(data.split())
            self._open = False


def page_title(html: str) -> str:
    """The title (or first heading) of one of SAP's HTML pages."""
    parser = _Title()
    parser.feed(html[:20_000])
    return f"web page “{parser.title}”" if parser.title else "a web page without a title"


def failure(remote: Remote, response: requests.Response, *, temporary: frozenset[str], failures: int) -> StepError:
    """The typed error for a response of 300 and above. `failures` is how often in a row this step failed already."""
    refusal, status = read_refusal(response), response.status_code
    code = next((code for code in refusal.codes if code), f"HTTP {status}")
    answer = remote.redacted(f"HTTP {status}: {refusal}")
    said = remote.redacted(refusal.messages[0])[:250] if refusal.messages else f"HTTP {status}"
    if status == 401:
        reason = f"SAP refused the logon; the password, the user or the client may be wrong or locked ({said})."
        return LogonRefused(reason, code="HTTP 401", answer=answer)
    if busy := temporary.intersection(refusal.codes):
        reason = f"SAP says it is locked or busy just now: {said}"
        return Temporary(reason, code=min(busy), answer=answer, retry_after=retry_after(response))
    if status == 500:
        return server_error(said, code=code, answer=answer, failures=failures)
    if status in AGAIN_LATER or status > 500:
        return status_failure("SAP", response, answer)
    if status == 403:
        return not_allowed(said, code=code, answer=answer)
    if status in (404, 405, 410):
        return not_found(said, code=code, answer=answer)
    next_action = "Correct it in the product, the settings or SAP (the message says where), then send it again."
    return Permanent(f"SAP did not accept the order: {said}", next_action=next_action, code=code, answer=answer)


def server_error(said: str, *, code: str, answer: str, failures: int) -> StepError:
    if failures < SERVER_ERROR_TRIES:
        return Temporary(f"SAP had an internal error: {said}", code=code, answer=answer)
    next_action = "Give SAP's staff the transaction id from the attempt; send it again when they have mended it."
    return Permanent(f"SAP keeps having an internal error: {said}", next_action=next_action, code=code, answer=answer)


def not_allowed(said: str, *, code: str, answer: str) -> Permanent:
    next_action = "Ask SAP's staff to let our user create sales orders, then send it again."
    return Permanent(f"SAP does not let our user do this: {said}", next_action=next_action, code=code, answer=answer)


def not_found(said: str, *, code: str, answer: str) -> Permanent:
    next_action = "Check SHOP_SAP_URL, and that the service API_SALES_ORDER_SRV is activated; then send it again."
    return Permanent(f"SAP has no such service: {said}", next_action=next_action, code=code, answer=answer)


def unreadable(remote: Remote, response: requests.Response) -> StepError:
    """A successful status without the data asked for: a login page, or an answer that was cut off."""
    answer = remote.redacted(str(read_refusal(response)))
    if looks_like_a_page(response):
        reason = f"SAP answered with a {read_refusal(response).messages[0]} instead of data: check address and logon."
        return LogonRefused(reason, code="HTML", answer=answer)
    return Temporary("SAP's answer could not be read (cut off on its way?).", code="unreadable", answer=answer)
