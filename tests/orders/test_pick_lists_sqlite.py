"""Pick lists on SQLite, with a connection for each of those who press at once."""

import sys
from pathlib import Path

from shop.quickstart.local_desk import ROOT
from tests.end_to_end.desk import TestDesk
from tests.servers import warm

AT_ONCE = """
import threading
from django.db import connection
from orders import pick_lists
from orders.models import PickListEntry
from tests.factories import make_order, make_product

product = make_product(sku="P-1", name="Tea strainer")
for _ in range(30):
    make_order([(product, 1)], steps=[])
start, raised = threading.Barrier(4), []

def press():
    start.wait()
    try:
        pick_lists.take_next(by="wim")
    except Exception as error:
        raised.append(error)
    finally:
        connection.close()

threads = [threading.Thread(target=press) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
entries = PickListEntry.objects
print(connection.vendor, raised, entries.count(), entries.values("order").distinct().count())
"""


def test_two_people_who_press_at_once_get_different_orders(tmp_path: Path) -> None:
    environment = TestDesk(tmp_path, {}).environment
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--no-imports", "-c", AT_ONCE]):
        command = [sys.executable, "manage.py", *arguments]
        done = warm.run(command, env=environment, cwd=ROOT, text=True, capture_output=True, timeout=100)
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "sqlite [] 30 30"
