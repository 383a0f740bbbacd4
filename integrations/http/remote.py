"""HTTP to the outside world. One place owns the session, the time bounds, the errors and the redaction.

Every request is bounded: CONNECT_SECONDS to be connected, READ_SECONDS for each piece of the answer, TOTAL_SECONDS for
all of it (a slow drip of bytes ends too), LARGEST_ANSWER bytes.
"""

import io
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.utils import timezone
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from orders.steps import LogonRefused, Permanent, StepError, Temporary, UnknownOutcome

CONNECT_SECONDS = 3
READ_SECONDS = 15
TOTAL_SECONDS = 30
LARGEST_ANSWER = 10_000_000  # bytes

# Worth another try as they are: https://www.rfc-editor.org/rfc/rfc9110#section-15
AGAIN_LATER = {408, 423, 425, 429, 502, 503, 504}


class BoundedStream(io.RawIOBase):
    """An answer as it comes off the socket, until its time or its size is up."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw = raw
        self._sock = sock
        self._pause = sock.gettimeout()
        self._end = time.monotonic() + TOTAL_SECONDS
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises TimeoutError or OSError, which urllib3 and requests know how to report."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(remaining if self._pause is None else min(remaining, self._pause))
        count = self._raw.readinto(buffer) or 0
        self._left -= count
        if self._left < 0:
            raise OSError("the answer is too large")
        return int(count)

    def close(self) -> None:
        self._raw.close()
        super().close()


class BoundedResponse(HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(BoundedStream(self.fp.detach(), sock))


class BoundedHTTPConnection(HTTPConnection):
    response_class = BoundedResponse


class BoundedHTTPSConnection(HTTPSConnection):
    response_class = BoundedResponse


class HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = BoundedHTTPConnection


class HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = BoundedHTTPSConnection


POOLS = {"http": HTTPPool, "https": HTTPSPool}


class BoundedAdapter(HTTPAdapter):
    """requests' adapter over connections whose answers are bounded."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


def bounded(session: requests.Session) -> requests.Session:
    """The session with bounded answers, and no redirects: a redirect is a login page, never an answer."""
    session.mount("http://", BoundedAdapter())
    session.mount("https://", BoundedAdapter())
    session.max_redirects = 0
    session.merge_environment_settings = _looked_up_once(session.merge_environment_settings)  # type: ignore[method-assign]
    return session


def _looked_up_once(merge: Callable[..., Any]) -> Callable[..., Any]:
    """What the environment says (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE), asked once for each host and port.

    requests asks for every request, which takes a tenth of the processor time of a whole step.
    """
    known: dict[tuple[Any, ...], Any] = {}

    def remembered(url: str, proxies: dict[str, str] | None, *options: Any) -> Any:
        if proxies:
            return merge(url, proxies, *options)
        parts = urlsplit(url)
        key = (parts.scheme, parts.netloc, *options)
        if key not in known:
            known[key] = merge(url, {}, *options)
        return {**known[key], "proxies": dict(known[key]["proxies"])}

    return remembered


class Remote:
    """One destination over HTTP: `name` is what staff call it, `secrets` never get into an answer we keep."""

    def __init__(
        self, name: str, *, session: requests.Session | None = None, secrets: Iterable[str] = (), ca_file: str = ""
    ) -> None:
        self.name = name
        self.secrets = [secret for secret in secrets if secret]
        self.verify: bool | str = ca_file or True
        self.session = bounded(session or requests.Session())

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        """The remote's answer, whatever its status, but for a redirect.

        Raises Temporary if nothing can have happened, UnknownOutcome if it may have, LogonRefused for a redirect,
        Permanent for an address that is none.
        """
        options = {
            "timeout": (CONNECT_SECONDS, READ_SECONDS),
            "verify": self.verify,
            "allow_redirects": False,
        } | options
        try:
            return self._request(method, url, options)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise transport_failure(self.name, method, error, self.secrets) from error

    def _request(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        try:
            return self.session.request(method, url, **options)
        except requests.ConnectionError as error:
            # A kept connection the remote has closed meanwhile: reading may be repeated, on a fresh one.
            if method != "GET" or isinstance(error, requests.Timeout | requests.exceptions.SSLError) or unsent(error):
                raise
            return self.session.request(method, url, **options)

    def redacted(self, text: str, *private: str) -> str:
        """`text` without this remote's secrets and without what is `private` (a customer's name)."""
        return redact(text, [*self.secrets, *private])


def redact(text: str, private: Iterable[str]) -> str:
    """`text` with each of the private words replaced, cut to what an attempt keeps."""
    for word in sorted(filter(None, private), key=len, reverse=True):
        text = re.sub(re.escape(word), "[redacted]", text, flags=re.IGNORECASE)
    return text[:4000]


def unsent(error: Exception) -> bool:
    """True if the connection never came about, so that nothing can have happened."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError)


def transport_failure(name: str, method: str, error: Exception, secrets: Iterable[str] = ()) -> StepError:
    """What a failed request means: not sent, sent with unknown outcome, or never possible."""
    kind, answer = type(error).__name__, redact(str(error), secrets)
    if isinstance(error, requests.TooManyRedirects):
        return redirect_failure(name, error.response.headers.get("Location", "") if error.response is not None else "")
    if "CERTIFICATE_VERIFY_FAILED" in answer:
        reason = f"{name}'s certificate could not be verified; is it expired, or signed by an authority of your own?"
        return Temporary(reason, code="TLS", answer=answer)
    if unsent(error) or isinstance(error, requests.exceptions.ProxyError):
        return Temporary(f"{name} can't be reached.", code=kind, answer=answer)
    if isinstance(error, ValueError):
        return Permanent(f"The address of {name} is not valid.", next_action="Correct its URL.", code=kind)
    if method == "GET":
        return Temporary(f"{name} did not answer completely within its time.", code=kind, answer=answer)
    reason = f"It was sent to {name}, but no complete answer came: it may have arrived or not."
    return UnknownOutcome(reason, code=kind, answer=answer)


def redirect_failure(name: str, location: str) -> LogonRefused:
    reason = f"{name} sends us to another page (usually its login page) instead of answering: check address and logon."
    return LogonRefused(reason, code="redirect", answer=location.partition("?")[0])


def status_failure(name: str, response: requests.Response, answer: str) -> StepError:
    """What an HTTP status of 400 and above means where the remote has no error format of its own."""
    status = response.status_code
    code = f"HTTP {status}"
    if status == 401:
        return LogonRefused(f"{name} refused our logon.", code=code, answer=answer)
    if status in AGAIN_LATER or status >= 500:
        reason = f"{name} is busy or down ({code})."
        return Temporary(reason, code=code, answer=answer, retry_after=retry_after(response))
    next_action = f"Have a look at what {name} answered, mend the cause, then send it again."
    return Permanent(f"{name} did not accept it ({code}).", next_action=next_action, code=code, answer=answer)


def retry_after(response: requests.Response) -> timedelta | None:
    """The Retry-After header, in seconds or as a date (RFC 9110, 10.2.3); None if missing or malformed."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return timedelta(seconds=min(int(value), 10**8))
    with suppress(ValueError, TypeError):
        moment = parsedate_to_datetime(value)
        return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - timezone.now(), timedelta(0))
    return None


def looks_like_a_page(response: requests.Response) -> bool:
    """True for HTML: a login or an error page where data was asked for."""
    return response.text.lstrip("\ufeff \r\n\t")[:15].lower().startswith(("<!doctype html", "<html"))
