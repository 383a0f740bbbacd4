import json
import socket
import threading
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from integrations.sandbox.environment import environment
from integrations.sandbox.exchange import Reply, Request
from integrations.sandbox.server import Server
from orders.models import Product, Step
from orders.placing import place_order
from orders.steps import claim_step


class RunningSandbox:
    """A sandbox in a thread, and what a test wants to know of it."""

    def __init__(self, data_dir):
        self.server = Server(data_dir)
        self.url = self.server.url
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read().decode()

    def json(self, path):
        return json.loads(self.get(path))

    def fail(self, destination, kind="", **more):
        body = json.dumps({"destination": destination, "kind": kind, **more}).encode()
        request = urllib.request.Request(self.url + "/sandbox/fail", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def sales_orders(self):
        return self.json("/sandbox/orders.json")["orders"]

    def close(self):
        self.server.sandbox.faults.clear()
        self.server.shutdown()
        self.server.server_close()
        self.server.sandbox.ledger.close()


@pytest.fixture
def sandbox(tmp_path, settings):
    """A sandbox the settings point at."""
    running = RunningSandbox(tmp_path / "sandbox")
    variables = environment(running.url)
    settings.SAP_URL = variables["SHOP_SAP_URL"]
    settings.SAP_USER = variables["SHOP_SAP_USER"]
    settings.SAP_PASSWORD = variables["SHOP_SAP_PASSWORD"]
    settings.SAP_CLIENT = variables["SHOP_SAP_CLIENT"]
    settings.SAP_SOLD_TO = variables["SHOP_SAP_SOLD_TO"]
    settings.MARKETING_URL = variables["SHOP_MARKETING_URL"]
    settings.MARKETING_WRITE_KEY = variables["SHOP_MARKETING_WRITE_KEY"]
    yield running
    running.close()


@pytest.fixture
def products(db):
    return [
        Product.objects.create(sku="MUG", name="Mug", price="19.90", sap_material="TG11", bin_location="A-01-1"),
        Product.objects.create(sku="LAMP", name="Lamp “O'Neill”", price="45.00", sap_material="TG12"),
    ]


@pytest.fixture
def order(products):
    return place_order(customer_name="Helgi Möller", quantities={products[0].pk: 2, products[1].pk: 1})


@pytest.fixture
def wire():
    """Answers each connection with raw bytes: `wire(b"HTTP/1.1 …")` gives its URL; a function gets the socket."""
    opened = []

    def serve(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        opened.append(listener)

        def accept():
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=talk, args=(connection,), daemon=True).start()

        def talk(connection):
            with connection, suppress(OSError):
                connection.recv(65536)
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in opened:
        listener.close()


class Receiver:
    """A small web server of a test: keeps what arrives, answers as it is told."""

    def __init__(self):
        self.requests = []
        self.reply = Reply(200, b"{}")
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                receiver.requests.append(Request(self.command, self.path, self.headers, body))
                self.send_response(receiver.reply.status)
                for name, value in receiver.reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(receiver.reply.body)

            do_GET = do_HEAD = do_POST = handle_any

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def claim_of(order):
    """Gives the order a step of a name, and claims it."""

    def claim(name):
        Step.objects.get_or_create(order=order, name=name, defaults={"due_at": timezone.now()})
        return claim_step(order.pk, name)

    return claim
