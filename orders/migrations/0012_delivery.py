import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Where an order goes, and its parcels. New columns have a default in the database: programs of before go on."""

    dependencies = [
        ('orders', '0011_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='Shipment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('carrier', models.CharField(max_length=32)),
                ('tracking_number', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(help_text="By the database's clock.")),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='order',
            name='client',
            field=models.CharField(blank=True, db_default='', default='', max_length=150),
        ),
        migrations.AddField(
            model_name='order',
            name='email',
            field=models.CharField(blank=True, db_default='', default='', max_length=241),
        ),
        migrations.AddField(
            model_name='order',
            name='reference',
            field=models.CharField(blank=True, db_default='', default='', max_length=35),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_city',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_country',
            field=models.CharField(blank=True, db_default='', default='', max_length=2),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_line1',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_line2',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_name',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_phone',
            field=models.CharField(blank=True, db_default='', default='', max_length=30),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_postal_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=10),
        ),
        migrations.AddField(
            model_name='order',
            name='shipping_state',
            field=models.CharField(blank=True, db_default='', default='', max_length=3),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('client', ''), _negated=True), models.Q(('reference', ''), _negated=True)), fields=('client', 'reference'), name='order_reference_once_per_client'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shipping_country', ''), _negated=True), models.Q(('shipping_city', ''), ('shipping_line1', ''), ('shipping_line2', ''), ('shipping_postal_code', ''), ('shipping_state', '')), _connector='OR'), name='order_address_has_country'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipments', to='orders.order'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.UniqueConstraint(fields=('carrier', 'tracking_number'), name='shipment_tracking_number_once'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('carrier', ''), _negated=True), models.Q(('tracking_number', ''), _negated=True)), name='shipment_can_be_tracked'),
        ),
    ]
