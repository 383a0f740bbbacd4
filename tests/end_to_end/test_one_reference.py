"""A client's requests with one reference at the same moment: one order, and the others learn which."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TUTORIAL
from tests.end_to_end.front import Front

AT_ONCE = 12


@pytest.mark.parametrize("keys", ["none", "one each"])
def test_one_is_placed_and_the_others_are_told_by_which_order(
    open_desk: OpenDesk, floor: dict[str, str], keys: str
) -> None:
    front = Front(open_desk(floor, workers=2))
    start = Barrier(AT_ONCE)

    def place(number: int) -> tuple[int, dict[str, Any]]:
        headers = {"Idempotency_Key": f"key-{number}"} if keys == "one each" else {}
        start.wait(30)
        return front.ask_for(TUTORIAL | {"reference": "WEB-1"}, **headers)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(place, range(AT_ONCE)))
    [placed] = [answer["order_num"] for status, answer in answers if status == 201]
    others = [(status, answer["type"], answer.get("order_num")) for status, answer in answers if status != 201]
    assert set(others) == {(409, "/problems/reference-used", placed)}
