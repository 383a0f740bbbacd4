from django.db import migrations, models


class Migration(migrations.Migration):
    """The field has another name, and the column keeps its own: workers of the version before may run meanwhile."""

    dependencies = [
        ('printing', '0002_one_index_less'),
    ]

    operations = [
        migrations.AlterField(
            model_name='printer',
            name='holding',
            field=models.BooleanField(db_column='holding', default=False, editable=False, help_text='What it is given now comes out late, or not at all.'),
        ),
        migrations.RenameField(model_name='printer', old_name='holding', new_name='blocked'),
    ]
