"""The URLs that broker, database and desk may have; `shop/settings.py` asks. See integrations/http/address.py."""

import re
from urllib.parse import unquote, urlsplit

from integrations.http.address import HOST, NAME, PORT, check_url

# What kombu takes from a URL's query: https://docs.celeryq.dev/projects/kombu/en/stable/userguide/connections.html
BROKER_OPTION = r"(?:ssl_\w+|login_method)=[^&;@#,\s]*"
BROKER_REST = rf"(?:/(?:{NAME}|/))?(?:\?{BROKER_OPTION}(?:&{BROKER_OPTION})*)?"
# A folder with a socket in it, or several hosts: https://www.postgresql.org/docs/current/libpq-connect.html
DATABASE_HOST = rf"(?:(?:{HOST})(?::{PORT})?,)*(?:{HOST})|(?:%2[Ff][A-Za-z0-9._%-]*)?"
DATABASE_REST = rf"(?:/{NAME})?(?:\?[^@#\s]*)?"
LONGEST_NAME = 255  # bytes of a virtual host: a short string of AMQP 0-9-1


def broker_url(url: str) -> None:
    """Raises ValueError unless it is RabbitMQ's URL, or several with `;` between them: the nodes of a cluster."""
    for node in url.split(";") if url else ():
        try:
            check_url(node, scheme="amqps?|pyamqp", rest=BROKER_REST)
            if len(unquote(urlsplit(node).path[1:]).encode()) > LONGEST_NAME:
                raise ValueError(f"a virtual host has {LONGEST_NAME} bytes at most.")
        except ValueError as error:
            raise ValueError(
                f"a RabbitMQ URL is amqp://user:password@host:5672/vhost, with ; and no comma between several; {error}"
            ) from None


def database_url(url: str) -> None:
    """Raises ValueError unless it is empty, PostgreSQL's URL, or SQLite's."""
    if not url or re.fullmatch(r"sqlite:[^@#\s]*", url):
        return
    try:
        check_url(url, scheme=r"[a-z][a-z0-9+.-]*", host=DATABASE_HOST, rest=DATABASE_REST)
    except ValueError as error:
        raise ValueError(f"a database URL is postgresql://user:password@host:5432/name; {error}") from None


def public_url(url: str) -> None:
    """Raises ValueError unless it is empty, or where customers reach the desk over HTTP."""
    if url and not re.fullmatch(rf"https?://(?:{HOST}|[\w.-]+)(?::{PORT})?(/[^\s?#]*)?", url):
        raise ValueError("it begins with http:// or https:// and a host, for example https://desk.example.com.")


def hosts(given: list[str]) -> None:
    """Raises ValueError unless they are what Django compares a request's Host header with, without its port."""
    if not given or not all(re.fullmatch(rf"\*|\.?(?:{HOST})", host) for host in given):
        raise ValueError(
            "names of hosts with commas between them, without https://, port and path: desk.example.com, for example."
        )


def origins(given: list[str], before: str = "") -> None:
    if not all(re.fullmatch(rf"https?://{before}(?:{HOST})(?::{PORT})?", origin) for origin in given):
        raise ValueError("an origin has a scheme and no path, for example https://desk.example.com.")


def trusted_origins(given: list[str]) -> None:
    """As Django takes them: https://*.example.com is all below example.com."""
    origins(given, before=r"(?:\*\.)?")
