from django.db import migrations, models


class Migration(migrations.Migration):
    """Has a default in the database: workers of the version before may insert printers meanwhile."""

    dependencies = [
        ('printing', '0003_blocked'),
    ]

    operations = [
        migrations.AddField(
            model_name='printer',
            name='folder_id',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='Which spool folder it is.', max_length=32),
        ),
    ]
