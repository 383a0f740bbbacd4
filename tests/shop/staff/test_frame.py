"""What the frame of every page asks: one statement, whatever it tells."""

from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, User
from django.utils import timezone
from pytest_django import Settings

from orders.models import DeadLetter, Instance
from shop.staff.frame import Frame, frame
from tests.factories import make_order
from tests.shop.staff.conftest import park


def test_roles_trouble_and_the_mark_are_one_statement_once_a_request(
    db: None, settings: Settings, django_assert_num_queries: Any
) -> None:
    boss = User.objects.create_superuser("Ina")
    for name in ("x-rays", "night shift"):
        boss.groups.add(Group.objects.create(name=name))
    Group.objects.create(name="strangers")
    Instance.objects.create(name="north", marked_at=timezone.now(), marked_by="x")
    settings.INSTANCE = "south"
    for _ in range(2):
        park(make_order())
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    request: Any = SimpleNamespace(user=boss)
    with django_assert_num_queries(1):
        found = [frame(request), frame(request)]
    assert found[0] == found[1]
    assert (found[0].roles, found[0].troubles) == ("night shift, x-rays", 3)
    assert "'north'" in found[0].held


def test_a_stranger_is_told_nothing_and_nothing_is_asked(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert frame(SimpleNamespace(user=AnonymousUser())) == Frame()


def test_where_all_is_well_there_is_nothing(db: None) -> None:
    assert frame(SimpleNamespace(user=User.objects.create_user("Udo"))) == Frame()
