"""The rows. They are the truth and the outbox; messages are hints."""

from orders.history import Deed
from orders.messaging.dead_letters import DeadLetter
from orders.messaging.periodic import Round
from orders.messaging.workers import Worker
from orders.models.api_key import ApiKey
from orders.models.attention import Attention, Notice
from orders.models.destination import Destination
from orders.models.event import Event
from orders.models.instance import Instance
from orders.models.money_field import MoneyField
from orders.models.order import Order, OrderLine
from orders.models.pack_scan import PackScan
from orders.models.pick_list import PickList, PickListEntry
from orders.models.product import Product
from orders.models.product_code import ProductCode
from orders.models.product_import import ProductImport
from orders.models.rate_count import RateCount
from orders.models.shipment import Shipment
from orders.models.shipping import Shipping
from orders.models.step import Attempt, Step
from orders.models.total import Counted, Total

__all__ = [
    "ApiKey",
    "Attempt",
    "Attention",
    "Counted",
    "DeadLetter",
    "Deed",
    "Destination",
    "Event",
    "Instance",
    "MoneyField",
    "Notice",
    "Order",
    "OrderLine",
    "PackScan",
    "PickList",
    "PickListEntry",
    "Product",
    "ProductCode",
    "ProductImport",
    "RateCount",
    "Round",
    "Shipment",
    "Shipping",
    "Step",
    "Total",
    "Worker",
]
