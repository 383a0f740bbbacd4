"""How one notice leaves: as a mail by the server that customers' mails take, or as a signed webhook."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.utils import timezone

from integrations.http.personal import Person
from integrations.http.redaction import redact
from integrations.mail import client as mail
from integrations.mail.address import read_address
from integrations.webhook import client as webhook
from orders.database import clock
from orders.models import Notice
from orders.steps import Permanent
from shop.staff.attention import wording

WEBHOOK = "webhook"


def of(notice: Notice) -> str:
    return WEBHOOK if notice.to == WEBHOOK else "mail"


def send(notice: Notice) -> str:
    """Returns what the other side said. Raises a StepError."""
    if notice.to not in settings.ATTENTION.recipients:
        raise Permanent("This address is not to be told any more.", next_action="Nothing: it is given up after a day.")
    return _call(notice) if of(notice) == WEBHOOK else _mail(notice)


def _call(notice: Notice) -> str:
    to = settings.ATTENTION.webhook
    status, answer = webhook.post(_id(notice), notice.message, private=Person(), assure=_nothing, now=clock.now, to=to)
    return f"HTTP {status} {answer}"


def _mail(notice: Notice) -> str:
    to = read_address(notice.to)
    guard = mail.Guard(assure=_nothing, begin=_nothing, take_back=_nothing, redacted=_redacted)
    reply = mail.send(letter(notice), to, guard)
    return f"{reply.code} {_redacted(reply.words)}"


def letter(notice: Notice) -> EmailMessage:
    """The same for every try, its Message-ID and date too."""
    sender, to = read_address(settings.MAIL.sender), read_address(notice.to)
    found = EmailMessage(policy=SMTP)
    found["Subject"] = notice.subject
    found["From"] = Address(display_name=settings.SHOP_NAME, username=sender.local, domain=sender.domain)
    found["To"] = Address(username=to.local, domain=to.domain)
    found["Date"] = format_datetime(timezone.localtime(_at(notice)))
    found["Message-ID"] = f"<{_id(notice)}@{settings.MAIL.domain}>"
    found["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday program answers it.
    found.set_content(wording.text(notice.message), cte="quoted-printable")
    return found


def _id(notice: Notice) -> str:
    """With the time: two databases have a first notice each."""
    return f"attention-{notice.pk}-{int(_at(notice).timestamp())}"


def _at(notice: Notice) -> datetime:
    """When it was decided, as the message has it."""
    return datetime.fromisoformat(notice.message["timestamp"])


def _redacted(text: str) -> str:
    return redact(text, mail.secrets(settings.MAIL))


def _nothing() -> None:
    """No claim is to be checked: a notice is held by its lease."""
