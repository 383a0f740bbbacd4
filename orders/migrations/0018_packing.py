import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows for scans at the pack station, and what tells that packed and shipped were taken back. Programs of before go on."""

    dependencies = [
        ('orders', '0017_staff_and_operators'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='order',
            options={'ordering': ['-id'], 'permissions': [('pack_order', 'Can mark orders as packed and shipped'), ('cancel_order', 'Can cancel orders'), ('undo_order', 'Can take back packed and shipped, whoever did it and however long ago')]},
        ),
        migrations.AlterField(
            model_name='event',
            name='type',
            field=models.CharField(choices=[('order.received', 'Received'), ('order.processed', 'Processed'), ('order.packed', 'Packed'), ('order.shipped', 'Shipped'), ('order.shipments_changed', 'Shipments Changed'), ('order.cancelled', 'Cancelled'), ('order.unpacked', 'Unpacked'), ('order.unshipped', 'Unshipped'), ('step.parked', 'Parked'), ('step.resumed', 'Resumed')], max_length=32),
        ),
        migrations.CreateModel(
            name='PackScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scan_id', models.UUIDField(unique=True)),
                ('kind', models.CharField(choices=[('opened', 'Opened'), ('counted', 'Counted'), ('times', 'how many the next scan is'), ('wrong', 'refused, to be acknowledged'), ('asked', 'asked whether to leave the order'), ('told', 'said something, did nothing'), ('missing', 'Missing'), ('undo', 'took something back'), ('acknowledged', 'Acknowledged'), ('packed', 'Packed'), ('shipped', 'Shipped'), ('reprinted', 'asked for a new copy of the slip'), ('left', 'left the order'), ('closed', 'closed the order: nobody knows the number')], max_length=12)),
                ('code', models.CharField(blank=True, help_text='As it was scanned or typed.', max_length=200)),
                ('pieces', models.PositiveIntegerField(default=0)),
                ('answer', models.CharField(blank=True, help_text='What the station said.', max_length=500)),
                ('by', models.CharField(max_length=150)),
                ('table', models.CharField(blank=True, help_text='Where it was scanned, as the browser is called.', max_length=20)),
                ('at', models.DateTimeField(help_text="By the database's clock.")),
                ('undone_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.orderline')),
                ('order', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pack_scans', to='orders.order')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['order', 'id'], name='pack_scan_of_order'), models.Index(condition=models.Q(('kind', 'packed')), fields=['by', 'at'], name='pack_scan_packed_by')],
            },
        ),
    ]
