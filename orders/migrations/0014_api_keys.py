from django.db import migrations, models


class Migration(migrations.Migration):
    """Keys of clients of the API."""

    dependencies = [
        ('orders', '0013_shipments_times'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.CharField(help_text='Whose key it is. Its orders keep this name.', max_length=150)),
                ('prefix', models.CharField(editable=False, max_length=12, unique=True)),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('scopes', models.CharField(max_length=100)),
                ('created_at', models.DateTimeField(editable=False)),
                ('expires_at', models.DateTimeField(blank=True, help_text='Empty: it lasts until it is revoked.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, help_text='To the minute.', null=True)),
            ],
            options={
                'verbose_name': 'API key',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('client', ''), _negated=True), models.Q(('scopes', ''), _negated=True)), name='api_key_has_client_and_scopes')],
            },
        ),
    ]
