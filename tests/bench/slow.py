"""What healthy customers wait while thirty slow ones send a byte a second: behind nginx with the shipped file."""

from tests.bench.customers import at_rate, order, saturate
from tests.bench.ground import Ground
from tests.bench.post import answered, clear_up, ms
from tests.bench.report import Figure, at_most, compared
from tests.servers import nginx
from tests.servers.slow_clients import slow_clients


def slow(ground: Ground) -> list[Figure]:
    """In turns, with them and without; each customer is timed from the moment he was due."""
    rounds, seconds = (2, 2.0) if ground.quick else (8, 5.0)
    beside: list[float] = []
    alone: list[float] = []
    with nginx.server(ground.web().port) as port:
        answered(saturate(port, order(), hands=4, count=40))
        rate = saturate(port, order(), seconds=seconds).per_second / 2
        for _ in range(rounds):
            alone.append(ms(answered(at_rate(port, order(), per_second=rate, seconds=seconds)), 0.99))
            with slow_clients(port):
                beside.append(ms(answered(at_rate(port, order(), per_second=rate, seconds=seconds)), 0.99))
            clear_up(ground)
    return [compared("slow", "POST beside 30 slow clients, p99", beside, "without them", alone, "ms", at_most(2))]
