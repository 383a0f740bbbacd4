"""What a mail server's refusals and silences mean for a step, and who must act.

Codes: RFC 5321, 4.2. The enhanced ones (5.1.1) say what they are about: RFC 3463.
"""

import re
import socket
import ssl
from collections.abc import Callable

from integrations.mail.replies import Broken, Lacking, NoAnswer, Refused, Reply
from orders.steps import LogonRefused, NotYet, Permanent, StepError, Temporary, Unknowable

SAID = 250  # characters of the server's words in a reason
ENHANCED = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})\b")
LOGON = {530, 534, 535, 538}  # RFC 4954: without a logon, with a weak one, with a wrong one, without TLS
REACH = "Reach the customer in another way, then mark the step as done."
DECIDE = (
    "The customer may have this mail, or not. If the mail server's log shows its Message-ID (the step's reference), "
    "mark the step as done; otherwise send it again: at worst the customer gets it twice."
)

Redact = Callable[[str], str]


def failure(error: Exception, redacted: Redact) -> StepError:
    """The typed error for whatever ended the talk. `redacted` takes out what tells of the customer."""
    if isinstance(error, Refused):
        return _refusal(error.reply, redacted)
    if isinstance(error, Lacking):
        return LACKING[error.what]()
    if isinstance(error, NoAnswer):
        return unknown("The mail was sent, but the mail server did not say whether it took it.", error)
    if isinstance(error, Broken):
        return _unreached(error, redacted)
    raise error


def unknown(reason: str, error: Broken | None = None) -> Unknowable:
    """Nobody can be asked: a person decides."""
    code = type(error.cause).__name__ if error else "lost"
    failed = Unknowable(reason, next_action=DECIDE, code=code)
    failed.of_one = error is None  # The server was not asked now.
    return failed


def _unreached(error: Broken, redacted: Redact) -> Temporary:
    kind, cause = type(error.cause).__name__, error.cause
    answer = redacted(f"{error.stage}: {cause}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = (
            "The mail server's certificate could not be verified; is it expired, or signed by an authority of your own?"
        )
        return LogonRefused(reason, code="TLS", answer=answer)
    if isinstance(cause, ssl.SSLError):
        reason = "The mail server speaks no TLS here: check SHOP_MAIL_PORT and SHOP_MAIL_SECURITY."
        return LogonRefused(reason, code="TLS", answer=answer)
    if isinstance(cause, socket.gaierror):
        return Temporary("The mail server's name is not known: check SHOP_MAIL_HOST.", code=kind, answer=answer)
    if error.stage == "connect":
        return Temporary("The mail server can't be reached.", code=kind, answer=answer)
    return Temporary(
        f"The mail server broke off or was silent at {error.stage}; nothing was sent.", code=kind, answer=answer
    )


def _refusal(reply: Reply, redacted: Redact) -> StepError:
    words = " ".join(redacted(reply.words).split())
    answer, said = f"{reply.stage}: {reply.code} {words}", words[:SAID] or str(reply.code)
    code = f"SMTP {reply.code}"
    if reply.code in LOGON or (reply.stage == "AUTH" and reply.code >= 500):
        return LogonRefused(f"The mail server refused our logon ({said}).", code=code, answer=answer)
    if reply.code < 500:
        return _not_now(reply, said, code=code, answer=answer)
    if reply.stage == "RCPT":
        return _no_recipient(reply, said, code=code, answer=answer)
    if reply.stage in ("DATA", "end"):
        next_action = "See what it objects to, and have it mended there or in the settings; then send it again."
        return Permanent(f"The mail server refused the mail: {said}", next_action=next_action, code=code, answer=answer)
    if reply.stage == "MAIL" and reply.code == 552:
        return LACKING["SIZE"]()
    if reply.stage == "MAIL":
        reason = f"The mail server does not let us send as SHOP_MAIL_SENDER: {said}"
        return LogonRefused(reason, code=code, answer=answer)
    return LogonRefused(f"The mail server does not want to talk to us: {said}", code=code, answer=answer)


def _not_now(reply: Reply, said: str, *, code: str, answer: str) -> Temporary:
    """A mailbox that is busy, or a stranger's greylist, is the matter of one address; all else is the server's."""
    subject = _subject(reply)
    if reply.stage == "RCPT" and reply.code != 421 and subject not in ("3", "4"):
        return NotYet(f"The mail server does not take mail for this address just now: {said}", code=code, answer=answer)
    return Temporary(f"The mail server is busy: {said}", code=code, answer=answer)


def _no_recipient(reply: Reply, said: str, *, code: str, answer: str) -> StepError:
    enhanced = ENHANCED.search(reply.words)
    subject, detail = enhanced.groups() if enhanced else ("", "")
    if (subject, detail) == ("7", "1") and "relay" in reply.words.lower():
        reason = f"The mail server sends nothing to other places for us: {said}"
        return LogonRefused(reason, code=code, answer=answer)
    if (subject, detail) == ("2", "2") or (reply.code == 552 and not enhanced):
        reason, next_action = "The customer's mailbox is full", f"Send it again some days later. Or: {REACH}"
    elif subject == "7":
        reason = "The mail server refuses to send to this address, for reasons of its own"
        next_action = f"Ask whoever looks after the mail server. Or: {REACH}"
    elif subject in ("1", "2", "") and reply.code in (550, 551, 553):
        reason, next_action = "The mail server says that the address does not exist", REACH
    else:
        reason, next_action = "The mail server does not take this address", REACH
    return Permanent(f"{reason}: {said}", next_action=next_action, code=code, answer=answer)


def _subject(reply: Reply) -> str:
    enhanced = ENHANCED.search(reply.words)
    return enhanced.group(1) if enhanced else ""


def malformed() -> Permanent:
    return Permanent("The order's e-mail address is none.", next_action=REACH, code="address")


def _no_tls() -> LogonRefused:
    reason = "The mail server offers no STARTTLS: check SHOP_MAIL_PORT and SHOP_MAIL_SECURITY. Nothing was sent to it."
    return LogonRefused(reason, code="STARTTLS")


def _no_logon() -> LogonRefused:
    reason = "The mail server offers no logon by a password (AUTH PLAIN or LOGIN): check SHOP_MAIL_PORT."
    return LogonRefused(reason, code="AUTH")


def _no_utf8() -> Permanent:
    reason = "The mail server can't send to addresses with letters beyond ASCII before the @ (no SMTPUTF8)."
    return Permanent(reason, next_action=REACH, code="SMTPUTF8")


def _too_large() -> Permanent:
    return Permanent("The mail is larger than the mail server takes.", next_action=REACH, code="SIZE")


LACKING: dict[str, Callable[[], StepError]] = {
    "STARTTLS": _no_tls,
    "AUTH": _no_logon,
    "SMTPUTF8": _no_utf8,
    "SIZE": _too_large,
}
