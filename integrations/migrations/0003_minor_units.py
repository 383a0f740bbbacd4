from django.db import migrations
from django.db.models import F
from django.db.models.functions import Round

from orders.models import MoneyField


def refuse_to_round(apps, schema_editor):
    """The column from before holds two digits: no amount may become another one on the way back."""
    if apps.get_model("integrations", "Purchase").objects.exclude(revenue=Round(F("revenue"), precision=2)).exists():
        raise ValueError("Purchase.revenue has amounts of three or more digits after the point: they would be lost.")


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_no_connection")]

    operations = [
        migrations.AlterField("purchase", "revenue", MoneyField(whole_digits=18)),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_round),
    ]
