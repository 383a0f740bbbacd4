import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Codes on goods, rows of workers, and what staff and operators want to know. Programs of before go on."""

    dependencies = [
        ('orders', '0016_client_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('name', models.CharField(help_text='As Celery names it: worker@host.', max_length=255, primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=255)),
                ('queues', models.JSONField(default=list, help_text='The names of the queues it serves.')),
                ('processes', models.PositiveIntegerField(default=0, help_text='Of its pool.')),
                ('version', models.CharField(blank=True, help_text="The desk's.", max_length=32)),
                ('started_at', models.DateTimeField(help_text="By the database's clock.")),
                ('seen_at', models.DateTimeField(help_text="By the database's clock.")),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='destination',
            name='last_success_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When it took something last; at most a few seconds behind.', null=True),
        ),
        migrations.AddField(
            model_name='destination',
            name='pause_reason',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why it was paused, in words of who did it.', max_length=200),
        ),
        migrations.AddField(
            model_name='order',
            name='request_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='order',
            name='traceparent',
            field=models.CharField(blank=True, db_default='', default='', max_length=55),
        ),
        migrations.AlterField(
            model_name='deed',
            name='what',
            field=models.CharField(choices=[('packed', 'packed'), ('shipped', 'shipped'), ('parcel added', 'added a parcel'), ('parcel gone', 'removed a parcel'), ('cancelled', 'cancelled'), ('sent again', 'sent again'), ('by hand', 'marked as done by hand'), ('reprinted', 'asked for a new copy'), ('found', 'said: it is there'), ('not found', 'said: it is not there'), ('paused', 'paused'), ('resumed', 'resumed'), ('closed', 'closed the circuit breaker'), ('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('test page', 'printed a test page'), ('paper', 'checked the paper'), ('folder', 'took the new spool folder'), ('unlocked', 'let try again'), ('undone', 'took it back'), ('missing', 'said: pieces are missing'), ('listed', 'put on a pick list'), ('list ended', 'ended the pick list'), ('retired', 'took it off sale'), ('imported', 'imported'), ('erased', 'erased personal data'), ('adopted', 'took this copy into use')], max_length=12),
        ),
        migrations.CreateModel(
            name='ProductCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('pieces', models.PositiveIntegerField(db_default=1, default=1)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='orders.product')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='product_code_not_empty'), models.CheckConstraint(condition=models.Q(('pieces__gte', 1)), name='product_code_pieces_positive')],
            },
        ),
    ]
