from django.db import migrations, models


class Migration(migrations.Migration):
    """What has been counted, for /metrics: two tables of their own. Programs of before go on."""

    dependencies = [
        ('orders', '0019_pick_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('kind', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('upto', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Total',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('destination', models.CharField(blank=True, max_length=32)),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('count', models.BigIntegerField(default=0)),
                ('timed', models.BigIntegerField(default=0)),
                ('seconds', models.FloatField(default=0.0)),
                ('buckets', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['kind', 'destination', 'outcome'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'destination', 'outcome'), name='total_once')],
            },
        ),
    ]
