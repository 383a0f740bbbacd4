"""What a customer waits for: `POST /order` beside other ways, and with the broker gone."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.customers import Answers, at_rate, one_after_another, order, saturate
from tests.bench.ground import RIVALS, Ground, Web, frozen, wait_for
from tests.bench.report import Figure, at_least, at_most, compared, percentile

CREATED = 201


def answered(answers: Answers) -> Answers:
    """Raises AssertionError unless every customer got an order."""
    assert answers.all_are(CREATED), f"not all were 201: {sorted(set(answers.statuses))}"
    return answers


def ms(answers: Answers, share: float) -> float:
    return percentile(answers.seconds, share) * 1000


def rivals(ground: Ground) -> Web:
    return ground.web("rivals", wsgi="tests.bench.rivals.wsgi", settings=RIVALS)


def post(ground: Ground) -> list[Figure]:
    """No worker runs: it is the customer's way that is measured, publishing included."""
    ground.sandbox()
    ours, theirs = ground.web(), rivals(ground)
    bare, naive, stock = order("/bare"), order("/naive"), order("/stock")
    for request, web in ((order(), ours), (bare, theirs), (stock, theirs), (naive, theirs)):
        answered(saturate(web.port, request, hands=4, count=40))
    rounds, seconds = (4, 3.0) if ground.quick else (12, 6.0)
    saturated = [
        (
            answered(saturate(ours.port, order(), seconds=seconds)).per_second,
            answered(saturate(theirs.port, bare, seconds=seconds)).per_second,
        )
        for _ in range(rounds)
    ]
    rate = sorted(bare for _, bare in saturated)[rounds // 2] / 2
    wait_until_published(ground)
    fixed = [
        (
            answered(at_rate(ours.port, order(), per_second=rate, seconds=seconds)),
            answered(at_rate(theirs.port, bare, per_second=rate, seconds=seconds)),
        )
        for _ in range(rounds)
    ]
    slow = [
        (
            answered(one_after_another(ours.port, order(), 20)),
            answered(one_after_another(theirs.port, naive, 4)),
            answered(one_after_another(theirs.port, stock, 20)),
        )
        for _ in range(rounds)
    ]
    return [
        *(
            compared(
                "post",
                f"at {rate:.0f} orders/s, {name}",
                [ms(mine, share) for mine, _ in fixed],
                "bare DRF insert",
                [ms(other, share) for _, other in fixed],
                "ms",
                at_most(bound),
            )
            for name, share, bound in (("p50", 0.5, 1.10), ("p99", 0.99, 1.25))
        ),
        *(
            compared(
                "post",
                "one customer, p50",
                [ms(found[0], 0.5) for found in slow],
                name,
                [ms(found[place], 0.5) for found in slow],
                "ms",
                at_most(bound),
            )
            for place, name, bound in ((1, "all in the request", 1 / 50), (2, "stock chord in it", 1 / 4))
        ),
        compared(
            "post",
            "8 customers at once",
            [mine for mine, _ in saturated],
            "bare DRF insert",
            [other for _, other in saturated],
            "orders/s",
            at_least(0.75),
        ),
    ]


def wait_until_published(ground: Ground) -> None:
    """What the saturated web has not published yet must not disturb what comes next."""
    seen = [-1]

    def at_rest() -> bool:
        seen.append(ground.ready("sap", "marketing", "printing"))
        return seen[-1] == seen[-2]

    wait_for(at_rest, "all is published", every=0.5)


def post_down(ground: Ground) -> list[Figure]:
    """Two webs with a broker each: one broker is broken, the other is not."""
    from tests.servers import rabbitmq

    healthy = ground.web("healthy")
    found: list[Figure] = []
    rounds, seconds = (4, 2.0) if ground.quick else (10, 5.0)
    with rabbitmq.server() as broker:
        url = {"SHOP_BROKER_URL": broker.url}
        victim = ground.web("victim", **url)
        for web in (healthy, victim):
            answered(saturate(web.port, order(), hands=4, count=60))
        rate = saturate(healthy.port, order(), seconds=seconds).per_second / 2
        for name, broken in (("stopped", stopped), ("blocked by an alarm", alarmed), ("black-holed", black_hole)):
            with broken(broker):
                saturate(victim.port, order(), hands=2, count=20)
                pairs = [
                    (
                        answered(at_rate(victim.port, order(), per_second=rate, seconds=seconds)),
                        answered(at_rate(healthy.port, order(), per_second=rate, seconds=seconds)),
                    )
                    for _ in range(rounds)
                ]
            found.append(
                compared(
                    "post-down",
                    f"broker {name}, p99",
                    [ms(mine, 0.99) for mine, _ in pairs],
                    "healthy",
                    [ms(other, 0.99) for _, other in pairs],
                    "ms",
                    at_most(1.2),
                )
            )
    return found


@contextmanager
def stopped(broker: object) -> Iterator[None]:
    broker.stop()
    yield
    broker.start()


@contextmanager
def alarmed(broker: object) -> Iterator[None]:
    broker.ctl("set_vm_memory_high_watermark", "0")
    yield
    broker.ctl("set_vm_memory_high_watermark", "0.4")


@contextmanager
def black_hole(broker: object) -> Iterator[None]:
    with frozen(broker.process):
        yield
