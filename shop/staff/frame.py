"""What the frame of every page asks of the database: who looks, how much trouble there is, and whose database it is.

All of it is one statement.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import CharField, Count, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from orders.models import Instance
from orders.steps.instance import told
from shop.staff.trouble import KINDS, MOST, Kind, kinds

ROLE, MARK, TROUBLE = "role", "mark", "trouble"
LONGEST = 150  # characters of a name
SOMEBODY = -1  # In place of the user, whoever it will be.


@dataclass(frozen=True)
class Frame:
    """`roles` are the user's, `troubles` what he may look into (MOST at most), `held` why all is held, or ""."""

    roles: str = ""
    troubles: int = 0
    held: str = ""


def frame(request: Any) -> Frame:
    """As the user of this request sees it: read once a request, and nothing for strangers."""
    if known(request) is None:
        request.desk_frame = read(request.user) if request.user.is_authenticated else Frame()
    return cast(Frame, request.desk_frame)


def known(request: Any) -> Frame | None:
    """What was read for this request already."""
    return getattr(request, "desk_frame", None)


def read(user: Any) -> Frame:
    statement, values = made(tuple(kind.permission for kind in kinds(user)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [user.pk if value == SOMEBODY else value for value in values])
        found = sorted(cursor.fetchall())
    roles, mark = (", ".join(name for what, name, _ in found if what == which) for which in (ROLE, MARK))
    return Frame(roles, min(sum(count for what, _, count in found if what == TROUBLE), MOST), told(mark))


@lru_cache
def made(permissions: tuple[str, ...]) -> tuple[str, tuple[Any, ...]]:
    """The statement for those who have these permissions, and its values. To make it takes longer than to run it."""
    parts = [
        named(Group.objects.filter(user=SOMEBODY), ROLE),
        named(Instance.objects.all(), MARK),
        *(counted(kind) for kind in KINDS if kind.permission in permissions),
    ]
    statement, values = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    return statement, tuple(values)


def named(rows: QuerySet[Any], what: str) -> QuerySet[Any, tuple[str, str, int]]:
    return rows.order_by().values_list(text(what), Cast("name", CharField(max_length=LONGEST)), Value(0))


def counted(kind: Kind) -> QuerySet[Any, tuple[str, str, int]]:
    """How many rows of a kind of trouble there are, up to MOST."""
    some = kind.model._base_manager.filter(pk__in=kind.rows.values("pk")[:MOST]).order_by()
    one = some.values(what=text(TROUBLE), nobody=text(""))
    return one.annotate(count=Count("pk", output_field=IntegerField())).values_list("what", "nobody", "count")


def text(value: str) -> Cast:
    return Cast(Value(value), CharField(max_length=LONGEST))
