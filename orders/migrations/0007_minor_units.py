import django.core.validators
from decimal import Decimal
from django.db import migrations
from django.db.models import F
from django.db.models.functions import Round

from orders.models import MoneyField


def refuse_to_round(apps, schema_editor):
    """The columns from before hold two digits: no amount may become another one on the way back."""
    for name, column in (("Order", "total"), ("OrderLine", "price"), ("Product", "price")):
        if apps.get_model("orders", name).objects.exclude(**{column: Round(F(column), precision=2)}).exists():
            raise ValueError(f"{name}.{column} has amounts of three or more digits after the point: they would be lost.")


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_periodic_rounds")]

    operations = [
        migrations.AlterField("order", "total", MoneyField(whole_digits=18)),
        migrations.AlterField("orderline", "price", MoneyField(whole_digits=10)),
        migrations.AlterField(
            "product",
            "price",
            MoneyField(whole_digits=10, validators=[django.core.validators.MinValueValidator(Decimal("0"))]),
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_round),
    ]
