from django.db import migrations, models


class Migration(migrations.Migration):
    """Labels beside sheets: longer names of papers. PostgreSQL rewrites nothing for it."""

    dependencies = [
        ('printing', '0004_spool_folder'),
    ]

    operations = [
        migrations.AlterField(
            model_name='printer',
            name='paper',
            field=models.CharField(choices=[('a4', 'A4'), ('a5', 'A5'), ('letter', 'Letter'), ('4x6', 'Label, 4 × 6 inch'), ('100x150', 'Label, 100 × 150 mm')], default='a4', max_length=12),
        ),
    ]
