import pytest

from tests.bench.slip import resident
from tests.printing.conftest import make_order


@pytest.mark.django_db
def test_memory_stays_flat_from_slip_to_slip() -> None:
    """300 slips here; `bin/bench slip` draws 1,000."""
    order = make_order()
    early, late = resident(order, slips=100), resident(order, slips=200)
    assert late - early < 3_000_000
