import logging

import pytest

from orders import lifecycle
from orders.models import Order
from tests.orders.api.customer import Shop


def test_logs_carry_order_numbers_and_no_names(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "orders")
    for name in ("orders", "integrations", "printing", "shop"):
        logging.getLogger(name).addHandler(caplog.handler)
    body = {"customer_name": "Helgi Möller", "products_ids": [2], "note": "Vesturgata"}
    number = shop.post(body).json()["order_num"]
    shop.post(body | {"products_ids": [77]})
    shop.get(number)
    lifecycle.cancel_order(Order.objects.get().pk, by="lena")
    for name in ("orders", "integrations", "printing", "shop"):
        logging.getLogger(name).removeHandler(caplog.handler)
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert number in ours
    for private in ("Helgi", "Möller", "Vesturgata"):
        assert private not in ours
