"""Staff pause a destination, and let it go on."""

import pytest

from orders.models import Destination
from orders.steps import destinations


@pytest.mark.django_db
def test_a_destination_knows_who_paused_it_until_it_goes_on() -> None:
    destinations.pause("sap", by="anna")
    paused = Destination.objects.get(name="sap")
    assert (paused.paused, paused.paused_by, paused.paused_at is not None) == (True, "anna", True)
    destinations.resume("sap", by="anna")
    resumed = Destination.objects.get(name="sap")
    assert (resumed.paused, resumed.paused_by, resumed.paused_at) == (False, "", None)
