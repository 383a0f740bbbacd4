"""An OpenTelemetry collector, as far as its HTTP goes: it keeps the spans that it gets, by OTLP's own protobuf."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Taken:
    """A span as it came. Ids are hexadecimal, `links` are pairs of trace and span."""

    name: str
    trace: str
    span: str
    parent: str
    links: list[tuple[str, str]]
    about: dict[str, Any]
    error: str | None
    resource: dict[str, Any]


@dataclass
class Collector:
    url: str
    status: int = 200
    spans: list[Taken] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    raw: bytes = b""
    answers: threading.Event = field(default_factory=threading.Event)

    def named(self, prefix: str) -> list[Taken]:
        return [span for span in self.spans if span.name.startswith(prefix)]


def values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "", None) for one in attributes}


def read(body: bytes) -> Iterator[Taken]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Taken(
                    name=span.name,
                    trace=span.trace_id.hex(),
                    span=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
                    about=values(span.attributes),
                    error=span.status.message if span.status.code == span.status.STATUS_CODE_ERROR else None,
                    resource=values(resource.resource.attributes),
                )


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """A client that went while it waited for an answer is a part of the test."""


@contextmanager
def collector() -> Iterator[Collector]:
    """On a free port of this machine. While `answers` is clear it takes connections and says nothing."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.answers.wait(60)
            if here.status == 200:
                here.raw += body
                here.paths.add(self.path)
                here.spans += read(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(here.status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    here = Collector(f"http://127.0.0.1:{server.server_port}")
    here.answers.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        here.answers.set()
        server.shutdown()
        server.server_close()
