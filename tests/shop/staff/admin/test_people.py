"""Operations see who has an account and in which role, and change nothing of it."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from tests.shop.staff.conftest import staff


@pytest.fixture
def operator(db: None) -> Client:
    return staff("operations")


def wim() -> User:
    """Somebody who packs; the roles are there."""
    user = User.objects.create_user("wim", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name="warehouse"))
    return user


def test_operations_find_people_and_see_their_roles(operator: Client) -> None:
    page = f"/admin/auth/user/{wim().pk}/change/"
    assert page in operator.get("/admin/auth/user/?q=wim").text
    shown = operator.get(page).text
    assert "warehouse" in shown
    assert 'class="button" href="../password/"' not in shown  # It would lead to a refusal.
    assert not re.search(r'name="(_save|is_superuser|groups|password)"', shown)


def test_they_can_not_give_roles_and_passwords(operator: Client) -> None:
    user = wim()
    before = User.objects.values().get(pk=user.pk)
    page = f"/admin/auth/user/{user.pk}"
    sent = {"username": "wim", "is_superuser": "on", "is_staff": "on", "password1": "y", "password2": "y"}
    answers = [operator.post(f"{page}/{what}/", sent).status_code for what in ("change", "password", "delete")]
    assert answers == [403, 403, 403]
    assert operator.post("/admin/auth/user/add/", sent).status_code == 403
    assert User.objects.values().get(pk=user.pk) == before


def test_superusers_still_set_passwords(boss: Client) -> None:
    assert 'href="../password/"' in boss.get(f"/admin/auth/user/{wim().pk}/change/").text
