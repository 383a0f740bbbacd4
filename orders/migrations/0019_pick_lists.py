import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Pick lists, and which orders are on them. Programs of before go on."""

    dependencies = [
        ('orders', '0018_packing'),
    ]

    operations = [
        migrations.CreateModel(
            name='PickList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(help_text="By the database's clock.")),
                ('created_by', models.CharField(max_length=150)),
                ('ended_at', models.DateTimeField(blank=True, help_text='Only if a person ended it.', null=True)),
                ('ended_by', models.CharField(blank=True, max_length=150)),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_by', ''), _negated=True)), _connector='OR'), name='pick_list_ended_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='PickListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('box', models.PositiveSmallIntegerField()),
                ('freed', models.BooleanField(default=False)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pick_list_entries', to='orders.order')),
                ('pick_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='orders.picklist')),
            ],
            options={
                'ordering': ['box'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('freed', False)), fields=('order',), name='order_on_one_open_pick_list'), models.UniqueConstraint(fields=('pick_list', 'box'), name='pick_list_box_once'), models.CheckConstraint(condition=models.Q(('box__lt', 26)), name='pick_list_box_has_a_letter')],
            },
        ),
    ]
