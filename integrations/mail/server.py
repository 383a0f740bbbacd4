"""A talk with the mail server: each reply as it comes, and how far it had got when it broke.

Python's smtplib does the protocol (RFC 5321). Here are its bounds in time, and the end of DATA apart: up to the last
full stop nothing is delivered (RFC 5321, 4.1.1.4), behind it only the server's reply can tell.
"""

import io
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from integrations.mail.address import MailAddress
from integrations.mail.replies import Broken, Lacking, NoAnswer, Refused, Reply
from integrations.mail.settings import MailSettings
from orders.steps import CONNECT_SECONDS, BoundedStream

TALK_SECONDS = 8  # for all replies up to DATA; with STARTTLS as much before it as behind it
# The last reply may take ten minutes (RFC 5321, 4.5.3.2.6: the server looks for viruses). A step has one minute.
END_SECONDS = 25
PIECE = 16_384  # bytes
END = b".\r\n"
LONGEST = 4000  # bytes of a reply that are read: an attempt keeps no more characters
LOGONS = ("PLAIN", "LOGIN")


class Server(smtplib.SMTP):
    """One connection, for one mail. As a context: it says QUIT and closes at the end."""

    def __init__(self, config: MailSettings) -> None:
        super().__init__(local_hostname=config.domain, timeout=CONNECT_SECONDS)
        self.config = config
        self._host = config.host  # For STARTTLS: whose certificate it must be.
        self._tls = ssl.create_default_context(cafile=config.ca_file)
        self._bounds: BoundedStream | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.sock:
            with suppress(smtplib.SMTPException, OSError):
                self.putcmd("QUIT")
        self.close()

    def open(self) -> None:
        """Connects, with TLS as the settings say, and logs on. Raises Broken, Refused or Lacking."""
        self._expect(220, self._ask("connect", lambda: self.connect(self.config.host, self.config.port)))
        self._hello()
        if self.config.security == "starttls":
            if not self.has_extn("starttls"):
                raise Lacking("STARTTLS")
            self._expect(220, self._ask("STARTTLS", lambda: self.starttls(context=self._tls)))
            self._hello()
        if self.config.user:
            self._log_on()

    def noop(self) -> tuple[int, bytes]:
        """Raises Broken or Refused."""
        reply = self._expect(250, self._ask("NOOP", lambda: self.docmd("NOOP")))
        return reply.code, reply.words.encode()

    def address(self, sender: str, to: MailAddress, size: int) -> None:
        """Says whose mail it is, for whom, and how large in bytes. Raises Broken, Refused or Lacking."""
        options = ""
        if self.has_extn("size"):
            limit = self.esmtp_features["size"]
            if limit.isdecimal() and 0 < int(limit) < size:
                raise Lacking("SIZE")
            options += f" SIZE={size}"
        if to.needs_utf8:
            if not self.has_extn("smtputf8"):
                raise Lacking("SMTPUTF8")
            self.command_encoding = "utf-8"
            options += " SMTPUTF8"
        self._expect(250, self._ask("MAIL", lambda: self.docmd(f"MAIL FROM:<{sender}>{options}")))
        reply = self._ask("RCPT", lambda: self.docmd(f"RCPT TO:<{to}>"))
        if reply.code != 251:  # It forwards the mail.
            self._expect(250, reply)

    def hand_over(self, mail: bytes, *, before_end: Callable[[], None]) -> Reply:
        """Sends the mail, in lines as SMTP has them; `before_end` is called when only the last full stop is missing.

        Returns the reply that proves that the server has it. Raises Broken or Refused: certainly not delivered;
        NoAnswer: it may be.
        """
        self._expect(354, self._ask("DATA", lambda: self.docmd("DATA")))
        body = mail.replace(b"\r\n.", b"\r\n..")
        for start in range(0, len(body), PIECE):
            self._send("mail", body[start : start + PIECE])
        before_end()
        self._send("end", END)  # What can't be sent has not ended: a part of a TLS record can't be read.
        try:
            return self._expect(250, self._last_reply())
        except Broken as error:
            raise NoAnswer("end", error.cause) from error

    def getreply(self) -> tuple[int, bytes]:
        """smtplib's, within TALK_SECONDS. It opens `file` for the first reply, and anew behind STARTTLS.

        Of a line that is too long it would make a 500, though the server may have said yes (RFC 5321, 4.5.3.1.5).
        """
        if self.file is None and self.sock is not None:
            self.sock.settimeout(TALK_SECONDS)
            raw = self.sock.makefile("rb", buffering=0)
            self._bounds = BoundedStream(raw, self.sock, seconds=TALK_SECONDS)
            self.file = io.BufferedReader(self._bounds)
        try:
            return super().getreply()
        except smtplib.SMTPResponseException as error:
            raise smtplib.SMTPServerDisconnected(f"a line of what it said is too long ({error.smtp_code})") from error

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        sock = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self._tls.wrap_socket(sock, server_hostname=host) if self.config.security == "tls" else sock

    def _hello(self) -> None:
        self._expect(250, self._ask("EHLO", self.ehlo))

    def _log_on(self) -> None:
        """By one way, once: a logon that is refused again and again may lock the user. In UTF-8 (RFC 4616)."""
        way = next((way for way in LOGONS if way in self.esmtp_features.get("auth", "").upper().split()), "")
        if not way:
            raise Lacking("AUTH")
        user, password = self.config.user, self.config.password
        if way == "PLAIN":
            steps = [f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"]
        else:
            steps = ["AUTH LOGIN", _base64(user), _base64(password)]
        for step in steps[:-1]:
            self._expect(334, self._ask("AUTH", lambda step=step: self.docmd(step)))  # type: ignore[misc]
        self._expect(235, self._ask("AUTH", lambda: self.docmd(steps[-1])))

    def _send(self, stage: str, data: bytes) -> None:
        try:
            self.send(data)
        except (smtplib.SMTPException, OSError) as error:
            raise Broken(stage, error) from error

    def _last_reply(self) -> Reply:
        assert self._bounds  # noqa: S101 - DATA had a reply.
        self._bounds.extend(END_SECONDS)
        return self._ask("end", self.getreply)

    def _ask(self, stage: str, talk: Callable[[], tuple[int, bytes]]) -> Reply:
        try:
            code, words = talk()
        except smtplib.SMTPResponseException as error:
            code, words = error.smtp_code, _bytes(error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            raise Broken(stage, error.__context__ if isinstance(error.__context__, OSError) else error) from error
        return Reply(stage, code, words[:LONGEST].decode(errors="replace"))

    def _expect(self, code: int, reply: Reply) -> Reply:
        """Raises Refused unless the reply has this code; Broken if it is none at all."""
        if reply.code == code:
            return reply
        if not 400 <= reply.code < 600:
            raise Broken(reply.stage, ValueError("what the server said is no reply of a mail server"))
        raise Refused(reply)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
