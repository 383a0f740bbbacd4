from django.db import migrations, models


class Migration(migrations.Migration):
    """When an order was packed and shipped, and how often its parcels changed. Programs of before go on."""

    dependencies = [
        ('orders', '0012_delivery'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='data',
            field=models.JSONField(help_text='What else it tells, as it was then: of a parcel.', null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='packed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='shipment_changes',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='order',
            name='shipped_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='deed',
            name='what',
            field=models.CharField(choices=[('packed', 'packed'), ('shipped', 'shipped'), ('parcel added', 'added a parcel'), ('parcel gone', 'removed a parcel'), ('cancelled', 'cancelled'), ('sent again', 'sent again'), ('by hand', 'marked as done by hand'), ('reprinted', 'asked for a new copy'), ('found', 'said: it is there'), ('not found', 'said: it is not there'), ('paused', 'paused'), ('resumed', 'resumed'), ('closed', 'closed the circuit breaker'), ('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('test page', 'printed a test page'), ('paper', 'checked the paper'), ('folder', 'took the new spool folder'), ('unlocked', 'let try again')], max_length=12),
        ),
        migrations.AlterField(
            model_name='event',
            name='type',
            field=models.CharField(choices=[('order.received', 'Received'), ('order.processed', 'Processed'), ('order.packed', 'Packed'), ('order.shipped', 'Shipped'), ('order.shipments_changed', 'Shipments Changed'), ('order.cancelled', 'Cancelled'), ('step.parked', 'Parked'), ('step.resumed', 'Resumed')], max_length=32),
        ),
        migrations.AddIndex(
            model_name='shipment',
            index=models.Index(fields=['tracking_number'], name='shipment_tracking_number'),
        ),
    ]
