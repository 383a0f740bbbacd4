"""The step `sap`: every order becomes exactly one sales order. Its effect: `integrations.sap.create`."""

from celery import shared_task

from integrations.sap.client import try_connection
from integrations.sap.create import create_sales_order
from orders.steps import run_step

check = try_connection


@shared_task(name="integrations.sap.tasks.notify_sap")
def notify_sap(order_id: int) -> bool:
    return run_step(order_id, "sap", create_sales_order)
