"""The process's tracer: made after its fork, since it has a thread that sends what was traced.

A collector that is away costs spans and nothing else. They wait in a bounded queue, whose oldest are dropped.
"""

import atexit
import logging
import os
import threading
from typing import Any
from urllib.parse import urlsplit

from celery.signals import worker_process_init, worker_process_shutdown
from django.conf import settings
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from shop.operations.traces.quiet import be_quiet

log = logging.getLogger(__name__)

PATH = "/v1/traces"  # https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
QUEUE = 2048  # spans
BATCH = 256  # spans
EVERY = 2000  # milliseconds
PATIENCE = 3  # seconds for a batch, with its repetitions
LAST_WORDS = 1000  # milliseconds at a process's end


class Processor(BatchSpanProcessor):
    """Its end is bounded: the library would wait half a minute for a collector that is away."""

    def shutdown(self) -> None:
        self._batch_processor.shutdown(timeout_millis=LAST_WORDS)


class Own:
    """The process's own. After a fork it is the parent's, and made anew."""

    pid = 0
    provider: TracerProvider | None = None
    tracer: Tracer | None = None
    lock = threading.Lock()


def tracer() -> Tracer | None:
    """None if it can't be made, of which the log has a line: an order is worth more than its trace."""
    if Own.pid != os.getpid():
        with Own.lock:
            if Own.pid != os.getpid():
                _make()
    return Own.tracer


def _make() -> None:
    Own.provider = Own.tracer = None
    try:
        Own.provider = provider(settings.WATCHING.traces_url)
        Own.tracer = Own.provider.get_tracer("order-desk", settings.WATCHING.version)
        atexit.register(end)
    except Exception as error:  # A variable of OpenTelemetry's own may be malformed.
        log.error("there are no traces: %s", type(error).__name__)
    Own.pid = os.getpid()


def provider(url: str) -> TracerProvider:
    """One that sends to `url`. Headers, certificates and the sampler are OpenTelemetry's own variables (`OTEL_…`)."""
    be_quiet(urlsplit(url).hostname or "")
    resource = {
        "service.name": os.environ.get("OTEL_SERVICE_NAME") or "order-desk",
        "service.version": settings.WATCHING.version,
        "deployment.environment.name": settings.INSTANCE or "unnamed",
    }
    made = TracerProvider(resource=Resource.create(resource), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint(url), timeout=PATIENCE)
    made.add_span_processor(Processor(exporter, QUEUE, EVERY, BATCH))
    return made


def endpoint(url: str) -> str:
    """The usual path is added where the address has none."""
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + PATH


def end(**kwargs: Any) -> None:
    """Sends what is left, for a second at most."""
    if Own.provider and Own.pid == os.getpid():
        Own.provider.shutdown()
        Own.provider = Own.tracer = None


def _begin(**kwargs: Any) -> None:
    tracer()


def follow_the_pool() -> None:
    """A worker's pool processes tell of their start, and leave without Python's own end."""
    worker_process_init.connect(_begin)
    worker_process_shutdown.connect(end)
