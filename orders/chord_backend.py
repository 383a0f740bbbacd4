"""The chord's result backend: it stores nothing. The order's rows know which steps are done.

Celery's own backends count the header's tasks, and lose the body when a task runs twice, which is normal with late
acknowledgement. They send the body as a message: 87 orders/s with that message, 108 without it. See
docs/decisions/0001-chord-backend.md.
"""

import logging
from typing import Any

from celery.backends.base import BaseBackend
from celery.states import SUCCESS

from orders.messaging.admission import CHORD_BODY, is_chord_body

log = logging.getLogger(__name__)


class StepRows(BaseBackend):
    """Celery calls `on_chord_part_return` after each task of the header. Nothing else of a backend is needed."""

    def ensure_chords_allowed(self) -> None:
        """Chords are allowed; there is nothing to check."""

    def apply_chord(self, header_result_args: Any, body: Any, **kwargs: Any) -> None:
        """Nothing to prepare: the order's rows are already there."""

    def on_chord_part_return(self, request: Any, state: str, result: Any, **kwargs: Any) -> None:
        """Runs the body, `settle_order`, after a task that does not settle its order itself.

        A task that returns what `run_step` returned, True or False, needs no body: the last step to be recorded as done
        has settled its order in the same transaction. Any other task in the header gets it.
        """
        if state != SUCCESS or isinstance(result, bool):
            return
        body = request.chord
        if not is_chord_body(body):  # Never what a message names: only `settle_order`, with one id.
            log.warning("no chord of the desk: %.200r", body)
            return
        try:
            self.app.tasks[CHORD_BODY].run(*body["args"])
        except Exception as error:  # The step itself is done and recorded; the sweeper settles the order.
            log.warning("the chord's body %.200r is left to the sweeper: %s: %s", body, type(error).__name__, error)

    def store_result(self, task_id: str, result: Any, state: str, *args: Any, **kwargs: Any) -> Any:
        return result

    def save_group(self, group_id: str, result: Any) -> Any:
        return result

    def get_task_meta(self, task_id: str, cache: bool = True) -> dict[str, Any]:
        return {"status": "PENDING", "result": None}
