"""Who among staff may do what. Superusers may do everything."""

from django.contrib.auth.models import Group, Permission, User

LOOK = [
    "orders.view_order", "orders.view_orderline", "orders.view_step", "orders.view_attempt",
    "orders.view_destination", "orders.view_product", "orders.view_deed",
    "orders.view_productcode",
]  # fmt: skip

PRINTING = [
    "printing.view_printjob", "printing.change_printjob", "printing.view_printer", "printing.change_printer",
]  # fmt: skip

ROLES = {
    # Answers customers, keeps the catalogue.
    "sales": [
        *LOOK, "orders.cancel_order", "orders.add_product", "orders.change_product", "orders.delete_product",
        "integrations.view_purchase",
        "orders.add_productcode", "orders.change_productcode", "orders.delete_productcode",
    ],
    # Packs and ships; a slip that did not come out is sent again, or printed again.
    "warehouse": [*LOOK, "orders.pack_order", "orders.change_step", *PRINTING],
    # Keeps things going: destinations, steps, messages nobody could read.
    "operations": [
        *LOOK, "orders.change_step", "orders.change_destination", "orders.try_connections", "orders.cancel_order",
        "orders.undo_order",
        "orders.view_deadletter", "orders.change_deadletter", "orders.delete_deadletter",
        "orders.view_apikey", "orders.add_apikey", "orders.change_apikey",
        *PRINTING, "printing.add_printer", "printing.delete_printer", "integrations.view_purchase",
        "axes.view_accessattempt", "axes.delete_accessattempt",
        "auth.view_user",  # Who is there, and in which role; to give roles would be to give oneself all of them.
    ],
}  # fmt: skip


class UnknownPermission(LookupError):
    """A role names a permission that the database does not have. Run `manage.py migrate`, or correct the role."""


class UnknownPerson(LookupError):
    """Nobody has this name, or there is no such role."""


def make_roles() -> list[str]:
    """Makes the groups, or sets them to what is written here again; returns their names. Members are kept.

    Raises UnknownPermission before it changes anything.
    """
    roles = {role: permissions(names) for role, names in ROLES.items()}
    for role, granted in roles.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(granted)
    return list(roles)


def give(name: str, role: str) -> None:
    """Gives somebody a role, and lets them into the staff's pages: nothing is left to be ticked. Other roles are kept.

    Raises UnknownPerson.
    """
    if role not in ROLES:
        raise UnknownPerson(f"There is no role {role!r}; there are {', '.join(ROLES)}. Write NAME=ROLE.")
    user = User.objects.filter(username=name).first()
    if user is None:
        raise UnknownPerson(f"There is nobody called {name!r}. Add them under People, then repeat this.")
    user.groups.add(Group.objects.get(name=role))
    user.is_staff = True
    user.save(update_fields=["is_staff"])


def permissions(names: list[str]) -> list[Permission]:
    """The permissions of these names, each "app.codename". Raises UnknownPermission."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    if unknown := [name for name in names if name not in known]:
        raise UnknownPermission(f"There is no permission {', '.join(unknown)}. Is the database migrated?")
    return [known[name] for name in names]
