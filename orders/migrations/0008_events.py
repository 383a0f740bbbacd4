import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_periodic_rounds")]

    operations = [
        migrations.AddField("order", "last_seq", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField()),
                (
                    "type",
                    models.CharField(
                        max_length=32,
                        choices=[
                            ("order.received", "Received"),
                            ("order.processed", "Processed"),
                            ("order.packed", "Packed"),
                            ("order.shipped", "Shipped"),
                            ("order.cancelled", "Cancelled"),
                            ("step.parked", "Parked"),
                            ("step.resumed", "Resumed"),
                        ],
                    ),
                ),
                ("at", models.DateTimeField(help_text="By the database's clock.")),
                ("step", models.CharField(blank=True, help_text="Of a step's event: which.", max_length=32)),
                (
                    "state",
                    models.CharField(
                        max_length=10,
                        choices=[("open", "Open"), ("published", "Published"), ("refused", "Refused")],
                        default="open",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                (
                    "refusals",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How often in a row the broker refused it."
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["id"], name="event_open")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "seq"), name="event_once_per_order"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "published", "refused"])), name="event_state_known"
                    ),
                ],
            },
        ),
    ]
