from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('printing', '0002_one_index_less'),
    ]

    operations = [
        migrations.RenameField(model_name='printer', old_name='holding', new_name='blocked'),
    ]
