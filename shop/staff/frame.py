"""What the frame of every page asks of the database: who looks, how much trouble there is, and whose database it is.

All of it is one statement.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import CharField, Count, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from orders.models import Instance
from orders.steps.instance import told
from shop.staff.trouble import MOST, kinds

ROLE, MARK, TROUBLE = "role", "mark", "trouble"


@dataclass(frozen=True)
class Frame:
    """`roles` are the user's, `troubles` what he may look into (MOST at most), `held` why all is held, or ""."""

    roles: str = ""
    troubles: int = 0
    held: str = ""


def frame(user: Any) -> Frame:
    """As this user of the staff sees it."""
    parts = [
        named(Group.objects.filter(user=user.pk), ROLE),
        named(Instance.objects.all(), MARK),
        *(counted(kind.rows) for kind in kinds(user)),
    ]
    found = sorted(parts[0].union(*parts[1:], all=True))
    roles, marks = (", ".join(name for what, name, _ in found if what == which) for which in (ROLE, MARK))
    return Frame(roles, min(sum(count for what, _, count in found if what == TROUBLE), MOST), told(marks))


def named(rows: QuerySet[Any], what: str) -> QuerySet[Any, tuple[str, str, int]]:
    return rows.order_by().values_list(text(what), Cast("name", CharField(max_length=150)), Value(0))


def counted(rows: QuerySet[Any]) -> QuerySet[Any, tuple[str, str, int]]:
    some = rows.model._base_manager.filter(pk__in=rows.values("pk")[:MOST]).order_by()
    by_kind = some.annotate(what=text(TROUBLE), name_=text("")).values("what", "name_")
    return by_kind.annotate(count=Count("pk", output_field=IntegerField())).values_list("what", "name_", "count")


def text(value: str) -> Cast:
    return Cast(Value(value), CharField(max_length=150))
