"""SAP's CSRF token: a read with `x-csrf-token: Fetch` gives one that is valid with the session's cookies.

A write without a valid one is answered 403 with `x-csrf-token: Required`; where a proxy drops that header, the words
alone say it.
"""

import re

import requests

from integrations.http.body import text_of

HEADER = "x-csrf-token"
FETCH = {HEADER: "Fetch"}
REQUIRED = "required"
WORDS = re.compile(r"[cx]srf[\s_-]*(?:token|\w*valid)", re.IGNORECASE)
READ = 4_000  # characters of a refusal


def token_in(response: requests.Response) -> str:
    """The token an answer brings, whatever its status; "" for none."""
    token = str(response.headers.get(HEADER, "")).strip()
    return "" if token.lower() in (REQUIRED, "fetch") else token


def asks_for_token(response: requests.Response) -> bool:
    """True if a write was refused for its token alone: nothing has happened, and it may be repeated with a new one."""
    if not 400 <= response.status_code < 500 or response.status_code == 401:  # A refused logon must not be repeated.
        return False
    if str(response.headers.get(HEADER, "")).strip().lower() == REQUIRED:
        return True
    return response.status_code == 403 and WORDS.search(text_of(response)[:READ]) is not None
