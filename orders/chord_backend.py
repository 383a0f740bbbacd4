"""The chord's result backend: it stores no results, and runs the chord's body after tasks that do not settle orders.

A counter (`django-db`) loses the body when a header task runs twice, which is normal with acks_late; and costs
three times the throughput. See docs/decisions/0001-chord-backend.md.
"""

import logging
from typing import Any

from celery.backends.base import BaseBackend
from celery.states import SUCCESS

log = logging.getLogger(__name__)


class StepRows(BaseBackend):
    """Celery calls `on_chord_part_return` after each step task; the rest of a result backend has nothing to do."""

    def ensure_chords_allowed(self) -> None:
        """They are."""

    def apply_chord(self, header_result_args: Any, body: Any, **kwargs: Any) -> None:
        """Nothing to prepare: the order's rows are already there."""

    def on_chord_part_return(self, request: Any, state: str, result: Any, **kwargs: Any) -> None:
        """Runs the body after a task that does not see to its order itself: `settle_order` asks the rows.

        `run_step`, whose answer is True or False, does: the last step to be recorded as done settles its order in the
        same transaction, and none of the others (failed, held, delivered a second time) could be the last.
        """
        # Of a failure it is not even told in the pool: the worker's main process reports a lost one.
        if state != SUCCESS or isinstance(result, bool):
            return
        body = request.chord
        try:
            self.app.tasks[body["task"]].run(*body["args"])
        except Exception as error:  # The step itself is done and recorded; the sweeper settles the order.
            log.warning("the chord's body %.200r is made up for later: %s: %s", body, type(error).__name__, error)

    def store_result(self, task_id: str, result: Any, state: str, *args: Any, **kwargs: Any) -> Any:
        return result

    def save_group(self, group_id: str, result: Any) -> Any:
        return result

    def get_task_meta(self, task_id: str, cache: bool = True) -> dict[str, Any]:
        return {"status": "PENDING", "result": None}
