"""A real SMTP server (aiosmtpd) that keeps what it takes, and refuses, hangs or breaks off at any stage.

`faults` says what it does at a stage instead: "hang", "drop", "drip" (a reply without end), or a reply of its own. The
stages are `connect`, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA and `end`: there it has the whole mail, and can be
"slow" to say so. `take_first`: it keeps the mail before that.
"""

import asyncio
import logging
import ssl
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

STAGES = ("connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "end")
logging.getLogger("mail.log").setLevel(logging.ERROR)  # It warns of what it does itself.
USER, PASSWORD = "desk", "geheim-7 ß"


@dataclass
class Mail:
    """One that was taken, with its envelope."""

    sender: str
    to: list[str]
    options: list[str]
    content: bytes

    @property
    def read(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """Listens on 127.0.0.1 until it is closed. `seen`: the stages it was asked at, of all connections."""

    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    utf8: bool = True
    logon: bool = True
    limit: int = 33_554_432
    faults: dict[str, str] = field(default_factory=dict)
    take_first: bool = False
    mails: list[Mail] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        tls = self.tls if self.tls_at_once else None
        listening = self._loop.create_server(self._talk, "127.0.0.1", self.port, ssl=tls)
        self._server = self._run(listening)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _talk(self) -> "Talk":
        return Talk(
            self,
            enable_SMTPUTF8=self.utf8,
            data_size_limit=self.limit,
            hostname="mail.test",
            tls_context=None if self.tls_at_once else self.tls,
            auth_require_tls=False,
            auth_exclude_mechanism=() if self.logon else ("LOGIN", "PLAIN"),
            authenticator=_authenticate,
            loop=self._loop,
        )

    async def handle_DATA(self, talk: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        assert isinstance(talk, Talk)
        mail = Mail(str(envelope.mail_from), list(map(str, envelope.rcpt_tos)), list(envelope.mail_options), content)
        if self.take_first:
            self.mails.append(mail)
        self.seen.append("end")
        fault = self.faults.get("end", "")
        if fault == "slow":
            await asyncio.sleep(1)
            fault = ""
        if fault and not fault[0].isdigit():
            await talk.misbehave(fault)
        if not fault and not self.take_first:
            self.mails.append(mail)
        return fault or "250 2.0.0 OK: queued as 4F1A2"


class Talk(SMTP):
    """One connection."""

    def __init__(self, server: MailServer, **options: Any) -> None:
        super().__init__(server, **options)
        self.box = server

    async def misbehave(self, fault: str) -> None:
        if fault == "hang":
            await asyncio.sleep(600)
        if fault == "drop":
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.abort()
        while fault == "drip":
            await self.push("220-more")
            await asyncio.sleep(0.1)
        await asyncio.sleep(600)

    async def _instead(self, stage: str) -> bool:
        self.box.seen.append(stage)
        fault = self.box.faults.get(stage, "")
        if fault and not fault[0].isdigit():
            await self.misbehave(fault)
        elif fault:
            await self.push(fault)
        return bool(fault)

    async def _handle_client(self) -> None:
        if not await self._instead("connect"):
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._instead("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._instead("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._instead("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._instead("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._instead("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._instead("DATA"):
            await super().smtp_DATA(arg)


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)
