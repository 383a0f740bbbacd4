"""Which URLs of broker and database start, and that what kombu or Django would read in another way is refused."""

from urllib.parse import quote

import kombu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.servers import broker_url, database_url

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
PIECE = st.text("ab1:@/?#%;,[]\\ =&ä\n", max_size=8)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "amqp://host",
        "amqps://host:5671//",
        "pyamqp://ann@host/desk",
        "amqp://ann:p%40ss%2Fw%25rd%23%3F%3Bx@host//",
        "amqp://ann:a!b$c,d:e@mq_1.example.com:5672/",
        "amqp://ann:p@[::1]:5672/desk?ssl_ca_certs=/etc/ca.pem&ssl_cert_reqs=CERT_REQUIRED",
        "amqp://a:b@one:5672/desk;amqp://c:d@two:5672/desk",
    ],
)
def test_a_url_of_rabbitmq_is_taken(url: str) -> None:
    broker_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "amqp://ann:p@ss/w%rd#?;x@host//",
        "amqp://ann:p@ss@host//",
        "amqp://ann:12/w@host//",
        "amqp://ann:12?w@host//",
        "amqp://ann:12#w@host//",
        "amqp://ann:12;w@host//",
        "amqp://ann:100%@host//",
        "amqp://ann:%ff@host//",
        "amqp://ann:%00@host//",
        "amqp://ann:a b@host//",
        "amqp://ann:pä@host//",
        "amqp://ann:p\n@host//",
        "amqp://host\n",
        "amqp://a:b@one:5672,amqp://c:d@two:5672//",
        "amqp://a:b@one//,amqp://c:d@two//",
        "amqp://a:b@one/desk,c:d@two/desk",
        "amqp://a:b@one,two//",
        "amqp://a:b@one//;",
        "amqp://a:b@one//;two",
        "amqp://a:b@one//;;amqp://c:d@two//",
        "amqp://host:0//",
        "amqp://host:65536//",
        "amqp://host:port//",
        "amqp://[::g]//",
        "amqp://[1.2.3.4]//",
        "amqp://ann:p@//",
        "amqp://",
        "amqp:host",
        "amqp://host//?password=p",
        "amqp://host/%zz",
        "amqp://host/" + "v" * 256,
        "redis://host",
        "sqla+amqp://host",
    ],
)
def test_what_would_be_read_in_another_way_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a RabbitMQ URL is amqp://user:password@host:5672/vhost, with ; and no comma"):
        broker_url(url)


@given(user=TEXT, password=TEXT, vhost=TEXT)
def test_whatever_is_percent_encoded_arrives(user: str, password: str, vhost: str) -> None:
    url = f"amqp://{quote(user, '')}:{quote(password, '')}@host:5672/{quote(vhost, '')}"
    broker_url(url)
    database_url(url.replace("amqp:", "postgresql:"))
    with kombu.Connection(url) as connection:
        assert (connection.userid, connection.password, connection.virtual_host) == (user, password, vhost)


@given(user=PIECE, password=PIECE, vhost=PIECE)
def test_what_is_taken_is_read_by_kombu_as_it_was_written(user: str, password: str, vhost: str) -> None:
    """No raw character moves the border between password, host and virtual host."""
    try:
        broker_url(f"amqp://u{user}:{password}@host/{vhost}")
    except ValueError:
        return
    with kombu.Connection(f"amqp://u{user}:{password}@host/{vhost}") as connection:
        assert connection.hostname == "host"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://desk:p%40ss@db:5432/desk?sslmode=require",
        "postgres://desk@one,two:5432/desk",
        "postgresql://desk:p%40ss@one:5433,two:5434,[::1]:5435/desk?sslmode=require",
        "postgresql:///desk",
        "postgresql://desk@%2Fvar%2Frun%2Fpostgresql/desk",
        "postgresql://desk:p@[::1]/desk",
        "sqlite:////srv/desk.sqlite3",
        "sqlite://:memory:",
    ],
)
def test_a_url_of_a_database_is_taken(url: str) -> None:
    database_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "my database",
        "postgresql://desk:p@ss@db/desk",
        "postgresql://desk:12/w@db/desk",
        "postgresql://desk:12?w@db/desk",
        "postgresql://desk:12#w@db/desk",
        "postgresql://desk:100%@db/desk",
        "postgresql://desk:p@db/desk#x",
        "postgresql://desk:p@db:port/desk",
        "postgresql://desk:p@one:5433,two:port/desk",
        "postgresql://desk:p@one:5433,/desk",
        "postgresql://desk:p@db/desk/more",
        "postgresql://a:b@one/desk,postgresql://c:d@two/desk",
    ],
)
def test_a_malformed_url_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="a database URL is postgresql://user:password@host:5432/name"):
        database_url(url)
