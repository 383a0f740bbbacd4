from django.db import migrations, models


class Migration(migrations.Migration):
    """An order may be packed and shipped before all its steps are done: `settled_at` says by itself when they were."""

    dependencies = [("orders", "0006_periodic_rounds")]

    operations = [
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
