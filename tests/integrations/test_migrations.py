from importlib import import_module

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType


def test_permissions_of_a_page_that_moved_are_not_offered_any_more(db: None) -> None:
    gone = ContentType.objects.create(app_label="integrations", model="connection")
    Group.objects.create(name="old").permissions.add(
        Permission.objects.create(content_type=gone, codename="view_connection", name="Can view connection")
    )
    import_module("integrations.migrations.0002_no_connection").forget_its_permissions(apps, None)
    assert not Permission.objects.filter(codename="view_connection").exists()
    assert not ContentType.objects.filter(app_label="integrations", model="connection").exists()
    assert Permission.objects.filter(codename="view_purchase").exists()
