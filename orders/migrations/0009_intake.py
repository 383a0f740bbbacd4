from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_events")]

    operations = [
        migrations.AddField(
            model_name="deadletter",
            name="properties",
            field=models.JSONField(blank=True, help_text="Of AMQP: message_id, reply_to and the like.", null=True),
        ),
        migrations.AddField(
            model_name="deadletter",
            name="problem",
            field=models.JSONField(blank=True, help_text="Why an order was refused (RFC 9457).", null=True),
        ),
    ]
