"""A receiver's own yes. No error is none yet: a proxy, a login page and a wrong address answer 200 as well."""

from contextlib import suppress

import requests

from integrations.http.body import json_of, text_of
from integrations.http.failures import redirect_failure
from integrations.http.page import ANYWHERE, looks_like_a_page
from orders.steps import UnknownOutcome


def demand_yes(name: str, response: requests.Response, *, said: bool, yes: str, answer: str) -> None:
    """`said`: the answer is what this receiver's documentation calls success; `yes` is that in words.

    Raises LogonRefused for a web page, whatever it says, and UnknownOutcome for anything else that is no yes.
    """
    if is_a_page(response):
        raise redirect_failure(name, "")
    if not said:
        status = response.status_code
        reason = (
            f"{name} answered HTTP {status}, but not with its own yes ({yes}): whether it was taken is unknown."
            " Check that its address is right."
        )
        raise UnknownOutcome(reason, code=f"HTTP {status}", answer=answer)


def is_a_page(response: requests.Response) -> bool:
    """True for HTML in any dress: with something before it, in any encoding, under any name. JSON may quote a page."""
    if looks_like_a_page(response):
        return True
    if not ANYWHERE.search(text_of(response).replace("\0", "")):
        return False
    with suppress(ValueError):
        json_of(response)
        return False
    return True
