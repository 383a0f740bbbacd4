"""Sends one mail, once; says exactly what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from django.conf import settings

from integrations.http.redaction import redact
from integrations.mail import errors
from integrations.mail.address import MailAddress
from integrations.mail.replies import Broken, Lacking, Refused, Reply
from integrations.mail.server import Server
from integrations.mail.settings import MailSettings

ENDS = (Broken, Refused, Lacking)


@dataclass(frozen=True)
class Guard:
    """What is asked on the way: `assure` right before DATA, `begin` right before the mail's end, when only that is
    missing; `take_back` when certainly nothing was delivered all the same. `redacted` takes out what tells of people.
    """

    assure: Callable[[], None]
    begin: Callable[[], None]
    take_back: Callable[[], None]
    redacted: Callable[[str], str]


def send(mail: EmailMessage, to: MailAddress, guard: Guard) -> Reply:
    """Returns the server's reply that it has the mail. Raises a StepError: `integrations.mail.errors` says which."""
    config: MailSettings = settings.MAIL
    data = mail.as_bytes()
    begun: list[bool] = []

    def begin() -> None:
        guard.begin()
        begun.append(True)

    try:
        with Server(config) as server:
            server.open()
            server.address(config.sender, to, len(data))
            guard.assure()
            return server.hand_over(data, before_end=begin)
    except ENDS as error:
        failed = errors.failure(error, guard.redacted)
        if begun and not isinstance(error, errors.NoAnswer):
            guard.take_back()
        raise failed from error


def try_connection() -> str:
    """Logs on and sends no mail."""
    config: MailSettings = settings.MAIL

    def redacted(text: Any) -> str:
        return redact(text, secrets(config))

    try:
        with Server(config) as server:
            server.open()
            server.noop()
    except ENDS as error:
        raise errors.failure(error, redacted) from error
    logon = f"accepts our logon as {config.user}" if config.user else "answers, and wants no logon"
    return f"{logon} ({config.host}:{config.port}, {config.security})"


def secrets(config: MailSettings) -> list[str]:
    return [config.password] if config.password else []
