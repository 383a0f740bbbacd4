"""What each role may do; the groups that are made of them."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.test import Client

from orders.models import DeadLetter, Destination, Order
from printing.models import PrintJob
from shop.staff import roles
from shop.staff.roles import UnknownPermission, make_roles
from tests.shop.staff.conftest import act, staff

ACTIONS = {
    ("orders/order", "pack"): {"warehouse"},
    ("orders/order", "ship"): {"warehouse"},
    ("orders/order", "cancel"): {"sales", "operations"},
    ("orders/order", "send_again"): {"warehouse", "operations"},
    ("orders/step", "send_again"): {"warehouse", "operations"},
    ("orders/destination", "pause"): {"operations"},
    ("orders/destination", "close_breaker"): {"operations"},
    ("orders/deadletter", "send_again"): {"operations"},
    ("orders/deadletter", "delete"): {"operations"},
    ("orders/apikey", "replace"): {"operations"},
    ("orders/apikey", "revoke"): {"operations"},
    ("orders/product", "retire"): {"sales"},
    ("orders/order", "make_pick_list"): {"warehouse"},
    ("orders/order", "print_jobs"): {"warehouse", "operations"},
    ("printing/printjob", "reprint"): {"warehouse", "operations"},
    ("printing/printer", "print_test_page"): {"warehouse", "operations"},
    ("axes/accessattempt", "let_them_try"): {"operations"},
}


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_each_role_is_offered_what_is_its_own(order: Order, job: PrintJob, role: str) -> None:
    client = staff(role)
    Destination.objects.create(name="sap")
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    AccessAttempt.objects.create(username="wim", ip_address="10.0.0.7", failures_since_start=5)
    for (model, action), may in ACTIONS.items():
        offered = f'name="action" value="{action}"' in client.get(f"/admin/{model}/").text
        assert offered is (role in may), (role, model, action)


def test_an_action_that_was_not_offered_does_nothing(order: Order) -> None:
    act(staff("warehouse"), "orders/order", "cancel", order, confirmed="yes")
    assert staff("sales").get("/admin/orders/step/since/").status_code == 403
    order.refresh_from_db()
    assert order.status == "received"


def test_making_roles_again_keeps_their_members(db: None) -> None:
    staff("sales")
    make_roles()
    assert Group.objects.get(name="sales").user_set.count() == 1
    assert Group.objects.count() == 3


def test_what_another_app_calls_by_the_same_name_is_not_granted(db: None) -> None:
    elsewhere = ContentType.objects.get_for_model(PrintJob)
    Permission.objects.create(codename="view_order", name="Can view printing's order", content_type=elsewhere)
    make_roles()
    granted = Group.objects.get(name="sales").permissions.filter(codename="view_order")
    assert [permission.content_type.app_label for permission in granted] == ["orders"]


def test_a_permission_that_does_not_exist_is_named_before_anything_changes(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"sales": ["orders.view_order"], "pilots": ["orders.view_order", "orders.fly_order"]}
    monkeypatch.setattr(roles, "ROLES", broken)
    with pytest.raises(UnknownPermission, match=r"no permission orders\.fly_order\."):
        make_roles()
    with pytest.raises(CommandError, match=r"orders\.fly_order"):
        call_command("make_roles")
    assert not Group.objects.exists()


def test_one_command_lets_somebody_in_with_a_role_and_nothing_is_left_to_be_ticked(db: None) -> None:
    wim = User.objects.create_user("wim")
    call_command("make_roles", "wim=warehouse")
    client = Client()
    client.force_login(wim)
    assert client.get("/desk/pack").status_code == 200
    assert client.get("/admin/orders/deadletter/").status_code == 403
    call_command("make_roles", "wim=sales")
    assert set(wim.groups.values_list("name", flat=True)) == {"warehouse", "sales"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [("nils=sales", "nobody called 'nils'"), ("wim=pilot", "no role 'pilot'"), ("wim", "no role 'wim'")],
)
def test_a_mistyped_name_or_role_is_named(db: None, entry: str, said: str) -> None:
    User.objects.create_user("wim")
    with pytest.raises(CommandError, match=said):
        call_command("make_roles", entry)
