"""What a customer waits for: `POST /order` beside other ways, and with the broker gone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

from tests.bench.customers import EVERYTHING, Answers, Request, at_rate, one_after_another, order, saturate
from tests.bench.ground import RIVALS, Ground, Web, frozen, wait_for
from tests.bench.report import Figure, Target, alone, at_least, at_most, compared, percentile
from tests.bench.seed import insert
from tests.servers import rabbitmq

CREATED = 201


def answered(answers: Answers) -> Answers:
    """Raises AssertionError unless every customer got an order."""
    assert answers.all_are(CREATED), f"not all were 201: {sorted(set(answers.statuses))}"
    return answers


def ms(answers: Answers, share: float) -> float:
    return percentile(answers.seconds, share) * 1000


def in_turns(rounds: int, *ways: Callable[[], Answers]) -> list[list[Answers]]:
    """What each way gives in each round, in the sequence of `ways`. Who comes last is the first of the next round.

    A percentile wants many short turns: a machine that stands still for a moment spoils the turn it falls into.
    """
    found = []
    for number in range(rounds):
        turn = [way() for way in (ways if number % 2 == 0 else ways[::-1])]
        found.append(turn if number % 2 == 0 else turn[::-1])
    return found


def rivals(ground: Ground) -> Web:
    return ground.web("rivals", wsgi="tests.bench.rivals.wsgi", settings=RIVALS)


def post(ground: Ground) -> list[Figure]:
    """No worker runs: it is the customer's way that is measured, publishing included."""
    ground.sandbox()
    yesterdays_orders(ground, 1_000 if ground.quick else 10_000)
    ours, theirs = ground.web(), rivals(ground)
    bare, naive, stock = order("/bare"), order("/naive"), order("/stock")
    for request, web in ((order(), ours), (bare, theirs), (stock, theirs), (naive, theirs)):
        answered(saturate(web.port, request, hands=4, count=12))
    rounds, seconds, turn = (2, 1.0, 0.5) if ground.quick else (8, 5.0, 2.0)

    def saturating(web: Web, request: Request) -> float:
        found = answered(saturate(web.port, request, seconds=seconds)).per_second
        clear_up(ground)
        return found

    saturated = [(saturating(ours, order()), saturating(theirs, bare)) for _ in range(rounds + 1)][1:]
    rate = sorted(bare for _, bare in saturated)[rounds // 2] / 2

    def arriving(web: Web, request: Request, seconds: float) -> Answers:
        return answered(at_rate(web.port, request, per_second=rate, seconds=seconds))

    fixed = in_turns(3 * rounds, lambda: arriving(ours, order(), turn), lambda: arriving(theirs, bare, turn))
    chords = in_turns(rounds, lambda: arriving(ours, order(), turn), lambda: arriving(theirs, stock, turn))
    full = in_turns(
        2 * rounds, lambda: arriving(ours, order(fields=EVERYTHING), turn), lambda: arriving(ours, order(), turn)
    )
    # It can't keep up with that rate by far: its customers queue, the more the longer it lasts. A second must do.
    naives = in_turns(
        max(1, rounds // 2), lambda: arriving(ours, order(), turn / 2), lambda: arriving(theirs, naive, turn / 2)
    )
    single = [
        [
            answered(one_after_another(web.port, request, count))
            for web, request, count in ((ours, order(), 20), (theirs, stock, 20), (theirs, naive, 3))
        ]
        for _ in range(max(1, rounds // 2))
    ]
    keys = in_turns(
        3 * rounds,
        lambda: answered(one_after_another(ours.port, order(keyed=True), 40)),
        lambda: answered(one_after_another(ours.port, order(), 40)),
    )
    known = in_turns(
        3 * rounds,
        lambda: answered(one_after_another(ours.port, order(headers=_authorization()), 40)),
        lambda: answered(one_after_another(ours.port, order(), 40)),
    )
    more = [ms(with_key, 0.5) - ms(without, 0.5) for with_key, without in known]
    what = f"at {rate:.0f} orders/s"
    return [
        _beside(f"{what}, p50", fixed, 1, 0.5, "bare DRF insert", at_most(1.10)),
        _beside(f"{what}, p99", fixed, 1, 0.99, "bare DRF insert", at_most(1.25)),
        _beside(f"{what}, all fields, p50", full, 1, 0.5, "name and products", at_most(1.10)),
        _beside(f"{what}, p50", naives, 1, 0.5, "all in the request", at_most(1 / 50)),
        _beside(f"{what}, p50", chords, 1, 0.5, "stock chord in it", at_most(1 / 4)),
        _beside("one customer, p50", single, 2, 0.5, "all in the request"),
        _beside("one customer, p50", single, 1, 0.5, "stock chord in it"),
        _beside("with an Idempotency-Key, p50", keys, 1, 0.5, "the same without", at_most(1.15)),
        alone("post", "more with an API key than without, p50", more, "ms", at_most(0.5)),
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


@lru_cache
def _authorization() -> str:
    """The header of a client of its own, whose key is made in the bench's database."""
    from orders import api_keys  # Django is set up by now.
    from orders.models.api_key import Scope

    _, key = api_keys.make("a shop front", [Scope.WRITE], by="bin/bench")
    return f"Authorization: Bearer {key}\r\n"


def yesterdays_orders(ground: Ground, count: int) -> None:
    """A shop's tables are not empty. Into empty ones a bare insert took 340 orders/s, with wide spreads; now it is 480.

    Probably plans for checking foreign keys, made for a small table and kept while it grows.
    """
    insert(count, state="done")
    ground.query("VACUUM ANALYZE")


def _beside(
    what: str, runs: Sequence[Sequence[Answers]], place: int, share: float, against: str, target: Target | None = None
) -> Figure:
    """The first way of each run beside the one at `place`."""
    ours, theirs = ([ms(run[which], share) for run in runs] for which in (0, place))
    return compared("post", what, ours, against, theirs, "ms", target)


def clear_up(ground: Ground) -> None:
    """What a saturated web has not published yet, and what the broker keeps of it, must not disturb what comes next.

    No worker runs, so the broker would have tens of thousands of messages to see to by the end.
    """
    seen = [-1]

    def at_rest() -> bool:
        seen.append(ground.ready("sap", "marketing", "printing"))
        return seen[-1] == seen[-2]

    wait_for(at_rest, "all is published", every=0.5)
    ground.purge()


def post_down(ground: Ground) -> list[Figure]:
    """Two webs with a broker each: one broker is broken, the other is not."""
    healthy = ground.web("healthy")
    found: list[Figure] = []
    rounds, seconds = (2, 0.5) if ground.quick else (14, 1.5)
    with rabbitmq.server() as broker:
        url = {"SHOP_BROKER_URL": broker.url}
        victim = ground.web("victim", **url)
        for web in (healthy, victim):
            answered(saturate(web.port, order(), hands=4, count=40))
        rate = saturate(healthy.port, order(), seconds=3 * seconds).per_second / 2

        def arriving(web: Web) -> Answers:
            return answered(at_rate(web.port, order(), per_second=rate, seconds=seconds))

        for name, broken in (("stopped", stopped), ("blocked by an alarm", alarmed), ("black-holed", black_hole)):
            with broken(broker):
                saturate(victim.port, order(), hands=2, count=20)
                pairs = in_turns(rounds, lambda: arriving(victim), lambda: arriving(healthy))
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
def stopped(broker: rabbitmq.RabbitMQ) -> Iterator[None]:
    broker.stop()
    yield
    broker.start()


@contextmanager
def alarmed(broker: rabbitmq.RabbitMQ) -> Iterator[None]:
    broker.ctl("set_vm_memory_high_watermark", "0")
    yield
    broker.ctl("set_vm_memory_high_watermark", "0.4")


@contextmanager
def black_hole(broker: rabbitmq.RabbitMQ) -> Iterator[None]:
    with frozen(broker.process):
        yield
