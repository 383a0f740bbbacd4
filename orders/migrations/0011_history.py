import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who did what, when, to what: rows of the desk's own."""

    dependencies = [("orders", "0010_status_words")]

    operations = [
        migrations.CreateModel(
            name='Deed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=150)),
                ('what', models.CharField(choices=[('packed', 'packed'), ('shipped', 'shipped'), ('cancelled', 'cancelled'), ('sent again', 'sent again'), ('by hand', 'marked as done by hand'), ('reprinted', 'asked for a new copy'), ('found', 'said: it is there'), ('not found', 'said: it is not there'), ('paused', 'paused'), ('resumed', 'resumed'), ('closed', 'closed the circuit breaker'), ('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('test page', 'printed a test page'), ('paper', 'checked the paper'), ('folder', 'took the new spool folder'), ('unlocked', 'let try again')], max_length=12)),
                ('model', models.CharField(max_length=32)),
                ('row', models.CharField(max_length=64)),
                ('name', models.CharField(help_text='What it was called then.', max_length=200, verbose_name='to what')),
                ('detail', models.CharField(blank=True, max_length=500)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deeds', to='orders.order')),
            ],
            options={
                'verbose_name_plural': 'history',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['model', 'row'], name='deed_row')],
            },
        ),
    ]
