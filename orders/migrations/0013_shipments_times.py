from django.db import migrations
from django.db.models import OuterRef, Subquery

AT_ONCE = 1000  # rows of the history a transaction: no worker waits long for an order


def times_of_before(apps, schema_editor):
    """Orders that were packed or shipped before there were columns for it get the times that the history knows.

    It may be run again after a failure: what is filled in stays.
    """
    Deed = apps.get_model("orders", "Deed")
    last = 0
    while deeds := list(Deed.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "what", "order_id")[:AT_ONCE]):
        last = deeds[-1][0]
        for what in ("packed", "shipped"):
            fill_in(apps, what, {order_id for _, done, order_id in deeds if done == what})


def fill_in(apps, what, order_ids):
    Order, Deed = apps.get_model("orders", "Order"), apps.get_model("orders", "Deed")
    done = Deed.objects.filter(order=OuterRef("pk"), model="order", what=what).order_by("-pk").values("at")[:1]
    empty = Order.objects.filter(pk__in=order_ids, **{f"{what}_at": None})
    empty.update(**{f"{what}_at": Subquery(done)})


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0013_shipments")]
    operations = [migrations.RunPython(times_of_before, migrations.RunPython.noop)]
