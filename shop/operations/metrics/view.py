"""GET /metrics, for whoever has the token. For all others there is nothing at this address."""

import hmac
from collections.abc import Callable, Iterable
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from orders.api.reading import only_read
from orders.database import outage
from orders.database.patience import Together, bounded
from shop.operations.metrics import counted, destinations, life

PATIENCE = 5.0  # seconds for all statements together; Prometheus gives up after ten unless it was told otherwise
PARTS: tuple[Callable[[], Iterable[Metric]], ...] = (
    life.build, counted.orders, counted.attempts, destinations.steps, destinations.states, life.sweep, life.workers,
    life.dead_letters, life.events, life.printers, life.disks,
)  # fmt: skip


class Rows(Collector):
    """A collector that asks the rows: https://prometheus.github.io/client_python/collector/custom/"""

    def describe(self) -> Iterable[Metric]:
        """Nothing: else it would be asked for all of it when it is registered, too."""
        return ()

    def collect(self) -> Iterable[Metric]:
        for part in PARTS:
            yield from part()


def may_read(request: HttpRequest) -> bool:
    """True if the request has the token of SHOP_METRICS_TOKEN; never while there is none."""
    token = settings.WATCHING.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogatepass"), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same


@only_read
def metrics(request: HttpRequest) -> HttpResponse:
    """In the format that the reader asks for. 503 if the database does not answer in PATIENCE."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Rows())
    encoder, content_type = _encoder(request.headers.get("Accept", ""))
    try:
        with bounded(Together(PATIENCE)):
            body = encoder(registry)
    except outage.ANY as error:
        connection.close_if_unusable_or_obsolete()
        outage.tell(error, "/metrics is answered 503")
        return HttpResponse(
            f"The database does not answer ({type(error).__name__}).\n",
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )
    return HttpResponse(body, content_type=content_type, headers={"Cache-Control": "no-store"})


def _encoder(wanted: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    """The usual format for who asks for a version that is none, at which the library fails."""
    try:
        return choose_encoder(wanted)
    except (ValueError, TypeError):
        return choose_encoder("")
