from django.db import migrations, models


class Migration(migrations.Migration):
    """How often somebody asked of late."""

    dependencies = [
        ('orders', '0014_api_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='RateCount',
            fields=[
                ('who', models.BigIntegerField(primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField(help_text="By the database's clock.")),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['began_at'], name='rate_count_began')],
            },
        ),
    ]
