from django.db import migrations, models


class Migration(migrations.Migration):
    """For the list of a client's orders. No order of before has a client, so the indexes are empty at first."""

    dependencies = [
        ('orders', '0015_rates'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='updated_at',
            field=models.DateTimeField(auto_now_add=True, null=True),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('client', ''), _negated=True), fields=['client', 'created_at', 'id'], name='order_of_client'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('client', ''), _negated=True), fields=['client', 'status', 'created_at', 'id'], name='order_of_client_by_status'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('client', ''), _negated=True), fields=['client', 'updated_at'], name='order_of_client_updated'),
        ),
    ]
