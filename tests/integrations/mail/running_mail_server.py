"""A mail server for a desk whose processes run beside the test: with the variables that lead to it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import trustme

from tests.integrations.mail.mail_server import PASSWORD, USER, MailServer

# Orders get an address as they are saved: a customer's without the front end.
ADDRESSES = (
    "CREATE FUNCTION has_email() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN NEW.email := 'helgi@example.com'; RETURN NEW; END $$;"
    " CREATE TRIGGER has_email BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION has_email()"
)
NO_ADDRESSES = "DROP TRIGGER IF EXISTS has_email ON orders_order; DROP FUNCTION IF EXISTS has_email"


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
