"""Keeps the web process answering while its database does not.

A middleware beside health. Each request may wait so long for the database and no longer. While it is
silent, not all threads wait for it: health, and those who are told to come back, are answered meanwhile.
"""

import math
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from orders.api import tracking
from orders.api.problems import DatabaseDown, away, later
from orders.database.patience import Together, bounded

Handler = Callable[[HttpRequest], HttpResponseBase]

STAFFS = ("/admin/", "/desk/")

# Seconds.
CUSTOMERS_WAIT = 4.0  # from the request's start, for all its statements together
IN_A_STALL = 2.5  # the same for who comes when others wait already, and may have waited for a thread
STAFF_WAITS = 15.0  # a statement: their lists may take longer
SILENCE = 1.0  # No statement of an order takes so long while the database is well.
BRIEFLY = 0.2  # Enough to see that silence goes on, where others need the thread.
PROBE_WAITS = 0.5
PROBE_PAUSE = 0.5


class Gate:
    """What a web process knows of its requests, by their kind: POST, GET, staff's.

    A kind is stalled when one of its requests has waited for SILENCE and none has ended well since that wait began. The
    next one that ends well says that the database is back. As long as others of its kind end well nobody is refused,
    however busy the process is.
    """

    def __init__(self, threads: float = math.inf) -> None:
        self.threads = threads  # of this process; gunicorn.conf.py tells
        self.lock = threading.Lock()
        self.busy = 0
        self.stalled: set[str] = set()
        self.ended_well: defaultdict[str, float] = defaultdict(float)
        self.next_probe = 0.0

    @property
    def full(self) -> bool:
        return self.busy >= self.threads

    def enter(self, kind: str) -> "Visit | None":
        """None: the request would only take the last thread to wait. A probe may do so now and then."""
        with self.lock:
            probe = kind in self.stalled and self.busy + 1 >= self.threads
            if probe and time.monotonic() < self.next_probe:
                return None
            if probe:
                self.next_probe = math.inf
            self.busy += 1
            wait = IN_A_STALL if kind in self.stalled else CUSTOMERS_WAIT
        return Visit(self, kind, probe, wait)

    def leave(self, visit: "Visit", *, well: bool) -> None:
        with self.lock:
            self.busy -= 1
            if well:
                self.ended_well[visit.kind] = time.monotonic()
                self.stalled.discard(visit.kind)
            if visit.probe:
                self.next_probe = time.monotonic() + PROBE_PAUSE

    def is_silent(self, kind: str, waited: float) -> bool:
        """A request of this kind waits so long. Marks the kind as stalled if no other one was better off."""
        with self.lock:
            if waited >= SILENCE and self.ended_well[kind] < time.monotonic() - waited:
                self.stalled.add(kind)
            return kind in self.stalled


class Visit:
    """A request in the process, as a Bound of what it waits for the database."""

    def __init__(self, gate: Gate, kind: str, probe: bool, wait: float) -> None:
        self.gate, self.kind, self.probe = gate, kind, probe
        self.together = Together(wait)

    def left(self, waited: float) -> float:
        if waited < BRIEFLY:
            return min(self._left(waited), BRIEFLY - waited)
        if self.gate.is_silent(self.kind, waited) and (waited >= PROBE_WAITS if self.probe else self.gate.full):
            return 0  # Somebody else needs the thread.
        return min(self._left(waited), 0.1)

    def _left(self, waited: float) -> float:
        return STAFF_WAITS - waited if self.kind == "staff" else self.together.left(waited)


THE_GATE = Gate()


def gate(get_response: Handler) -> Handler:
    """Bounds each request, and answers 503 at once to those that would only wait."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        visit = THE_GATE.enter("staff" if _is_of_staff(request) else str(request.method))
        if visit is None:
            return _away(request)
        well = False
        try:
            with bounded(visit):
                response = get_response(request)
            well = response.status_code != HTTPStatus.SERVICE_UNAVAILABLE
        finally:
            THE_GATE.leave(visit, well=well)
        return response

    return middleware


def _is_of_staff(request: HttpRequest) -> bool:
    return request.path_info.startswith(STAFFS)


def _away(request: HttpRequest) -> HttpResponse:
    if not _is_of_staff(request):
        return tracking.away(request) if tracking.is_here(request) else away(DatabaseDown.default_detail)
    return later(HttpResponse(render_to_string("staff/away.html"), status=HTTPStatus.SERVICE_UNAVAILABLE))
