"""Who among staff may do what. Superusers may do everything."""

from django.contrib.auth.models import Group, Permission

APPS = ["orders", "printing", "integrations"]
LOOK = ["view_order", "view_orderline", "view_step", "view_attempt", "view_destination", "view_product"]

PRINTING = ["view_printjob", "change_printjob", "view_printer", "change_printer"]

ROLES = {
    # Answers customers, keeps the catalogue.
    "sales": [*LOOK, "cancel_order", "add_product", "change_product", "delete_product", "view_purchase"],
    # Packs and ships; a slip that did not come out is sent again, or printed again.
    "warehouse": [*LOOK, "pack_order", "change_step", *PRINTING],
    # Keeps things going: destinations, steps, messages nobody could read.
    "operations": [
        *LOOK, "change_step", "change_destination", "view_deadletter", "change_deadletter", "cancel_order",
        *PRINTING, "add_printer", "delete_printer", "view_purchase", "view_connection",
    ],
}  # fmt: skip


def make_roles() -> list[str]:
    """Makes the groups, or sets them to what is written here again; returns their names. Members are kept."""
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label__in=["orders", "printing", "integrations"], codename__in=codenames
            )
        )
    return list(ROLES)
