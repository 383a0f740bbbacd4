"""One destination over HTTP: its session, its time bounds, its secrets."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import requests
import urllib3

from integrations.http.address import credentials
from integrations.http.failures import transport_failure, unsent
from integrations.http.personal import NOBODY, Person
from integrations.http.redaction import redact
from integrations.http.session import assured, bounded
from orders.steps import CONNECT_SECONDS, READ_SECONDS

TIMEOUT = (CONNECT_SECONDS, READ_SECONDS)


class Remote:
    """One destination over HTTP: `name` is what staff call it, `secrets` never get into an answer we keep."""

    def __init__(
        self,
        name: str,
        *,
        session: requests.Session | None = None,
        secrets: Iterable[str] = (),
        ca_file: Path | None = None,
    ) -> None:
        self.name = name
        self.secrets = [secret for secret in secrets if secret]
        self.verify: bool | str = str(ca_file) if ca_file else True
        self.session = bounded(session or requests.Session())

    def send(
        self,
        method: str,
        url: str,
        *,
        assure: Callable[[], None] | None = None,
        private: Person = NOBODY,
        **options: Any,
    ) -> requests.Response:
        """The remote's answer, whatever its status, but for a redirect.

        `assure` (a claim's) is called right before the first byte of a request that can't be taken back. What is
        `private` gets into no error: a broken answer is quoted there too.

        Raises Temporary if nothing can have happened, UnknownOutcome if it may have, LogonRefused for a redirect,
        Permanent for an address that is none, and what `assure` raises.
        """
        self.secrets += [secret for secret in credentials(url) if secret not in self.secrets]
        options = {"timeout": TIMEOUT, "verify": self.verify, "allow_redirects": False} | options
        try:
            with assured(assure):
                return self._request(method, url, options)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise transport_failure(self.name, method, error, self.secrets, private) from error

    def _request(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        try:
            return self.session.request(method, url, **options)
        except requests.ConnectionError as error:
            # The remote may have closed a kept connection meanwhile: a read may be repeated, on a fresh one.
            if method != "GET" or isinstance(error, requests.Timeout | requests.exceptions.SSLError) or unsent(error):
                raise
            return self.session.request(method, url, **options)

    def redacted(self, text: str, private: Person = NOBODY) -> str:
        """`text` without this remote's secrets and without what is `private`."""
        return redact(text, self.secrets, private)
