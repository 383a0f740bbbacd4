"""The rows. They are the truth and the outbox; messages are hints."""

from orders.messaging.dead_letters import DeadLetter
from orders.messaging.periodic import Round
from orders.models.destination import Destination
from orders.models.event import Event
from orders.models.order import Order, OrderLine
from orders.models.product import Product
from orders.models.step import Attempt, Step

__all__ = ["Attempt", "DeadLetter", "Destination", "Event", "Order", "OrderLine", "Product", "Round", "Step"]
