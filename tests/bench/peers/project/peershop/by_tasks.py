"""django-tasks' database backend: rows that are inserted in the order's transaction."""

from django_tasks import task

from peershop.effects import STEPS, effect


@task()
def run(order_id: int, name: str) -> None:
    effect(order_id, name)


def enqueue(order_id: int) -> None:
    for name in STEPS:
        run.enqueue(order_id, name)


CLEAR = "TRUNCATE django_tasks_database_dbtaskresult"
