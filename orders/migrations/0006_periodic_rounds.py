from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_dead_letters_bounded")]

    operations = [
        migrations.CreateModel(
            name="Round",
            fields=[
                ("task", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(help_text="Empty while it runs.", null=True)),
                ("worker", models.CharField(blank=True, max_length=255)),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="Why the round before did not come to its end.", max_length=500
                    ),
                ),
                (
                    "clock_error",
                    models.FloatField(default=0.0, help_text="Seconds by which the worker's clock was ahead."),
                ),
            ],
        ),
    ]
