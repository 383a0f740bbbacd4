"""What a failed request means for a step: which StepError a transport error or an HTTP status becomes."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

import requests
from django.utils import timezone
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import LocationValueError, NewConnectionError

from integrations.http.personal import NOBODY, Person
from integrations.http.redaction import redact
from orders.steps import LogonRefused, Permanent, StepError, Temporary, UnknownOutcome

# The same request may succeed later: https://www.rfc-editor.org/rfc/rfc9110#section-15
AGAIN_LATER = {408, 423, 425, 429, 502, 503, 504}
REDIRECT = "redirect"  # its code
READS = {"GET", "HEAD"}  # methods that change nothing
# Not each ValueError: an answer with two lengths is one, too.
NO_ADDRESS = (InvalidURL, InvalidSchema, MissingSchema, LocationValueError)
# In urllib3's words; who knows a webhook's address may write to it.
WITH_URL = re.compile(r" with url: \S+")
LONGEST_WAIT = 10**8  # seconds; a number with many more digits is too large for a timedelta


def unsent(error: Exception) -> bool:
    """True if the connection never came about, so that nothing can have happened."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError)


def transport_failure(
    name: str, method: str, error: Exception, secrets: Iterable[str] = (), private: Person = NOBODY
) -> StepError:
    """What a failed request means: not sent, sent with unknown outcome, or never possible."""
    kind, answer = type(error).__name__, redact(WITH_URL.sub("", str(error)), secrets, private)
    if isinstance(error, requests.TooManyRedirects):
        location = error.response.headers.get("Location", "") if error.response is not None else ""
        return redirect_failure(name, redact(location, secrets, private))
    if "CERTIFICATE_VERIFY_FAILED" in answer:
        reason = f"{name}'s certificate could not be verified; is it expired, or signed by an authority of your own?"
        return Temporary(reason, code="TLS", answer=answer)
    if unsent(error) and "[SSL" in answer:
        reason = f"{name} speaks no TLS that we know: are the port and the https:// of its address right?"
        return Temporary(reason, code="TLS", answer=answer)
    if unsent(error) or isinstance(error, requests.exceptions.ProxyError):
        return Temporary(f"{name} can't be reached.", code=kind, answer=answer)
    if isinstance(error, NO_ADDRESS):
        return Permanent(f"The address of {name} is not valid.", next_action="Correct its URL.", code=kind)
    if method in READS:
        return Temporary(f"{name} did not answer completely within its time.", code=kind, answer=answer)
    reason = f"It was sent to {name}, but no complete answer came: it may have arrived or not."
    return UnknownOutcome(reason, code=kind, answer=answer)


def redirect_failure(name: str, location: str) -> LogonRefused:
    reason = f"{name} sends us to another page (usually its login page) instead of answering: check address and logon."
    return LogonRefused(reason, code=REDIRECT, answer=location.partition("?")[0])


def status_failure(name: str, response: requests.Response, answer: str) -> StepError:
    """What an HTTP status of 300 and above means where the remote has no error format of its own."""
    status = response.status_code
    code = f"HTTP {status}"
    if status == 401:
        return LogonRefused(f"{name} refused our logon.", code=code, answer=answer)
    if status == 407:
        return LogonRefused(f"A proxy between us and {name} wants a logon of its own.", code=code, answer=answer)
    if status in AGAIN_LATER or status >= 500:
        reason = f"{name} is busy or down ({code})."
        return Temporary(reason, code=code, answer=answer, retry_after=retry_after(response))
    next_action = f"Have a look at what {name} answered, mend the cause, then send it again."
    return Permanent(f"{name} did not accept it ({code}).", next_action=next_action, code=code, answer=answer)


def retry_after(response: requests.Response) -> timedelta | None:
    """The Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); None if missing or malformed."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value[:20]), LONGEST_WAIT))  # No int is made of more than 4300 digits.
    with suppress(ValueError, TypeError, OverflowError):
        moment = parsedate_to_datetime(value)
        return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - timezone.now(), timedelta(0))
    return None
