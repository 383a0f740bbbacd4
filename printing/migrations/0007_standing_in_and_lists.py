import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who stands in for a printer, and pick lists that are printed. Programs of before go on."""

    dependencies = [
        ('orders', '0024_more_deeds'),
        ('printing', '0006_open_jobs'),
    ]

    operations = [
        migrations.AddField(
            model_name='printer',
            name='stand_in',
            field=models.ForeignKey(editable=False, help_text='Takes its slips since a person said so, until it is well: see printing.standing_in.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='printing.printer'),
        ),
        migrations.CreateModel(
            name='ListJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('copy', models.PositiveSmallIntegerField(help_text='From the second on it is marked REPRINT.')),
                ('state', models.CharField(choices=[('claimed', 'to be sent'), ('sending', 'Sending'), ('accepted', 'at the printer'), ('done', 'printed'), ('failed', 'Failed'), ('unknown', 'unknown: look for the paper')], default='claimed', max_length=8)),
                ('job_id', models.CharField(blank=True, help_text="The printer's own number or file.", max_length=80)),
                ('reason', models.CharField(blank=True, help_text='Why it is as it is, in plain words.', max_length=500)),
                ('requested_by', models.CharField(max_length=150)),
                ('created_at', models.DateTimeField(help_text="By the database's clock.")),
                ('tries', models.PositiveIntegerField(default=0, help_text='Who sends it knows by it that it is still theirs.')),
                ('sent_at', models.DateTimeField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('pick_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='print_jobs', to='orders.picklist')),
                ('printer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='list_jobs', to='printing.printer')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['claimed', 'sending', 'accepted'])), fields=['id'], name='list_job_open')],
                'constraints': [models.UniqueConstraint(fields=('pick_list', 'copy'), name='list_job_once')],
            },
        ),
    ]
