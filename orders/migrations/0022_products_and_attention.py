from django.db import migrations, models


class Migration(migrations.Migration):
    """Files of products that were uploaded; what operators were told of."""

    dependencies = [
        ('orders', '0021_instance'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(max_length=200, unique=True)),
                ('sentence', models.CharField(max_length=500)),
                ('count', models.PositiveIntegerField(default=1)),
                ('url', models.CharField(blank=True, max_length=300)),
                ('first_seen', models.DateTimeField(help_text='When it began, this time.')),
                ('last_seen', models.DateTimeField()),
                ('last_told', models.DateTimeField(help_text='Empty: nobody was told of it yet, this time.', null=True)),
                ('gone_at', models.DateTimeField(help_text='Empty while it lasts.', null=True)),
                ('mended_at', models.DateTimeField(help_text='When it was called mended.', null=True)),
                ('returns', models.PositiveIntegerField(default=0, help_text='How often it came back soon after it was mended.')),
            ],
            options={
                'verbose_name_plural': 'attention',
            },
        ),
        migrations.CreateModel(
            name='ProductImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(help_text="By the database's clock.")),
                ('by', models.CharField(max_length=150)),
                ('name', models.CharField(help_text="The file's.", max_length=200)),
                ('content', models.BinaryField(default=b'')),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(max_length=254)),
                ('subject', models.CharField(max_length=200)),
                ('message', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='It is not tried before: a try that failed, or one that runs.')),
                ('tries', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, help_text="The last try's.", max_length=500)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['sent_at', 'due_at'], name='notice_open')],
            },
        ),
    ]
