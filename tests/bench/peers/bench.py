"""`bin/bench peers`: why not procrastinate, django-tasks or dramatiq? Orders with three steps that do nothing.

Each saves the order in its own way, gets its three steps done, and has rows of that one can look at. Then a worker is
killed in the middle, and started again: what was lost, and what was done twice?
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.customers import one_after_another, order
from tests.bench.ground import Ground, Web, wait_for
from tests.bench.peers.shops import TITLES, Shop, counted, environment
from tests.bench.pipeline import least, without_events, working
from tests.bench.post import answered, in_turns, ms
from tests.bench.report import Figure, alone, at_least, at_most, compared
from tests.bench.seed import place

SETTINGS = "tests.bench.peers.desk_settings"
SLOW = 0.02  # seconds an effect takes where workers are killed: else hardly any is under way
PATIENCE = 100.0  # seconds without any progress after a kill: whatever is not done by then is lost
QUICKLY = {"SHOP_STEP_TIME_LIMIT_SECONDS": "5", "SHOP_STEP_LEASE_SECONDS": "10"}


def peers(ground: Ground) -> list[Figure]:
    shops = [Shop(peer, ground, environment()) for peer in TITLES]
    for shop in shops:
        shop.make()
    figures = [*throughput(ground, shops), *posts(ground, shops)]
    return figures if ground.quick else [*figures, *killed(ground, shops)]


def throughput(ground: Ground, shops: list[Shop]) -> list[Figure]:
    """The limit is that of `pipeline`: a Celery task and a row a step, in bare SQL, without a line of the desk."""
    count, rounds = (60, 1) if ground.quick else (1000, 3)
    desk = (partial(way, ground, count) for way in (without_events, least))
    ways = [*desk, *(partial(worked, shop, count) for shop in shops)]
    mine, low, *theirs = zip(*([way() for way in ways] for _ in range(rounds)), strict=True)
    what = f"{count} orders, idle steps"
    return [
        compared("peers", what, mine, shop.title, pace, "orders/s", at_least(1.5), low)
        for shop, pace in zip(shops, theirs, strict=True)
    ]


def worked(shop: Shop, count: int) -> float:
    """Orders a second, from the first start of a step to the last result, as the rows tell."""
    shop.fill(count)
    with shop.working():
        wait_for(lambda: shop.told()[0] >= 3 * count, f"{shop.title} did {count} orders", 60 + count / 2, every=1)
    return count / shop.told()[1]


def posts(ground: Ground, shops: list[Shop]) -> list[Figure]:
    """One customer after another: at a rate, who is slower would also queue."""
    rounds, each = (1, 20) if ground.quick else (8, 60)
    ground.clear()
    ground.sandbox()
    ports = [ground.web().port, *(fresh(shop).port for shop in shops)]
    ways = [lambda port=port: answered(one_after_another(port, order(), each)) for port in ports]
    runs = in_turns(rounds + 1, *ways)[1:]
    mine = [ms(run[0], 0.5) for run in runs]
    return [
        compared("peers", "POST, p50", mine, shop.title, [ms(run[n], 0.5) for run in runs], "ms", at_most(1))
        for n, shop in enumerate(shops, start=1)
    ]


def fresh(shop: Shop) -> Web:
    shop.fill(0)
    return shop.web()


def killed(ground: Ground, shops: list[Shop]) -> list[Figure]:
    """SIGKILL for all workers of a way when a third is done; the same are started again."""
    count = 300
    figures = []
    for title, (lost, twice) in {
        "the desk": broken(count, desk_at_work(ground, count)),
        **{shop.title: broken(count, shop_at_work(shop, count)) for shop in shops},
    }.items():
        what = f"{count} orders, workers killed"
        target = at_most(0) if title == "the desk" else None
        figures.append(alone("peers", f"{what}: steps lost by {title}", [lost], "steps", target))
        figures.append(alone("peers", f"{what}: effects twice by {title}", [twice], "effects"))
    return figures


@dataclass(frozen=True)
class AtWork:
    """How the workers of a way are started, what tells how many steps are done, and where the effects are counted."""

    workers: Callable[[], AbstractContextManager[object]]
    done: Callable[[], int]
    effects: Path


def desk_at_work(ground: Ground, count: int) -> AtWork:
    ground.clear()
    place(ground, count, settings=SETTINGS)
    effects = ground.folder / "effects-desk"
    effects.unlink(missing_ok=True)
    more = {"PEER_EFFECTS": str(effects), "PEER_EFFECT_SECONDS": str(SLOW), **QUICKLY}
    return AtWork(
        lambda: working(ground, "desk", settings=SETTINGS, **more),
        lambda: int(ground.number("SELECT count(*) FROM orders_step WHERE state = 'done'")),
        effects,
    )


def shop_at_work(shop: Shop, count: int) -> AtWork:
    shop.fill(count)
    return AtWork(lambda: shop.working(SLOW), lambda: shop.told()[0], shop.effects)


def broken(count: int, way: AtWork) -> tuple[int, int]:
    """How many steps were lost, and how many effects came twice."""
    steps = 3 * count
    with way.workers():
        wait_for(lambda: len(counted(way.effects)) >= steps / 3, "a third of the steps began", every=0.02)
    with way.workers():
        wait_for_an_end(lambda: way.done(), steps)
    found = counted(way.effects)
    return steps - way.done(), sum(found.values()) - len(found)


def wait_for_an_end(done: Callable[[], int], steps: int) -> None:
    """All are done, or none was for so long."""
    best, since = -1, time.monotonic()
    while (now := done()) < steps and time.monotonic() - since < PATIENCE:
        if now > best:
            best, since = now, time.monotonic()
        time.sleep(0.5)
