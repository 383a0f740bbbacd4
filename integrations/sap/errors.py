"""What SAP's refusals mean for a step, and who must act. What they say: `integrations.sap.refusal`."""

import re
from collections.abc import Iterable
from datetime import timedelta

import requests
from django.conf import settings

from integrations.http.failures import (
    AGAIN_LATER,
    READS,
    redirect_failure,
    retry_after,
    status_failure,
)
from integrations.http.page import looks_like_a_page
from integrations.http.personal import NOBODY, Person
from integrations.http.remote import Remote
from integrations.sap.refusal import envelope, read_refusal, tree_of
from orders.steps import LogonRefused, Permanent, StepError, Temporary, UnknownOutcome

# A 500 may be a short dump that passes or a fault that stays: after so many tries a person must look.
SERVER_ERROR_TRIES = 5
FRAMEWORK = "/IWBEP/"  # codes of a service that is there; those of /IWFND/ say that there is none
LASTING = 5  # failures in a row, half an hour: by then nobody is just saving
WHO = "transaction SM12 in SAP shows who"
CODE = re.compile(r"[A-Z0-9_/]{1,30}/\d{3}|HTTP \d{3}")
SAID = 250  # characters of SAP's words in a reason


def failure(
    remote: Remote,
    response: requests.Response,
    *,
    temporary: frozenset[str],
    failures: int,
    private: Person = NOBODY,
) -> StepError:
    """The typed error for a refusal, whatever its status. `failures` is how often in a row this step failed already.

    What is `private` (a customer's name) gets into nothing that is kept.
    """
    raw, status = read_refusal(response), response.status_code
    refusal = raw.told(lambda text: remote.redacted(text, private))
    code = kept_code(next(filter(None, raw.codes), f"HTTP {status}"), remote, private)
    answer = f"HTTP {status}: {refusal}"
    said = refusal.messages[0][:SAID] if refusal.messages else f"HTTP {status}"
    if status == 401:
        reason = f"SAP refused the logon; the password, the user or the client may be wrong or locked ({said})."
        return LogonRefused(reason, code="HTTP 401", answer=answer)
    if status == 407:
        reason = f"A proxy between us and SAP wants a logon of its own ({said})."
        return LogonRefused(reason, code="HTTP 407", answer=answer)
    if 300 <= status < 400:
        return after(
            method_of(response), redirect_failure("SAP", remote.redacted(response.headers.get("Location", ""), private))
        )
    if (busy := named_temporary(raw.codes, temporary)) or status == 423:
        wait = retry_after(response)
        return locked(said, code=busy or code, answer=answer, failures=failures, wait=wait)
    if status == 500:
        return server_error(said, code=code, answer=answer, failures=failures)
    if status in AGAIN_LATER or status > 500:
        return status_failure("SAP", response, answer)
    return refused(status, said, code=code, answer=answer)


def kept_code(code: str, remote: Remote, private: Person) -> str:
    """A message code as it is; what only stands in its place may be any text."""
    return code if CODE.fullmatch(code) else remote.redacted(code, private)


def named_temporary(codes: Iterable[str], temporary: frozenset[str]) -> str:
    """The first of SAP's message codes that is listed as temporary, as it is listed; "" for none."""
    listed = {code.upper(): code for code in sorted(temporary)}
    return next((listed[code.upper()] for code in codes if code.upper() in listed), "")


class PageForAnswer(LogonRefused, UnknownOutcome):
    """A write was answered with a page or a redirect: look at the logon, and look whether it arrived."""


def after(method: str, error: LogonRefused) -> LogonRefused:
    """A page or a redirect in an answer's place. After a write: a proxy may send one although SAP got the order."""
    if method in READS:
        return error
    reason = f"{error.reason} Whether it arrived could not be read from it; it is looked up before the next try."
    return PageForAnswer(reason, code=error.code, answer=error.answer)


def method_of(response: requests.Response) -> str:
    return str(response.request.method) if response.request is not None else "GET"


def locked(said: str, *, code: str, answer: str, failures: int, wait: timedelta | None) -> StepError:
    """Somebody has it open in SAP. A lock that lasts is a forgotten window: then staff read where to look."""
    if failures >= len(settings.RETRY_DELAYS):
        next_action = f"Find out who holds the lock ({WHO}) and have it released, then send it again."
        reason = f"SAP keeps saying that it is locked or busy: {said}"
        return Permanent(reason, next_action=next_action, code=code, answer=answer)
    reason = f"SAP says it is locked or busy just now: {said}"
    if failures >= LASTING:
        reason = f"SAP has said {failures + 1} times that it is locked or busy ({WHO}): {said}"
    return Temporary(reason, code=code, answer=answer, retry_after=wait)


def server_error(said: str, *, code: str, answer: str, failures: int) -> StepError:
    if failures < SERVER_ERROR_TRIES:
        return Temporary(f"SAP had an internal error: {said}", code=code, answer=answer)
    next_action = "Give SAP's staff the transaction id from the attempt; send it again when they have mended it."
    return Permanent(f"SAP keeps having an internal error: {said}", next_action=next_action, code=code, answer=answer)


def refused(status: int, said: str, *, code: str, answer: str) -> Permanent:
    """A refusal that stays until a person acts."""
    if status == 403:
        reason = f"SAP does not let our user do this: {said}"
        next_action = "Ask SAP's staff to let our user create sales orders, then send it again."
    elif status == 404 and code.startswith(FRAMEWORK):
        reason = f"SAP does not find what it was asked for: {said}"
        next_action = (
            "Look in SAP whether our user may read sales orders, and whether this one is there; then send it again."
        )
    elif status in (404, 405, 410):
        reason = f"SAP has no such service: {said}"
        next_action = "Check SHOP_SAP_URL, and that the service API_SALES_ORDER_SRV is activated; then send it again."
    else:
        reason = f"SAP did not accept the order: {said}"
        next_action = "Correct it in the product, the settings or SAP (the message says where), then send it again."
    return Permanent(reason, next_action=next_action, code=code, answer=answer)


def not_data(
    remote: Remote,
    response: requests.Response,
    *,
    temporary: frozenset[str],
    failures: int,
    private: Person = NOBODY,
) -> StepError:
    """A status of success without the data that proves it: a page, a refusal after all, or nothing one can read.

    What was read may be read again. What was written may have happened: UnknownOutcome.
    """
    method = method_of(response)
    if looks_like_a_page(response):
        title = remote.redacted(read_refusal(response).messages[0], private)
        reason = f"SAP answered with a {title} instead of data: check address and logon."
        return after(method, LogonRefused(reason, code="HTML", answer=f"HTTP {response.status_code}: {title}"))
    if envelope(tree_of(response)) is not None:
        return failure(remote, response, temporary=temporary, failures=failures, private=private)
    answer = remote.redacted(f"HTTP {response.status_code}: {read_refusal(response)}", private)
    if method in READS:
        what = "could not be read (cut off on its way?)" if response.content else "was empty"
        return Temporary(f"SAP's answer {what}.", code="unreadable", answer=answer)
    reason = (
        f"SAP answered with success (HTTP {response.status_code}), but its answer could not be read as a sales order; "
        "whether there is one is looked up before the next try."
    )
    return UnknownOutcome(reason, code="unreadable", answer=answer)
