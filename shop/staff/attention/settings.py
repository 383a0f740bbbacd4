"""Who is told what needs a person. `.env.example` explains each variable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from django.core.exceptions import ImproperlyConfigured

from integrations.http.address import web_address
from integrations.mail.settings import MailSettings, mail_address
from integrations.webhook.settings import WebhookSettings, signing_secret

MOST = 20  # addresses
EVERY = timedelta(seconds=30)
TASK = "shop.staff.attention.tasks.tell_operators"


@dataclass(frozen=True, kw_only=True)
class AttentionSettings:
    """The variables SHOP_ATTENTION_…, read by `shop.destinations`."""

    mail: frozenset[str] = frozenset()
    url: Annotated[str, web_address] = ""
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Raises ImproperlyConfigured for addresses nobody takes, and for a webhook without a secret."""
        _check_addresses(self.mail)
        if self.url and not self.secret:
            raise ImproperlyConfigured("SHOP_ATTENTION_URL needs SHOP_ATTENTION_SECRET: by it the receiver knows us.")
        try:
            signing_secret(self.secret)
        except ValueError as error:
            raise ImproperlyConfigured(f"SHOP_ATTENTION_SECRET: {error}") from None

    @property
    def webhook(self) -> WebhookSettings | None:
        return WebhookSettings(url=self.url, secret=self.secret) if self.url else None

    @property
    def recipients(self) -> list[str]:
        return sorted(self.mail) + (["webhook"] if self.url else [])


def _check_addresses(addresses: frozenset[str]) -> None:
    if len(addresses) > MOST:
        raise ImproperlyConfigured(f"SHOP_ATTENTION_MAIL: at most {MOST} addresses; let a mailing list do the rest.")
    for address in addresses:
        try:
            mail_address(address)
        except ValueError as error:
            raise ImproperlyConfigured(f"SHOP_ATTENTION_MAIL: {error}") from None


def periodic(attention: AttentionSettings, mail: MailSettings) -> dict[str, timedelta]:
    """The workers' task, if anybody is to be told. Raises ImproperlyConfigured if no mail could be sent."""
    if attention.mail and (missing := list(_missing(mail))):
        raise ImproperlyConfigured(f"SHOP_ATTENTION_MAIL needs a mail server: set {', '.join(missing)}.")
    return {TASK: EVERY} if attention.recipients else {}


def _missing(mail: MailSettings) -> Iterator[str]:
    if not mail.host:
        yield "SHOP_MAIL_HOST"
    if not mail.sender:
        yield "SHOP_MAIL_SENDER"
    if mail.user and not mail.password:
        yield "SHOP_MAIL_PASSWORD"
