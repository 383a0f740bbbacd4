"""A mail server for a desk whose processes run beside the test: with the variables that lead to it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import trustme

from tests.integrations.mail.mail_server import PASSWORD, USER, MailServer


@contextmanager
def running(folder: Path, steps: str) -> Iterator[tuple[MailServer, Mapping[str, str]]]:
    """The server, and a desk's variables: `steps` and mail are on, by TLS."""
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.cert_pem.write_to_path(str(ca_file := folder / "mail-ca.pem"))
    authority.issue_cert("localhost").configure_cert(tls)
    server = MailServer(tls=tls)
    try:
        yield (
            server,
            {
                "SHOP_ORDER_STEPS": f"{steps},mail",
                "SHOP_MAIL_HOST": "localhost",
                "SHOP_MAIL_PORT": str(server.port),
                "SHOP_MAIL_CA_FILE": str(ca_file),
                "SHOP_MAIL_USER": USER,
                "SHOP_MAIL_PASSWORD": PASSWORD,
                "SHOP_MAIL_SENDER": "orders@shop.example",
            },
        )
    finally:
        server.close()
