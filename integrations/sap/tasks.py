"""The steps `sap` and `sap_cancel`. What they do: `integrations.sap.create` and `integrations.sap.cancel`."""

from celery import shared_task

from integrations.sap.cancel import reject_sales_order
from integrations.sap.client import try_connection
from integrations.sap.create import create_sales_order
from orders.steps import run_step

check = try_connection


@shared_task(name="integrations.sap.tasks.notify_sap")
def notify_sap(order_id: int) -> bool:
    return run_step(order_id, "sap", create_sales_order)


@shared_task(name="integrations.sap.cancel.cancel_in_sap")
def cancel_in_sap(order_id: int) -> bool:
    return run_step(order_id, "sap_cancel", reject_sales_order)
