import pytest

from tests.bench.slip import mixed, resident


@pytest.mark.timeout(600)
def test_memory_stays_flat_from_slip_to_slip_in_many_scripts() -> None:
    """450 slips here; `bin/bench slip` draws 1,000."""
    orders = mixed()
    resident(orders, slips=150)  # Until then fonts are loaded, and as many pictures kept as ever are.
    early, late = resident(orders, slips=100), resident(orders, slips=200)
    assert late - early < 4_000_000
