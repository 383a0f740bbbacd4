"""How we log on to SAP: user and password, or OAuth2 client credentials (SAP's cloud)."""

from typing import Any

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, TokenExpiredError
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from integrations.http.failures import status_failure, transport_failure
from integrations.http.remote import TIMEOUT
from integrations.sap.settings import SapSettings
from orders.steps import LogonRefused

SERVICE = "SAP's logon service"
# What the library raises for JSON that is no token: a list, null, a time that is a word.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError)


def session_for(config: SapSettings) -> requests.Session:
    """A session that logs on as the settings say."""
    if config.oauth_token_url:
        return CloudSession(config)
    session = requests.Session()
    session.auth = HTTPBasicAuth(config.user.encode(), config.password.encode())
    return session


class CloudSession(OAuth2Session):
    """Fetches an access token when it has none, when it has expired, and once more when SAP no longer takes it."""

    def __init__(self, config: SapSettings) -> None:
        super().__init__(client=BackendApplicationClient(client_id=config.oauth_client_id))
        self.config = config
        self.register_compliance_hook("access_token_response", check_status)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        if url == self.config.oauth_token_url:
            return super().request(method, url, *args, **options)
        if not self.token:
            self.log_on()
        try:
            response = super().request(method, url, *args, **options)
        except TokenExpiredError:
            self.log_on()
            return super().request(method, url, *args, **options)
        if response.status_code == 401:  # Revoked before its time. Nothing has happened: it may be repeated.
            self.log_on()
            response = super().request(method, url, *args, **options)
        return response

    def log_on(self) -> None:
        """Raises LogonRefused or Temporary; nothing has been sent to SAP itself then."""
        self.token: dict[str, Any] = {}
        secrets = [self.config.oauth_client_secret]
        try:
            self.fetch_token(
                self.config.oauth_token_url,
                client_secret=self.config.oauth_client_secret,
                timeout=TIMEOUT,
                verify=str(self.config.ca_file) if self.config.ca_file else True,
            )
            check_token(self.token)
        except OAuth2Error as error:
            reason = f"{SERVICE} refused our client id or secret ({error.error})."
            raise LogonRefused(reason, code=str(error.error)) from error
        except requests.RequestException as error:
            raise transport_failure(SERVICE, "GET", error, secrets) from error
        except UNREADABLE as error:
            reason = f"{SERVICE} answered, but with no token that can be read: check SHOP_SAP_OAUTH_TOKEN_URL."
            raise LogonRefused(reason, code="token") from error


def check_status(response: requests.Response) -> requests.Response:
    """Raises Temporary for a busy logon service: the library would take its page for a refusal."""
    if response.status_code >= 500 or response.status_code == 429:
        raise status_failure(SERVICE, response, "")
    return response


def check_token(token: dict[str, Any]) -> None:
    """Raises ValueError for one that can't be used: over before it begins, of another kind, with a line's end in it."""
    over = int(token.get("expires_in") or 1) <= 0
    kind = str(token.get("token_type") or "bearer").lower()
    if over or kind != "bearer" or not str(token.get("access_token", "")).isprintable():
        raise ValueError("It is no token that can be sent.")
