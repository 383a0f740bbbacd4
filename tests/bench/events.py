"""What it costs that other programs can follow the orders: the same with events and without."""

from tests.bench.customers import Answers, at_rate, order, saturate
from tests.bench.ground import Ground, Web
from tests.bench.pipeline import NO_EVENTS, ours
from tests.bench.post import answered, clear_up, in_turns, ms, yesterdays_orders
from tests.bench.report import Figure, at_least, at_most, compared


def events(ground: Ground) -> list[Figure]:
    return [_posted(ground), *_worked_off(ground)]


def _posted(ground: Ground) -> Figure:
    yesterdays_orders(ground, 1_000 if ground.quick else 10_000)
    webs = ground.web(), ground.web("without events", **NO_EVENTS)
    rounds, seconds = (6, 1.0) if ground.quick else (24, 2.0)
    speeds = [answered(saturate(web.port, order(), seconds=seconds)).per_second for web in webs]
    clear_up(ground)

    def arriving(web: Web) -> Answers:
        return answered(at_rate(web.port, order(), per_second=min(speeds) / 2, seconds=seconds))

    pairs = in_turns(rounds, lambda: arriving(webs[0]), lambda: arriving(webs[1]))
    mine, without = ([ms(pair[place], 0.5) for pair in pairs] for place in (0, 1))
    return compared("events", "POST /order, p50", mine, "without events", without, "ms", at_most(1.1))


def _worked_off(ground: Ground) -> list[Figure]:
    """The orders are placed and worked off with events, and without. Their publishing is part of it."""
    count, rounds = (200, 2) if ground.quick else (2000, 3)
    pairs = [(ours(ground, count), ours(ground, count, **NO_EVENTS)) for _ in range(rounds)]
    what = f"{count} orders, idle effects"
    mine, without = zip(*pairs, strict=True)
    return [compared("events", what, mine, "without events", without, "orders/s", at_least(0.9))]
