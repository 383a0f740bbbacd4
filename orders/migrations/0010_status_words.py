from django.db import migrations, models


def one_row_a_destination(apps, schema_editor):
    """What undoes a step has no row of its own any more. Where one was paused, its destination is: nothing goes out that
    somebody held back."""
    Destination = apps.get_model("orders", "Destination")
    for row in Destination.objects.filter(name__endswith="_cancel"):
        if row.paused:
            name = row.name.removesuffix("_cancel")
            pause = {"paused": True, "paused_by": row.paused_by, "paused_at": row.paused_at}
            Destination.objects.update_or_create(name=name, defaults=pause)
        row.delete()


class Migration(migrations.Migration):
    """An order may be packed and shipped before all its steps are done: `settled_at` says by itself when they were.

    And a destination has one row, whatever its steps are called.
    """

    dependencies = [("orders", "0009_intake")]

    operations = [
        migrations.RunPython(one_row_a_destination, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="order", name="order_settled_before_packed"),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "processed"), _negated=True) | models.Q(("settled_at__isnull", False)),
                name="order_processed_is_settled",
            ),
        ),
        migrations.RemoveIndex(model_name="order", name="order_unsettled"),
        migrations.RemoveIndex(model_name="order", name="order_to_pack"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True), models.Q(("status", "cancelled"), _negated=True)),
                fields=["id"],
                name="order_not_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status__in", ["received", "processed"])), fields=["id"], name="order_not_packed"
            ),
        ),
    ]
