"""A `requests` session that follows no redirect, and whose answers are bounded in time and size."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, NewConnectionError, ProtocolError

from orders.steps import LARGEST_ANSWER, BoundedResponse


class _Last(threading.local):
    """What this thread asks before the first byte of its request, if anything."""

    assure: Callable[[], None] | None = None


_last = _Last()


@contextmanager
def assured(assure: Callable[[], None] | None) -> Iterator[None]:
    """While the block runs, `assure` is called right before each request of this thread; what it raises gets through.

    Connecting, logging on and fetching tokens take seconds: so it is called at the connection, when it is open.
    """
    _last.assure = assure
    try:
        yield
    finally:
        _last.assure = None


class _Assured:
    """Connected first, then `assure`, then the request's first byte."""

    def connect(self: Any) -> None:
        """With TLS, and through a proxy. Whatever breaks here: nothing of the request has left."""
        try:
            super().connect()  # type: ignore[misc]
        except (OSError, ssl.SSLError) as error:
            raise NewConnectionError(self, str(error)) from error

    def request(self: Any, *args: Any, **options: Any) -> None:
        if _last.assure:
            if self.sock is None:
                self.connect()
            _last.assure()
        super().request(*args, **options)  # type: ignore[misc]


class BoundedHTTPConnection(_Assured, HTTPConnection):
    response_class = BoundedResponse


class BoundedHTTPSConnection(_Assured, HTTPSConnection):
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

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        resp.stream = _unpacked(resp.stream)
        return super().build_response(req, resp)


def _unpacked(stream: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
    """A body's pieces as they are read: unpacked it is no larger than an answer may be.

    A few bytes of gzip can become gigabytes. The library raises ValueError for a chunk of a negative length.
    """

    def bounded_pieces(*args: Any, **options: Any) -> Iterator[bytes]:
        left = LARGEST_ANSWER
        try:
            for piece in stream(*args, **options):
                if (left := left - len(piece)) < 0:
                    raise DecodeError("the answer is too large when it is unpacked")
                yield piece
        except ValueError as error:
            raise ProtocolError(f"the answer's length is malformed: {error}") from error

    return bounded_pieces


def bounded(session: requests.Session) -> requests.Session:
    """The session with bounded answers, and no redirects: a redirect is a login page, never an answer."""
    session.mount("http://", BoundedAdapter())
    session.mount("https://", BoundedAdapter())
    session.get_redirect_target = _refuse_redirect  # type: ignore[method-assign, assignment]
    session.merge_environment_settings = _looked_up_once(session.merge_environment_settings)  # type: ignore[method-assign]
    return session


def _refuse_redirect(response: requests.Response) -> None:
    """The library would read where it leads first, and fail where that is no UTF-8."""
    if response.is_redirect:
        response.close()
        raise requests.TooManyRedirects("a redirect is not followed", response=response)


def _looked_up_once(merge: Callable[..., Any]) -> Callable[..., Any]:
    """What the environment says (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE), looked up once for each host and port.

    requests looks it up for every request, which takes a tenth of the processor time of a whole step.
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
