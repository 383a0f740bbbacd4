from django.db import migrations, models


class Migration(migrations.Migration):
    """Slips that are on their way, counted by an index. Programs of before go on."""

    dependencies = [
        ('orders', '0023_searched_and_counted'),
        ('printing', '0005_labels'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='printjob',
            index=models.Index(condition=models.Q(('state__in', ['claimed', 'sending', 'accepted', 'unknown'])), fields=['printer'], name='print_job_open'),
        ),
    ]
