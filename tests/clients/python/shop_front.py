"""A shop front in Python: places an order, lists its orders, cancels it. Its client, order_desk, is generated."""

import os
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from order_desk import AuthenticatedClient
from order_desk.api.orders import cancel_order, get_order, list_orders, place_order
from order_desk.api.products import list_products
from order_desk.models import (
    CancelledOrder,
    ListOrdersStatus,
    NewAddress,
    NewLine,
    NewOrder,
    NewShipping,
    NotAccepted,
    Order,
    OrderList,
    OrderStatus,
    PlacedOrder,
    ProductList,
)

client = AuthenticatedClient(base_url=os.environ["DESK_URL"], token=os.environ["DESK_KEY"])

sold = list_products.sync(client=client, limit=2)
assert isinstance(sold, ProductList)
address = NewAddress(country="IS", city="Reykjavík", line1="Laugavegur 3")
wanted = NewOrder(
    customer_name="Helgi Möller",
    lines=[NewLine(quantity=2, sku=product.sku) for product in sold.products],
    shipping=NewShipping(address=address),
    reference="WEB-1001",
)
placed = place_order.sync(client=client, body=wanted, idempotency_key=str(uuid4()))
assert isinstance(placed, PlacedOrder), placed

seen = get_order.sync(placed.order_num, client=client)
assert isinstance(seen, Order)
assert (seen.status, seen.reference, seen.settled_at) == (OrderStatus.RECEIVED, "WEB-1001", None)
assert [line.quantity for line in seen.lines] == [2, 2]
assert seen.shipping.address.city == "Reykjavík"

since = datetime.now(UTC) - timedelta(hours=1)
listed = list_orders.sync(client=client, status=ListOrdersStatus.RECEIVED, created_since=since)
assert isinstance(listed, OrderList)
assert ([order.order_num for order in listed.orders], listed.next_cursor) == ([placed.order_num], None)

cancelled = cancel_order.sync(placed.order_num, client=client)
assert isinstance(cancelled, CancelledOrder)

refused = place_order.sync(client=client, body=NewOrder(customer_name="", products_ids=[2]))
assert isinstance(refused, NotAccepted)
assert [(fault.pointer, fault.code) for fault in refused.errors] == [("#/customer_name", "blank")]
print(placed.order_num, cancelled.status)
