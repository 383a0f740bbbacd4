from django.db import migrations, models


class Migration(migrations.Migration):
    """What staff type to find an order, and what is to be shipped: found by an index. Programs of before go on."""

    dependencies = [
        ('orders', '0022_products_and_attention'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='order_reference'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('status', 'packed')), fields=['id'], name='order_to_ship'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(condition=models.Q(('name', 'sap'), models.Q(('reference', ''), _negated=True)), fields=['reference'], name='step_sap_reference'),
        ),
    ]
