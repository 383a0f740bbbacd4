"""A `requests` session that follows no redirect, and whose answers are bounded in time and size."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from orders.steps import BoundedResponse


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


def bounded(session: requests.Session) -> requests.Session:
    """The session with bounded answers, and no redirects: a redirect is a login page, never an answer."""
    session.mount("http://", BoundedAdapter())
    session.mount("https://", BoundedAdapter())
    session.max_redirects = 0
    session.merge_environment_settings = _looked_up_once(session.merge_environment_settings)  # type: ignore[method-assign]
    return session


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
