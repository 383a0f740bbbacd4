"""Draws slips and nothing else: `python -m tests.bench.slips COUNT PROCESSES` prints the seconds it took."""

import multiprocessing
import sys
import time

import django


def draw(order_id: int) -> int:
    from orders.models import Order
    from printing.slip import render

    order = Order.objects.prefetch_related("lines__product").get(pk=order_id)
    return len(render(order).content)


def main() -> None:
    count, processes = map(int, sys.argv[1:])
    django.setup()
    from django.db import connection

    from orders.models import Order
    from printing.warm import warm_up

    ids = list(Order.objects.order_by("id").values_list("id", flat=True)[:count])
    warm_up()
    connection.close()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        pool.map(draw, ids[:processes], chunksize=1)
        started = time.perf_counter()
        pool.map(draw, ids, chunksize=1)
        print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
