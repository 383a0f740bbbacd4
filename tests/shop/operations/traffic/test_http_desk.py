import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from shop.operations.traffic.answer import Later, NoAnswer, NoDesk, Placed, Refused
from shop.operations.traffic.http_desk import HTTPDesk, desk_url, kept_key, seconds
from shop.operations.traffic.made_up import MadeUp
from shop.quickstart.ports import free_port

ORDER = MadeUp("Ada", [(2, "Mug"), (2, "Mug")])


@contextmanager
def answering(
    status: int, body: bytes = b"", api_key: str = "", **headers: str
) -> Iterator[tuple[HTTPDesk, list[Any]]]:
    """A server that answers always the same, and what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))), self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield HTTPDesk(f"http://127.0.0.1:{server.server_port}/shop", api_key), asked
    finally:
        server.shutdown()
        server.server_close()


def test_an_order_is_sent_as_the_tutorial_has_it_whatever_proxy_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with answering(201, b'{"order_num": "7K3M-Q9TX-2BDF"}') as (desk, asked):
        assert desk.place(ORDER, "key-1") == Placed("7K3M-Q9TX-2BDF")
    ((path, body, headers),) = asked
    assert (path, body) == ("/shop/order", {"customer_name": "Ada", "products_ids": [2, 2]})
    assert headers["Idempotency-Key"] == "key-1"
    assert "Authorization" not in headers


def test_an_order_is_a_clients_by_its_key() -> None:
    with answering(201, b'{"order_num": "7K3M-Q9TX-2BDF"}', "desk_1f_x") as (desk, asked):
        desk.place(ORDER, "key-1")
    assert asked[0][2]["Authorization"] == "Bearer desk_1f_x"


def test_a_key_is_read_from_a_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("desk_1f0c_secret\n")
    assert kept_key(str(file)) == "desk_1f0c_secret"
    for content in (b"", b"two keys", b"line\r\nX-Header: 1", "schlüssel".encode(), b"\xff", b"k" * 300):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"^a file with an API key in it, and nothing else, is needed$"):
            kept_key(str(file))
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(ValueError, match="can't be read"):
            kept_key(str(path))


@pytest.mark.parametrize("status", [429, 502, 503, 504, 409])
def test_a_desk_that_is_busy_is_asked_again_when_it_says(status: int) -> None:
    with answering(status, b'{"detail": "Not now."}', Retry_After="7") as (desk, _):
        assert desk.place(ORDER, "k") == Later(f"{status} Not now.", 7)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"detail": "See.", "errors": [{"pointer": "#/note", "detail": "Too\\nlong."}]}', "400 #/note: Too long."),
        (b'{"detail": "No."}', "400 No."),
        (b'{"title": "Bad", "errors": ["x"]}', "400 Bad"),
        (b"<html>", "400"),
        (b"[" * 50_000, "400"),
        (b"\xff", "400"),
    ],
)
def test_a_refusal_is_one_line_whatever_its_body(body: bytes, words: str) -> None:
    with answering(400, body) as (desk, _):
        assert desk.place(ORDER, "k") == Refused(words)


@pytest.mark.parametrize("status", [200, 201, 204, 301, 307, 404, 405, 501])
def test_what_is_no_desk_is_told_so_and_no_redirect_followed(status: int) -> None:
    with answering(status, Location="http://example.com/") as (desk, asked):
        with pytest.raises(NoDesk, match=f"no order desk .{status}, see http://example.com/"):
            desk.place(ORDER, "k")
        assert len(asked) == 1


def test_nobody_there_may_be_asked_again() -> None:
    with pytest.raises(NoAnswer, match="Connection refused"):
        HTTPDesk(f"http://127.0.0.1:{free_port()}").place(ORDER, "k")


@pytest.mark.parametrize(
    ("header", "wait"), [("7", 7), (" 7 ", 7), ("0", 0), ("999999", 300), (None, 5), ("Fri, 27 Nov 2026", 5), ("-1", 5)]
)
def test_how_long_a_desk_asks_to_wait(header: str | None, wait: float) -> None:
    assert seconds(header) == wait


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1:8000", "ftp://x", "http://", "http://a b", "http://u:p@x", "http://x:99999", "http://x/?q", "//x"],
)
def test_what_is_no_address_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="is like http://127") as caught:
        desk_url(text)
    assert "u:p" not in str(caught.value)


def test_an_address_may_have_a_path() -> None:
    assert desk_url("http://[::1]:8000/shop/") == "http://[::1]:8000/shop"
