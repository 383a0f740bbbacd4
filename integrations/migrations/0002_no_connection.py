from django.db import migrations


def forget_its_permissions(apps, schema_editor):
    """Django keeps the permissions of a model that is gone: staff would be offered what opens no page."""
    of_connections = {"app_label": "integrations", "model": "connection"}
    apps.get_model("auth", "Permission").objects.filter(
        **{f"content_type__{field}": value for field, value in of_connections.items()}
    ).delete()
    apps.get_model("contenttypes", "ContentType").objects.filter(**of_connections).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("integrations", "0001_first"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.DeleteModel(name="Connection"),
        migrations.RunPython(forget_its_permissions, migrations.RunPython.noop),
    ]
