"""Shows what becomes of the orders, from now on. AMQP_URL says where RabbitMQ is; needs pika."""

import json
import os

import pika

channel = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"])).channel()
channel.queue_declare("stock.python", durable=True, arguments={"x-queue-type": "quorum"})
channel.queue_bind("stock.python", "orders.events", "order.*")
last = {}
for method, _, body in channel.consume("stock.python"):
    event = json.loads(body)
    if event["sequence"] > last.get(event["subject"], ""):  # Else it is a repeat.
        last[event["subject"]] = event["sequence"]
        print(event["type"], event["subject"], event["sequence"])
    channel.basic_ack(method.delivery_tag)
raise SystemExit("The queue is gone: somebody deleted it.")
