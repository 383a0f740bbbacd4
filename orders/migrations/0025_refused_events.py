from django.db import migrations, models

from orders.database.indexes import AddIndexBesideWork


class Migration(migrations.Migration):
    """The events that were refused are found without a look at the others. Programs of before go on, and need not wait."""

    atomic = False
    dependencies = [
        ('orders', '0024_more_deeds'),
    ]

    operations = [
        AddIndexBesideWork(
            model_name='event',
            index=models.Index(condition=models.Q(('state', 'refused')), fields=['at', 'id'], name='event_refused'),
        ),
    ]
