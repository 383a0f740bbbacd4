"""Sends an order to the desk and shows its answer. AMQP_URL says where RabbitMQ is; needs pika."""

import json
import os
import uuid

import pika


def show(channel, method, properties, body):
    print(properties.type, body.decode())
    connection.close()


connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
channel = connection.channel()
channel.confirm_delivery()
channel.basic_consume("amq.rabbitmq.reply-to", show, auto_ack=True)
order = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
properties = pika.BasicProperties("application/json", delivery_mode=2, message_id=str(uuid.uuid4()))
properties.reply_to = "amq.rabbitmq.reply-to"
channel.basic_publish("orders.intake", "orders.intake", json.dumps(order), properties, mandatory=True)
channel.start_consuming()
