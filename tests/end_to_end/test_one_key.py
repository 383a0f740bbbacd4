"""Many requests with one Idempotency-Key at the same moment, as they come from a client that lost its patience."""

import json
import socket
import threading
from collections import Counter

import psycopg2

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TUTORIAL, TestDesk

KEY = "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11"
BODY = json.dumps(TUTORIAL).encode()


def request(*headers: str) -> bytes:
    lines = [
        "POST /order HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
    ]
    return "\r\n".join([*lines, *headers, "Connection: close", "", ""]).encode() + BODY


def ask(desk: TestDesk, text: bytes, start: threading.Barrier | None = None) -> tuple[int, dict[str, object]]:
    host, port = desk.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        if start:
            start.wait(60)
        connection.sendall(text)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(answer[9:12]), json.loads(answer.partition(b"\r\n\r\n")[2])


def test_200_requests_with_one_key_at_once_are_one_order(open_desk: OpenDesk, database_url: str) -> None:
    desk = open_desk({"SHOP_DATABASE_URL": database_url})
    start = threading.Barrier(200)
    answers: list[tuple[int, dict[str, object]]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(desk, request(f"Idempotency-Key: {KEY}"), start)))
        for _ in range(200)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = Counter(status for status, _ in answers)
    assert sum(statuses.values()) == 200
    assert set(statuses) <= {201, 409}, statuses
    assert len({str(answer["order_num"]) for status, answer in answers if status == 201}) == 1
    assert placed(database_url) == 1


def placed(database_url: str) -> int:
    connection = psycopg2.connect(database_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order")
        (count,) = cursor.fetchone()
    connection.close()
    return int(count)


def test_two_headers_are_refused_by_the_real_web_server_too(open_desk: OpenDesk, database_url: str) -> None:
    desk = open_desk({"SHOP_DATABASE_URL": database_url})
    for other in (KEY, "", KEY.replace("1", "2")):
        status, answer = ask(desk, request(f"Idempotency-Key: {KEY}", f"Idempotency-Key: {other}"))
        assert (status, "comma" in str(answer["detail"])) == (400, True), answer
    assert placed(database_url) == 0
