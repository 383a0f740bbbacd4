"""How a worker's processes are shared out among its queues."""

import pytest

from orders.consumer import share


@pytest.mark.parametrize(
    ("processes", "destinations", "each"),
    [(8, 0, 8), (8, 1, 8), (8, 2, 4), (8, 3, 3), (8, 4, 2), (8, 5, 1), (2, 3, 1), (1, 3, 1), (64, 3, 22)],
)
def test_a_queue_gets_its_share(processes: int, destinations: int, each: int) -> None:
    assert share(processes, destinations) == each


@pytest.mark.parametrize("destinations", range(2, 9))
@pytest.mark.parametrize("processes", range(8, 65))
def test_whatever_hangs_one_process_is_left_for_every_other_destination(processes: int, destinations: int) -> None:
    assert processes - (destinations - 1) * share(processes, destinations) >= 1
