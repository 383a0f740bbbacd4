"""Is this database ours, or a copy of another desk's? In a copy every step is held until a person adopts it.

A copy of production would send its open steps to production's SAP and print its slips on production's printers: their
addresses stand in rows. So the database carries a mark (`orders.models.Instance`), and SHOP_INSTANCE says which one is
ours. The statement that claims a step compares the two: there is no moment in which a worker knows an older answer.
"""

import logging
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, Q, QuerySet

from orders.database.clock import from_now
from orders.models import Deed, Instance, Order, Step

log = logging.getLogger(__name__)

# For a statement of PostgreSQL's: true if the database is ours; its parameter is settings.INSTANCE.
IS_OURS_SQL = f"(SELECT coalesce(string_agg(name, ', '), '') FROM {Instance._meta.db_table}) = %s"  # noqa: S608


def in_ours(steps: QuerySet[Step]) -> QuerySet[Step]:
    """The steps, or none of them if the database is not ours: IS_OURS_SQL for the ORM."""
    steps = steps.filter(~Exists(Instance.objects.exclude(name=settings.INSTANCE)))
    return steps.filter(Exists(Instance.objects.filter(name=settings.INSTANCE))) if settings.INSTANCE else steps


def as_copy() -> ExpressionWrapper:
    """True of every row if the database is not ours: for a list that says of each step why it is held."""
    others = Q(Exists(Instance.objects.exclude(name=settings.INSTANCE)))
    ours = Q(Exists(Instance.objects.filter(name=settings.INSTANCE)))
    return ExpressionWrapper(others | ~ours if settings.INSTANCE else others, output_field=BooleanField())


def mark() -> str:
    """The name of the desk that the database belongs to; "" if it is not marked."""
    return ", ".join(Instance.objects.values_list("name", flat=True))


def why_held() -> str:
    """A sentence for people if the database is not ours, and so everything is held; "" if it is."""
    return told(mark())


def told(marked: str) -> str:
    """The same by a mark that was read already."""
    if marked == settings.INSTANCE:
        return ""
    whose = f"This database is marked as {marked!r}" if marked else "This database is not marked"
    ours = f"SHOP_INSTANCE says {settings.INSTANCE!r}" if settings.INSTANCE else "SHOP_INSTANCE is not set"
    return f"{whose}, and {ours}: nothing is sent or printed until somebody runs `manage.py adopt`."


def is_held() -> bool:
    """True if the database is not ours. The log is told once a process."""
    held = why_held()
    if held:
        _tell(held)
    return bool(held)


@lru_cache
def _tell(held: str) -> None:
    log.warning("%s", held)


@transaction.atomic
def adopt(*, by: str) -> bool:
    """Marks the database as ours: what was held goes out. False if it was ours before."""
    held, before = why_held(), mark()
    if not held:
        return False
    Instance.objects.all().delete()
    ours = Instance(name=settings.INSTANCE, marked_at=from_now(), marked_by=by[:150])
    if settings.INSTANCE:
        ours.save(force_insert=True)
    was = f"It was marked as {before}." if before else "It was not marked."
    Deed.remember(Deed.What.ADOPTED, [ours], by=by, detail=was)
    log.info("this database was adopted by %s as %r (before: %r)", by, settings.INSTANCE, before)
    return True


def mark_new(**options: Any) -> None:
    """After `migrate`: a database without an order is ours from the start. (It is called with a signal's arguments.)

    One with orders that nobody marked may be a copy of a desk without a name: a person has to say.
    """
    if settings.INSTANCE and not Order.objects.exists() and not Instance.objects.exists():
        first = Instance(name=settings.INSTANCE, marked_at=from_now(), marked_by="manage.py migrate")
        Instance.objects.bulk_create([first], ignore_conflicts=True)
