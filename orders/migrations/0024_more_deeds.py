from django.db import migrations, models


class Migration(migrations.Migration):
    """Three more things that people do. No statement: programs of before go on."""

    dependencies = [
        ('orders', '0023_searched_and_counted'),
    ]

    operations = [
        migrations.AlterField(
            model_name='deed',
            name='what',
            field=models.CharField(choices=[('packed', 'packed'), ('shipped', 'shipped'), ('parcel added', 'added a parcel'), ('parcel gone', 'removed a parcel'), ('cancelled', 'cancelled'), ('sent again', 'sent again'), ('by hand', 'marked as done by hand'), ('reprinted', 'asked for a new copy'), ('found', 'said: it is there'), ('not found', 'said: it is not there'), ('paused', 'paused'), ('resumed', 'resumed'), ('closed', 'closed the circuit breaker'), ('added', 'added'), ('changed', 'changed'), ('deleted', 'deleted'), ('test page', 'printed a test page'), ('paper', 'checked the paper'), ('folder', 'took the new spool folder'), ('unlocked', 'let try again'), ('undone', 'took it back'), ('missing', 'said: pieces are missing'), ('listed', 'put on a pick list'), ('list ended', 'ended the pick list'), ('retired', 'took it off sale'), ('imported', 'imported'), ('erased', 'erased personal data'), ('adopted', 'took this copy into use'), ('moved', 'sent the slip elsewhere'), ('list printed', 'printed the pick list'), ('told', 'sent a test message')], max_length=12),
        ),
    ]
