"""The connection to SAP: session with cookies, CSRF token, and the writes that need one. Plain HTTP."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import requests

from integrations.http.failures import AGAIN_LATER, REDIRECT
from integrations.http.page import looks_like_a_page
from integrations.http.personal import NOBODY, Person
from integrations.http.remote import Remote
from integrations.sap import csrf
from integrations.sap.errors import SERVER_ERROR_TRIES, after, failure, not_data
from integrations.sap.logon import session_for
from integrations.sap.settings import SapSettings
from orders.steps import LogonRefused, Permanent, StepError, Temporary

Assure = Callable[[], None]  # a claim's: called right before a request that changes something

LANGUAGE = "EN"  # of SAP's messages: every system has it, and our own sentences are in it
# A service root without a token says nothing about the logon with these; 401 and a busy SAP do.
BUSY_ROOT = AGAIN_LATER | {401, 407}


class Connection:
    """Keeps cookies and CSRF token, and renews the token when SAP asks for it."""

    def __init__(self, config: SapSettings) -> None:
        self.config = config
        secrets = [f"{config.user}:{config.password}", config.password, config.oauth_client_secret]
        self.remote = Remote("SAP", session=session_for(config), secrets=secrets, ca_file=config.ca_file)
        self.remote.session.headers["Accept"] = "application/json"
        self.remote.session.headers["Accept-Language"] = LANGUAGE.lower()
        # The parameter goes before the header and the language of the user's own master record. Not the session's: the
        # logon service would get it too.
        self._query = {"sap-language": LANGUAGE} | ({"sap-client": config.client} if config.client else {})
        self._token = ""

    def fetch_token(self, *, failures: int = 0, private: Person = NOBODY) -> StepError | None:
        """Asks the service root for a CSRF token; returns why there is none, if it has none to give.

        It is also the cheapest way to see whether address and logon are right: raises LogonRefused, and Temporary for
        a busy SAP.
        """
        response = self.send("GET", "", private=private, headers=csrf.FETCH)
        status = response.status_code
        if status in BUSY_ROOT or status > 501 or 300 <= status < 400:
            raise self.failure(response, failures, private)
        if status < 300 and looks_like_a_page(response):
            raise self.not_data(response, failures, private)
        self._token = csrf.token_in(response)
        if self._token:
            return None
        return self.failure(response, failures, private) if status >= 300 else no_token(failures)

    def write(
        self,
        method: str,
        path: str,
        payload: dict[str, Any],
        *,
        assure: Assure,
        failures: int = 0,
        private: Person = NOBODY,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        """The answer to a write, whatever its status. A root that gives no token is no obstacle: not all want one.

        Raises why there is no token if SAP wants one all the same, Temporary if it takes none that it gives.
        """
        for _ in range(2):
            lacking = None if self._token else self.fetch_token(failures=failures, private=private)
            token = {csrf.HEADER: self._token} if self._token else {}
            sent: dict[str, Any] = {"json": payload, "headers": {**token, **(headers or {})}, "assure": assure}
            response = self.send(method, path, private=private, **sent)
            if not csrf.asks_for_token(response):
                return response
            if lacking:
                raise lacking
            self._forget_session()
        raise Temporary("SAP forgets our session as soon as it is opened; it is tried again.", code="CSRF")

    def _forget_session(self) -> None:
        """A cookie of a session that is over would only lead to where it was."""
        self._token = ""
        self.remote.session.cookies.clear()

    def send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        private: Person = NOBODY,
        **options: Any,
    ) -> requests.Response:
        query = self._query | (query or {})
        try:
            url = urljoin(self.config.service, path)
            response = self.remote.send(method, url, params=query, private=private, **options)
        except LogonRefused as error:
            if error.code == REDIRECT:
                raise after(method, error) from error
            raise
        if self.config.service.startswith("http://"):
            for cookie in self.remote.session.cookies:
                cookie.secure = False  # TLS ends before SAP, which calls its cookies "Secure" all the same.
        return response

    def failure(self, response: requests.Response, failures: int, private: Person = NOBODY) -> StepError:
        temporary = self.config.temporary_codes
        return failure(self.remote, response, temporary=temporary, failures=failures, private=private)

    def not_data(self, response: requests.Response, failures: int, private: Person = NOBODY) -> StepError:
        temporary = self.config.temporary_codes
        return not_data(self.remote, response, temporary=temporary, failures=failures, private=private)


def no_token(failures: int) -> StepError:
    reason = "SAP wants a CSRF token, but its service root gives none."
    if failures < SERVER_ERROR_TRIES:
        return Temporary(reason, code="CSRF")
    next_action = "Find out whether a proxy drops the header x-csrf-token or the cookies; then send it again."
    return Permanent(reason, next_action=next_action, code="CSRF")
