"""Places orders over HTTP, as a customer's program would."""

import json
import re
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from integrations.http.address import check_url
from shop.operations.traffic.answer import Answer, Later, NoAnswer, NoDesk, Placed, Refused, problem, read_object
from shop.operations.traffic.made_up import MadeUp

TIMEOUT = 30  # seconds
LARGEST = 100_000  # bytes of an answer that are read
BUSY = (429, 502, 503, 504)
NO_DESK = (404, 405, 501)
LONGEST_WAIT = 300  # seconds


def desk_url(text: str) -> str:
    """An address without what does not belong there. Raises ValueError with a sentence."""
    try:
        check_url(text, scheme="https?", rest=r"(?:/[\w./~-]*)?")
        if urlsplit(text).username is not None:
            raise ValueError
    except ValueError:
        raise ValueError("the desk's address is like http://127.0.0.1:8000") from None
    return text.rstrip("/")


def kept_key(text: str) -> str:
    """The API key in this file: a command line is everybody's to read. Raises ValueError with a sentence."""
    try:
        with Path(text).open(encoding="ascii") as file:
            key = file.read(LARGEST).strip()
    except OSError as error:
        raise ValueError(f"it can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        key = ""
    if not re.fullmatch(r"[!-~]{1,200}", key):
        raise ValueError("a file with an API key in it, and nothing else, is needed")
    return key


class HTTPDesk:
    """A desk at an address, for the client whose API key this is. No proxy and no redirect is trusted."""

    def __init__(self, url: str, api_key: str = "") -> None:
        self.url = url
        self._logon = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._parts = urlsplit(url)

    @property
    def hosts(self) -> list[str]:
        return [self._parts.hostname or ""]

    def place(self, order: MadeUp, key: str) -> Answer:
        """Raises NoDesk or NoAnswer."""
        secure = self._parts.scheme.lower() == "https"
        connection = (HTTPSConnection if secure else HTTPConnection)(
            self._parts.hostname or "", self._parts.port, timeout=TIMEOUT
        )
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Connection": "close"} | self._logon
        try:
            connection.request("POST", f"{self._parts.path}/order", json.dumps(order.body).encode(), headers)
            response = connection.getresponse()
            return self._understood(response, response.read(LARGEST))
        except HTTPException as error:
            raise NoDesk(f"What answers at {self.url} is no order desk ({type(error).__name__}).") from error
        except OSError as error:
            raise NoAnswer(f"Nobody answers at {self.url}: {error.strerror or error}") from error
        finally:
            connection.close()

    def _understood(self, response: HTTPResponse, body: bytes) -> Answer:
        status, details = response.status, read_object(body)
        number = details.get("order_num")
        if status in (200, 201) and isinstance(number, str):
            return Placed(number)
        wait = response.getheader("Retry-After")
        if status in BUSY or (status >= 400 and wait):
            return Later(problem(status, details), seconds(wait))
        if status < 400 or status in NO_DESK:
            there = response.getheader("Location")
            raise NoDesk(
                f"What answers at {self.url} is no order desk ({status}{f', see {there}' if there else ''}). "
                "Name the desk with --url."
            )
        return Refused(problem(status, details))


def seconds(retry_after: str | None) -> float:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), five minutes at most; a date or nothing counts as five seconds."""
    if retry_after and re.fullmatch(r"\d{1,9}", retry_after.strip(), re.ASCII):
        return float(min(int(retry_after), LONGEST_WAIT))
    return 5.0
