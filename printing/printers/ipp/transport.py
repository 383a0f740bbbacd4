"""IPP over HTTP, keeping apart what must never be mixed up: "certainly not printed" and "sent, no answer"."""

import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings

from orders.steps import CONNECT_SECONDS, LARGEST_ANSWER, READ_SECONDS, BoundedResponse, NotYet, UnknownOutcome
from printing.printers.ipp import message

PORT = 631
WRITTEN = "%:/?#[]@!$&'()*+,;="  # in an address as they are: RFC 3986, 2.2, and what is encoded already


@dataclass(frozen=True)
class Address:
    """Where a queue is: `ipp://host[:port]/path`, or `ipps://` for TLS. RFC 8010 section 4, RFC 7472."""

    url: str

    @property
    def secure(self) -> bool:
        return urlsplit(self.url).scheme == "ipps"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or PORT

    @property
    def path(self) -> str:
        return quote(urlsplit(self.url).path, safe=WRITTEN) or "/"

    @property
    def uri(self) -> str:
        """As IPP has it: of a queue that is called `Büro`, percent-encoded (RFC 3987, 3.1)."""
        return quote(self.url, safe=WRITTEN)

    def connection(self) -> http.client.HTTPConnection:
        """Not connected yet. What it answers is bounded as a whole: see `orders.steps.bounds`."""
        connection: http.client.HTTPConnection
        if self.secure:
            trust = ssl.create_default_context(cafile=settings.PRINTER.ca_file)
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=CONNECT_SECONDS, context=trust)
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=CONNECT_SECONDS)
        connection.response_class = BoundedResponse
        return connection


def ask(
    address: Address, request: bytes, *, reply_timeout: float = READ_SECONDS, assure: Callable[[], None] | None = None
) -> message.Reply:
    """Sends one request and returns the reply, whatever its IPP status. `reply_timeout`: seconds without a byte.

    `assure` is called when all but the request is done; what it raises gets through, and nothing was sent then.

    Raises NotYet if the request certainly was not worked on (no connection, or refused by HTTP), UnknownOutcome if it
    was sent, even in part, and no readable answer came.
    """
    connection = address.connection()
    try:
        _connect(connection, address)
        assert connection.sock is not None  # noqa: S101 - it is connected
        connection.sock.settimeout(reply_timeout)
        if assure:
            assure()
        try:
            connection.request("POST", address.path, request, {"Content-Type": "application/ipp"})
            with connection.getresponse() as response:
                status, body = response.status, response.read(LARGEST_ANSWER)
                if response.length:  # `read` with a size returns a body that was cut short, and says nothing.
                    raise http.client.IncompleteRead(body, response.length)
        except (OSError, http.client.HTTPException) as error:
            reason = "The printer took the slip but did not answer." if assure else "The printer did not answer."
            raise UnknownOutcome(reason, code=type(error).__name__, answer=str(error)[:500]) from error
    finally:
        connection.close()
    return _read(address, status, body)


def _connect(connection: http.client.HTTPConnection, address: Address) -> None:
    """TCP, and TLS with it. Nothing of the request leaves before, so an error means: certainly not printed."""
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        reason = f"The printer at {address.host} shows a certificate that is not trusted (SHOP_PRINTER_CA_FILE)."
        raise NotYet(reason, code="certificate", answer=error.verify_message) from error
    except OSError as error:
        reason = f"The printer at {address.host}:{address.port} can't be reached: is it switched on and connected?"
        raise NotYet(reason, code=type(error).__name__, answer=str(error)[:500]) from error


# What a web server that refuses wants, by its HTTP status. cupsd answers 400 to a name that it does not know as its
# own, and 426 to a connection without TLS where `Encryption Required` asks for it (cupsd.conf(5)).
CURES = {
    400: "It may not know itself as {host}: add `ServerAlias {host}` to cupsd.conf, or write its own name.",
    401: "It wants a logon that the order desk does not have: allow this machine without `AuthType`.",
    403: "It lets this machine do nothing: allow it (cupsd.conf: `Listen` or `Port`, and `Allow` in `<Location />`).",
    404: "It has nothing at {path}: CUPS has /printers/NAME, most printers have /ipp/print.",
    413: "The document is too large for it: raise `LimitRequestBody` in cupsd.conf.",
    **dict.fromkeys(
        (301, 302, 307, 308), "It sends requests elsewhere. If that is https, write {secure} as its address."
    ),
    426: "It takes connections with TLS alone: write {secure} as the printer's address.",
}


def _refused(address: Address, status: int) -> NotYet:
    secure = "ipps:" + address.url.partition(":")[2]
    cure = CURES.get(status, "").format(host=address.host, path=address.path, secure=secure)
    reason = f"The printer's web server refused the request (HTTP {status}). {cure}".rstrip()
    return NotYet(reason, code=f"HTTP {status}")


def _read(address: Address, status: int, body: bytes) -> message.Reply:
    if 300 <= status < 500:
        raise _refused(address, status)
    if status != http.client.OK:
        raise UnknownOutcome(f"The printer's web server failed (HTTP {status}).", code=f"HTTP {status}")
    try:
        return message.decode(body)
    except message.Malformed as error:
        raise UnknownOutcome("The printer's answer can't be read.", code="malformed", answer=str(error)) from error
